"""The data that every server is measured with: a large world of the sandbox as it serves it, and a small one."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from itertools import chain, islice, zip_longest
from typing import Any

import httpx
import stubs
from measure_workload import Bench
from processes import Failure
from workloads_and_servers import (
    BARRED,
    CHANGES,
    CONTRACT,
    DECLARED,
    EVENTS,
    FEW_CHANGES,
    FEW_EVENTS,
    FEW_NEW,
    ITEM,
    ITEMS,
    MISSHAPEN,
    MOCKOON,
    NEW,
    PARTNERSHIPS,
    SANDBOX,
    SEEDED,
    SMALL,
    STUBS,
    Server,
)

from lp_contract.contract import Contract
from lp_contract.published_document import published, to_yaml

PATH, PEOPLE, DECLARATIONS = "/api/v3/partnerships", "/api/v3/participants", "/api/v3/participant-declarations"
LONGEST_PAGE = 3000
BREAKS, BREAKS_TOO = "school_is_eligible", "event_is_not_declared_yet"
"""The rules that refused POSTs break: the sandbox looks up all there is to know before it asks any."""
Names = Mapping[str, str]


def names(contract: Contract) -> Names:
    """Return the ids that every world has."""
    resources = ("Partnership", "Participant", "Declaration")
    return {name.lower(): contract.operations[f"get{name}"].path_example["id"] for name in resources}


def make(bench: Bench, contract: Contract, tokens: Sequence[str], partnerships: int, declarations: int) -> Names:
    """Seed a large world and write what the peers and the load need: pools of so many of what can be POSTed.

    Returns what is the last full page of each list.
    """
    folder, refusals = bench.folder, _refusals(contract)
    with bench.started(SANDBOX, folder / SEEDED) as running, _clients(contract, running.base, tokens) as clients:
        mine, page = _all(clients[0], PATH), clients[0].get(PATH).raise_for_status().json()
        new = list(islice(chain.from_iterable(_formable(client, contract) for client in clients), partnerships))
        events = list(islice(_declarable(clients, contract), declarations))
        changes = _changes(clients, contract)
        copied = _copied(clients[0], bench.names, refusals)
        last = _last_pages(clients[0])
    if len(new) < partnerships or len(events) < declarations:
        raise Failure(
            f"The world has room for {len(new)} new partnerships and {len(events)} declarations, not for "
            f"{partnerships} and {declarations}. Take fewer --seconds."
        )
    pools = {NEW: new, EVENTS: events, CHANGES: changes, ITEM: [_item(tokens[0])], ITEMS: map(_item, new)}
    for name, lines in {**pools, **_refused(tokens[0], refusals)}.items():
        (folder / name).write_text("".join(lines))
    (folder / PARTNERSHIPS).write_text(json.dumps({"partnerships": mine}))
    (folder / CONTRACT).write_text(to_yaml(_with_page(published(contract), page)))
    (folder / STUBS / "mappings").mkdir(parents=True)
    (folder / STUBS / "mappings" / "all.json").write_text(json.dumps(stubs.of_wiremock(copied)))
    (folder / MOCKOON).write_text(json.dumps(stubs.of_mockoon(copied)))
    return last


def make_small(bench: Bench, small: Server, contract: Contract, tokens: Sequence[str]) -> tuple[Names, int]:
    """Seed a small world, and write what can be POSTed there.

    Returns the last full page of each list, and how much there is to POST of each kind.
    """
    with bench.started(small, bench.folder / SMALL) as running:
        return make_few(bench, running.base, contract, tokens)


def make_few(bench: Bench, base: str, contract: Contract, tokens: Sequence[str]) -> tuple[Names, int]:
    """Write what can be POSTed to a small world that is served."""
    with _clients(contract, base, tokens) as clients:
        new = list(chain.from_iterable(_formable(client, contract) for client in clients))
        events = list(_declarable(clients, contract))
        changes, last = _changes(clients, contract), _last_pages(clients[0])
    pools = {FEW_NEW: new, FEW_EVENTS: events, FEW_CHANGES: changes, **_refused(tokens[0], _refusals(contract))}
    for name, lines in pools.items():
        (bench.folder / name).write_text("".join(lines))
    return last, min(len(new), len(events))


def _refusals(contract: Contract) -> Mapping[str, Mapping[str, Any]]:
    """Return the bodies that are refused, by the name of their file."""
    return {
        BARRED: _body(contract, "createPartnership", **contract.rules[BREAKS].broken_by),
        MISSHAPEN: _body(contract, "createPartnership", school_id=None),
        DECLARED: _body(contract, "createDeclaration", **contract.rules[BREAKS_TOO].broken_by),
    }


def _refused(token: str, refusals: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Sequence[str]]:
    return {name: [_line(token, body)] for name, body in refusals.items()}


def _copied(client: httpx.Client, known: Names, refusals: Mapping[str, Mapping[str, Any]]) -> Sequence[stubs.Stub]:
    """Copy the sandbox's answers for servers that only repeat them. What is accepted is answered with a resource."""
    one, declaration = f"{PATH}/{known['partnership']}", f"{DECLARATIONS}/{known['declaration']}"
    accepted = ((PATH, one, "school_id", BARRED), (DECLARATIONS, declaration, "participant_id", DECLARED))

    def got(path: str) -> str:
        return client.get(path).raise_for_status().text

    return [
        *(stubs.Stub("GET", path, got(path)) for path in (one, PATH)),
        *(
            stubs.Stub("POST", path, got(answer), needs, client.post(path, json=refusals[refused]).text)
            for path, answer, needs, refused in accepted
        ),
    ]


