"""What lead providers, schools, DfE and finance do with a scenario of ECF, and the states that they then see."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from client import Client
from controls_client import done
from ecf_client import act, ask, ecf, partnership_id, seed_id

from lp_sandbox.ecf.records import EcfParticipant

Step = tuple[str | None, str, str]
Ids = Mapping[str, str]
"""The ids of a scenario by their names."""
Act = Callable[[Client, Ids], Client | None]
"""Does something, or returns a client at a later time."""
Look = Callable[[Client, Ids], dict[str, str]]
"""Returns the states of things by their ids."""
Entry = tuple[str, Act] | tuple[str, Act, Act]
"""A scenario, what takes the step, and what is done first."""
CONTRACT = ecf().contract
TRAINING, PLACE = (f"ParticipantECFEnrolment.{name}_status" for name in ("training", "participant"))
KESTREL = seed_id("delivery-partners", "kestrel-hub")
RECENT = seed_id("schools", "recently-confirmed")
"""A school that can still challenge its partnership."""
EVERYTHING = "page[per_page]=3000"


# What lead providers do.
def declares(who: str = "ect", day: str = "2025-09-10") -> Act:
    def declare(client: Client, ids: Ids) -> None:
        new = {"participant_id": ids[who], "course_identifier": "ecf-induction", "evidence_held": "other"}
        date = f"{day}T09:00:00Z"
        client.done("POST", "/participant-declarations", declaration_type="started", declaration_date=date, **new)

    return declare


def voids(which: str = "ect-started") -> Act:
    def void(client: Client, ids: Ids) -> None:
        client.done("PUT", f"/participant-declarations/{ids[which]}/void")

    return void


def reports(action: str, **more: str) -> Act:
    def report(client: Client, ids: Ids) -> None:
        client.done("PUT", f"/participants/ecf/{ids['ect']}/{action}", course_identifier="ecf-induction", **more)

    return report


def confirms(client: Client, ids: Ids) -> None:
    new = {"cohort": "2025", "school_id": ids["here"], "delivery_partner_id": KESTREL}
    client.done("POST", "/partnerships/ecf", **new)


def confirms_recent(client: Client, _: Ids) -> None:
    confirms(client, {"here": RECENT})


def uploads(client: Client, ids: Ids) -> None:
    urn = client.get(f"/schools/ecf/{ids['here']}", "filter[cohort]=2025")["attributes"]["urn"]
    path, query = "actors/lead-provider/upload-partnerships", f"cohort=2025&delivery_partner_id={KESTREL}"
    answer = ask(client.app, "POST", path, query, f"{urn}\n".encode(), token=client.token)
    upload = json.loads(answer.body)["data"]["id"]
    assert ask(client.app, "POST", f"{path}/{upload}/confirm", token=client.token).status == 200


# What others do.
def acts(path: str, **attributes: Any) -> Act:
    """Act as somebody else. A value after a colon is a name of the scenario, for its id."""

    def do(client: Client, ids: Ids) -> None:
        given = {name: ids[value[1:]] if str(value)[:1] == ":" else value for name, value in attributes.items()}
        act(client.app, path, client.at, **given)

    return do


def finance_changes(training_status: str, **reason: str) -> Act:
    given = {"participant_id": ":ect", "participant_type": "ect", "training_status": training_status}
    return acts("finance/change-training-status", **given, **reason)


def challenges(by: str, reason: str = "mistake") -> Act:
    return acts(f"{by}/challenge-partnership", partnership_id=":here-mine", reason=reason)


def chooses(programme: str = "provider_led") -> Act:
    return acts("school/set-up-cohort", school_id=":here", cohort="2025", programme=programme)


def sets(programme: str) -> Act:
    return acts("administrator/set-programme", school_id=":here", cohort="2025", programme=programme)


def adds(**changes: str) -> Act:
    usual = {"school_id": ":here", "participant_type": "ect", "start_date": "2025-09-08", "date_of_birth": "1990-05-05"}
    return acts("school/add-participant", **{**usual, **changes})


def adds_again(**changes: str) -> Act:
    """Register the ECT again with the TRN that only the school knows."""

    def add(client: Client, ids: Ids) -> None:
        world = client.app.worlds.opened_by(client.token)
        assert world
        participant = client.app.worlds._store.get(EcfParticipant, world[0].id, ids["ect"])  # noqa: SLF001
        assert participant
        adds(teacher_reference_number=participant.given_reference_number or "", **changes)(client, ids)

    return add


def moves_away(day: str) -> Act:
    return acts("school/transfer-in", **ECT, school_id=seed_id("schools", "partnered-with-another"), date=day)


def to_recent(day: str) -> Act:
    return acts("school/transfer-in", **ECT, school_id=RECENT, date=day)


def leaves(day: str) -> Act:
    return acts("school/transfer-out", **ECT, date=day)


def waits_until(day: str) -> Act:
    return lambda client, _: dataclasses.replace(client, at=f"{day}T09:00:00Z")


ECT = {"participant_id": ":ect", "participant_type": "ect"}
SOON, BEFORE, LATER = "2025-10-20", "2025-10-01", "2025-12-01"
PARTNERED = seed_id("schools", "partnered")
DECIDES = acts("dfe/decide-eligibility", **ECT, status="eligible")
TAKES_IN, TAKES_IN_SOON = (acts("school/transfer-in", **ECT, school_id=PARTNERED, date=day) for day in (BEFORE, SOON))
KEEPS = acts("school/keep-providers", school_id=":here", cohort="2025")


def statement_of(client: Client, ids: Ids, column: str) -> dict[str, Any]:
    """The statement of the first declaration of a scenario."""
    (first, *_) = declarations(client, ids)
    statement = client.get(f"/participant-declarations/{first}")["attributes"][column]
    return {"id": statement, **client.get(f"/statements/{statement}")["attributes"]}


def waits_for(date_of_statement: str, days: int = 0, which: str = "statement_id") -> Act:
    def wait(client: Client, ids: Ids) -> Client:
        then = date.fromisoformat(statement_of(client, ids, which)[date_of_statement]) + timedelta(days=days)
        return dataclasses.replace(client, at=f"{then}T09:00:00Z")

    return wait


def is_paid(which: str = "statement_id") -> Act:
    def pay(client: Client, ids: Ids) -> None:
        statement = statement_of(client, ids, which)["id"]
        act(client.app, "finance/pay-statement", client.at, statement_id=statement, checks_done=True)

    return pay


def one_after_the_other(*all_acts: Act) -> Act:
    def do(client: Client, ids: Ids) -> Client:
        for each in all_acts:
            client = each(client, ids) or client
        return client

    return do


RECENT_CHALLENGED = acts(
    "school/challenge-partnership",
    partnership_id=partnership_id("recently-confirmed", "penhallow", 2025),
    reason="mistake",
)
REMOVES = acts("school/remove-participant", **ECT)
CORRECTS = acts("school/change-details", **ECT, teacher_reference_number="4077777")
CUT_OFF, PAYMENT = waits_for("cut_off_date", days=1), waits_for("payment_date")
CLAWBACK = "clawback_statement_id"
CLAWED_BACK_EARLY = one_after_the_other(waits_for("cut_off_date", 1, CLAWBACK), is_paid(CLAWBACK))


# What is looked at: the states of things by their ids.
def declarations(client: Client, ids: Ids) -> dict[str, str]:
    """Those for people of the scenario, the oldest first."""
    people = ",".join(id_ for name, id_ in ids.items() if name in ("ect", "first", "second"))
    found = client.get("/participant-declarations", f"filter[participant_id]={people}")
    return {one["id"]: one["attributes"]["state"] for one in found}


def enrolments(field: str) -> Callable[[Client, Ids], dict[str, str]]:
    def look(client: Client, _: Ids) -> dict[str, str]:
        everybody = client.get("/participants/ecf", EVERYTHING)
        return {one["id"]: one["attributes"]["ecf_enrolments"][0][field] for one in everybody}

    return look


def partnerships(client: Client, _: Ids) -> dict[str, str]:
    return {one["id"]: one["attributes"]["status"] for one in client.get("/partnerships/ecf", EVERYTHING)}


def programme(client: Client, ids: Ids) -> dict[str, str]:
    shown = client.get(f"/schools/ecf/{ids['here']}", "filter[cohort]=2025")
    return {shown["id"]: shown["attributes"]["induction_programme_choice"]}


def payment(client: Client, ids: Ids) -> dict[str, str]:
    statement = statement_of(client, ids, "statement_id")
    return {statement["id"]: json.dumps(statement["paid"])}


def created(who: Client, name: str) -> Ids:
    """Create a scenario again, and return its ids."""
    made = done(who.app, "POST", f"/scenarios/{name}", {})
    return {name: id_ for part in made["ids"].values() for name, id_ in part.items()}
