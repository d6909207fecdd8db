"""The data that every server is measured with: the sandbox's large world, as the sandbox itself serves it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import httpx
from measuring import Bench
from processes import Failure
from servers import BARRED, CONTRACT, MISSHAPEN, NEW, PARTNERSHIPS, SANDBOX, SEEDED, WORK

from generator.bundle import published, to_yaml
from spec.contract import Contract

PATH = "/api/v3/partnerships"
LONGEST_PAGE = 3000
BREAKS = "school_is_eligible"
"""The rule that a refused POST breaks: the sandbox looks up all there is to know before it asks any."""


def make(bench: Bench, contract: Contract, tokens: Sequence[str], pool: int) -> None:
    """Seed the store, and write what the peers and the load need; a pool of so many new partnerships."""
    with bench.started(SANDBOX, WORK / SEEDED) as running:
        clients = [_client(running.base, token) for token in tokens]
        mine = _all(clients[0], PATH)
        first_page = clients[0].get(PATH).raise_for_status().json()
        new = list(islice(chain.from_iterable(_formable(client, contract) for client in clients), pool))
    if len(new) < pool:
        raise Failure(f"The world has room for {len(new)} new partnerships, not for {pool}. Take fewer --seconds.")
    barred = _body(contract, **contract.rules[BREAKS].broken_by)
    (WORK / NEW).write_text("".join(new))
    (WORK / BARRED).write_text(_line(tokens[0], barred))
    (WORK / MISSHAPEN).write_text(_line(tokens[0], _body(contract, school_id=None)))
    (WORK / PARTNERSHIPS).write_text(json.dumps({"partnerships": mine}))
    (WORK / CONTRACT).write_text(to_yaml(_with_page(published(contract), first_page)))


def _client(base: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False)


def _all(client: httpx.Client, path: str, **parameters: str) -> list[Any]:
    """Return a whole list, page by page."""
    found: list[Any] = []
    while True:
        page = {"page[page]": str(len(found) // LONGEST_PAGE + 1), "page[per_page]": str(LONGEST_PAGE)}
        listed = client.get(path, params=parameters | page).raise_for_status().json()["data"]
        found += listed
        if len(listed) < LONGEST_PAGE:
            return found


def _formable(client: httpx.Client, contract: Contract) -> Iterator[str]:
    """Name every partnership that a lead provider can form: one with each free school in each open cohort."""
    partners = {
        cohort: partner["id"]
        for partner in _all(client, "/api/v3/delivery-partners")
        for cohort in partner["attributes"]["cohort"]
    }
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for cohort in _open_cohorts(contract):
        for school in _all(client, "/api/v3/schools", **{"filter[cohort]": cohort}):
            if _is_free(school) and cohort in partners:
                attributes = {"cohort": cohort, "school_id": school["id"], "delivery_partner_id": partners[cohort]}
                yield _line(token, {"data": {"type": "partnership", "attributes": attributes}})


def _open_cohorts(contract: Contract) -> list[str]:
    return [str(cohort["year"]) for cohort in contract.seeds["cohorts"] if cohort["enabled"]]


def _is_free(school: Mapping[str, Any]) -> bool:
    attributes = school["attributes"]
    return not attributes["in_partnership"] and attributes["induction_programme_choice"] == "not_yet_known"


def _body(contract: Contract, **changes: Any) -> Mapping[str, Any]:
    """Return the contract's example of a new partnership with some changes; None takes an attribute away."""
    example = contract.operations["createPartnership"].request_example
    assert example is not None
    attributes = example["data"]["attributes"] | changes
    given = {name: value for name, value in attributes.items() if value is not None}
    return {"data": {**example["data"], "attributes": given}}


def _line(token: str, body: Mapping[str, Any]) -> str:
    return f"{token} {json.dumps(body, separators=(',', ':'))}\n"


def _with_page(document: dict[str, Any], page: Any) -> dict[str, Any]:
    """Give the list in the contract a page as its example, for a mock to answer with as much as the sandbox does."""
    answer = document["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]
    answer["example"] = page
    return document