def _changes(clients: Sequence[httpx.Client], contract: Contract) -> Sequence[str]:
    """Give partnerships another delivery partner, and then all their first one again."""
    there, back = list[str](), list[str]()
    for client in clients:
        listed, partners = _all(client, PATH), _partners(client)
        of_school = Counter(_place(partnership) for partnership in listed)
        for partnership in listed:
            attributes = partnership["attributes"]
            now, can = attributes["delivery_partner_id"], partners[attributes["cohort"]]
            other = next((each for each in can if each != now), None)
            is_idle = not attributes["participants_currently_training"] and of_school[_place(partnership)] == 1
            if is_idle and now in can and other:
                for lines, partner in ((there, other), (back, now)):
                    body = _body(contract, "updatePartnership", delivery_partner_id=partner)
                    lines.append(_line(_token(client), body, "PUT", f"{PATH}/{partnership['id']}"))
    return [*there, *back]


def _place(partnership: Mapping[str, Any]) -> tuple[str, str]:
    """Return the school and the cohort of a partnership: a school can have several in a cohort."""
    return partnership["attributes"]["school_id"], partnership["attributes"]["cohort"]


def _item(line: str) -> str:
    """Put what a line creates into DynamoDB, under an id of its own; a bare token asks for the item that is there."""
    token, _, body = line.rstrip("\n").partition("\t")
    if not body:
        return _line(token, {"TableName": "partnerships", "Key": {"id": {"S": "one"}}})
    attributes = json.loads(body)["data"]["attributes"]
    item = {"id": f"{attributes['school_id']} {attributes['cohort']}", **attributes}
    return _line(token, {"TableName": "partnerships", "Item": {name: {"S": value} for name, value in item.items()}})


@contextmanager
def _clients(contract: Contract, base: str, tokens: Sequence[str]) -> Iterator[Sequence[httpx.Client]]:
    """Open a client of every lead provider. The clock of their world stands still: it is the same on any day."""
    with ExitStack() as opened:
        clients = [
            opened.enter_context(
                httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False)
            )
            for token in tokens
        ]
        clients[0].put("/_sandbox/clock", json={"now": contract.seeds["world"]["clock"]}).raise_for_status()
        yield clients


def _all(client: httpx.Client, path: str, **parameters: str) -> list[Any]:
    """Return a whole list, page by page."""
    found: list[Any] = []
    while True:
        page = {"page[page]": str(len(found) // LONGEST_PAGE + 1), "page[per_page]": str(LONGEST_PAGE)}
        listed = client.get(path, params=parameters | page).raise_for_status().json()["data"]
        found += listed
        if len(listed) < LONGEST_PAGE:
            return found


def _last_pages(client: httpx.Client) -> Names:
    sizes = {"partnerships": (PATH, 100), "participants": (PEOPLE, 100), "declarations": (DECLARATIONS, 40)}
    return {f"last_page_of_{kind}": str(len(_all(client, path)) // size) for kind, (path, size) in sizes.items()}


def _formable(client: httpx.Client, contract: Contract) -> Iterator[str]:
    """Name every partnership that a lead provider can form: one with each free school in each open cohort."""
    partners = _partners(client)
    for cohort in _open_cohorts(contract):
        for school in _all(client, "/api/v3/schools", **{"filter[cohort]": cohort}):
            if _is_free(school) and partners[cohort]:
                attributes = {"cohort": cohort, "school_id": school["id"], "delivery_partner_id": partners[cohort][0]}
                yield _line(_token(client), {"data": {"type": "partnership", "attributes": attributes}})


def _partners(client: httpx.Client) -> Mapping[str, Sequence[str]]:
    """Return the delivery partners of a lead provider in each cohort."""
    found: dict[str, list[str]] = defaultdict(list)
    for partner in _all(client, "/api/v3/delivery-partners"):
        for cohort in partner["attributes"]["cohort"]:
            found[cohort].append(partner["id"])
    return found


def _open_cohorts(contract: Contract) -> list[str]:
    return [str(cohort["year"]) for cohort in contract.seeds["cohorts"] if cohort["enabled"]]


def _is_free(school: Mapping[str, Any]) -> bool:
    attributes = school["attributes"]
    return not attributes["in_partnership"] and attributes["induction_programme_choice"] == "not_yet_known"


def _declarable(clients: Sequence[httpx.Client], contract: Contract) -> Iterator[str]:
    """Yield declarations that can be made: the next one of every ECT, then the second one of every ECT, and so on."""
    of_each_ect = chain.from_iterable(_declarable_by(client, contract) for client in clients)
    return filter(None, chain.from_iterable(zip_longest(*of_each_ect)))


def _declarable_by(client: httpx.Client, contract: Contract) -> Iterator[Iterator[str]]:
    """Yield the declarations that a lead provider can make, for each ECT in a cohort with an open statement."""
    today = contract.seeds["world"]["clock"][:10]
    statements = (statement["attributes"] for statement in _all(client, "/api/v3/statements"))
    payable = {one["cohort"] for one in statements if one["cut_off_date"] >= today}
    made: dict[str, dict[str, str]] = defaultdict(dict)
    for declaration in _all(client, DECLARATIONS):
        one = declaration["attributes"]
        made[one["participant_id"]][one["declaration_type"]] = one["declaration_date"][:10]
    for person in _all(client, PEOPLE):
        (enrolment, *others) = person["attributes"]["ecf_enrolments"]
        trains = (enrolment["participant_type"], enrolment["participant_status"]) == ("ect", "active")
        if trains and not others and enrolment["cohort"] in payable:
            yield _declarations(_token(client), person["id"], _next_events(contract, enrolment, made[person["id"]]))


def _declarations(token: str, participant_id: str, events: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for event in events:
        attributes = {"participant_id": participant_id, "course_identifier": "ecf-induction", **event}
        yield _line(token, {"data": {"type": "participant-declaration", "attributes": attributes}})


def _next_events(
    contract: Contract, enrolment: Mapping[str, Any], made: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Yield the milestones after all that were declared that were reached by yesterday, dated in order."""
    yesterday = (date.fromisoformat(contract.seeds["world"]["clock"][:10]) - timedelta(days=1)).isoformat()
    cohort, last = int(enrolment["cohort"]), max(made.values(), default="")
    of_training = (cohort, enrolment["schedule_identifier"])
    milestones = contract.seeds["schedules"]["milestones"]
    types = next((one["types"] for one in milestones if (one["cohort"], one["schedule"]) == of_training), {})
    for position, (kind, days) in enumerate(types.items()):
        on = min(days["until"] or yesterday, yesterday)
        if made.keys().isdisjoint(list(types)[position:]) and on >= max(days["from"], last):
            last = on
            yield {"declaration_type": kind, "declaration_date": f"{on}T09:00:00Z", **_evidence(contract, cohort, kind)}


def _evidence(contract: Contract, cohort: int, kind: str) -> Mapping[str, str]:
    """Choose the first evidence that a declaration of an ECT takes, if it takes any."""
    detailed = next(entry["detailed_evidence"] for entry in contract.seeds["cohorts"] if entry["year"] == cohort)
    table = (contract.operations["createDeclaration"].request or {})["x-evidence"]
    rows = (row for row in table if row["detailed"] == detailed and "ect" in row["roles"] and kind in row["types"])
    taken = next((row["takes"] for row in rows), None)
    return {"evidence_held": taken[0]} if taken else {}


def _body(contract: Contract, operation: str, **changes: Any) -> Mapping[str, Any]:
    """Return the contract's example of a request with some changes; None takes an attribute away."""
    example = contract.operations[operation].request_example
    assert example is not None
    attributes = example["data"]["attributes"] | changes
    given = {name: value for name, value in attributes.items() if value is not None}
    return {"data": {**example["data"], "attributes": given}}


def _token(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def _line(token: str, body: Mapping[str, Any], *target: str) -> str:
    """Write a line of a pool as `load.lua` reads it."""
    return "\t".join((token, json.dumps(body, separators=(",", ":")), *target)) + "\n"


def _with_page(document: dict[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """Give the list in the contract a page as its example, for a mock to answer with as much as the sandbox does."""
    document["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]["example"] = page
    return document
