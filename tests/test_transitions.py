"""The tables of states are kept: every step in them happens, and no other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from controls_client import act, saved, world_of

CONTRACT = register().contract
STATE, PAID = "DeclarationAttributes.state", "StatementAttributes.paid"
TRAINING, STATUS = "ParticipantECFEnrolment.training_status", "ParticipantECFEnrolment.participant_status"
NEW = CONTRACT.operations["createDeclaration"].request_example["data"]["attributes"]
NOVEMBER_2026_OF_2025 = "902e2aeb-f853-4a58-9a38-2553df3463c5"
NOVEMBER_2026 = "f9b6f6f4-38b6-4a16-b271-0a966ba975b7"

# Of scenarios.yaml: a declaration in each state.
IN_STATE = {
    "submitted": "659d39cb-bac0-4fa6-b4f1-e2645c7d084c",
    "eligible": "c964f7a3-e2f4-4db8-8042-0a92c5087130",
    "payable": "c964f7a3-e2f4-4db8-8042-0a92c5087130",
    "paid": "bb2fbfe8-8794-4d1f-8d1f-9e9e00d9d9b4",
    "voided": "0a20dc92-f060-4b70-96ce-5f5629b6a64c",
    "awaiting-clawback": "9b15d827-85c3-4753-a13e-b8232b607b66",
    "clawed-back": "80d2ec4f-ae3b-45e9-9654-264ef44e97e3",
}
WAITING = "7038fc00-ccd4-41d4-afec-f09e6deec04e"
SEPTEMBER, AFTER_CUT_OFF, PAYMENT = "2026-09-15T09:00:00Z", "2026-11-01T00:00:00Z", "2026-11-25T00:00:00Z"
STARTS_AT = {"payable": AFTER_CUT_OFF}
"""When a declaration is in its state, where that is not in September."""

Step = tuple[str | None, str, str]
Act = Callable[[Client, str], Client]


def steps(table: str) -> set[Step]:
    return {(step.source, step.target, step.by) for step in CONTRACT.transitions[table]}


def at(moment: str, who: Client) -> Client:
    return dataclasses.replace(who, at=moment)


def state(who: Client, id_: str) -> str:
    return who.get(f"/participant-declarations/{id_}")["attributes"]["state"]


def acted(who: Client, name: str, **attributes: Any) -> Client:
    act(who.app, name, world_of(who), at=who.at, **attributes)
    return who


def voided(who: Client, id_: str) -> Client:
    who.done("PUT", f"/participant-declarations/{id_}/void")
    return who


def passed(moment: str) -> Act:
    return lambda who, _: at(moment, who)


def paid(statement: str) -> Act:
    return lambda who, _: acted(who, "dfe/pay-statement", statement_id=statement)


STEPS: dict[Step, Act] = {
    ("submitted", "eligible", "confirmEligibility"): lambda who, _: acted(
        who, "dfe/confirm-eligibility", participant_id=WAITING, participant_type="ect"
    ),
    ("submitted", "eligible", "recordInduction"): lambda who, _: acted(
        who, "appropriate-body/record-induction", participant_id=WAITING, event="start", date="2025-09-01"
    ),
    ("eligible", "payable", "time"): passed(AFTER_CUT_OFF),
    ("payable", "paid", "time"): passed(PAYMENT),
    ("eligible", "paid", "payStatement"): paid(NOVEMBER_2026_OF_2025),
    ("payable", "paid", "payStatement"): paid(NOVEMBER_2026_OF_2025),
    ("submitted", "voided", "voidDeclaration"): voided,
    ("eligible", "voided", "voidDeclaration"): voided,
    ("payable", "voided", "voidDeclaration"): voided,
    ("paid", "awaiting-clawback", "voidDeclaration"): voided,
    ("awaiting-clawback", "clawed-back", "time"): passed(PAYMENT),
    ("awaiting-clawback", "clawed-back", "payStatement"): paid(NOVEMBER_2026_OF_2025),
}
BEGINNINGS = {
    (None, "eligible", "createDeclaration"): {},
    (None, "submitted", "createDeclaration"): {"participant_id": WAITING, "declaration_type": "retained-1"},
}


def test_every_step_in_the_table_has_its_case():
    assert steps(STATE) == STEPS.keys() | BEGINNINGS.keys()


@pytest.mark.parametrize("step", STEPS, ids=" ".join)
def test_a_declaration_takes_every_step_in_the_table(ashdown: Client, step: Step):
    source, target, _ = step
    before = at(STARTS_AT.get(source or "", SEPTEMBER), ashdown)
    assert state(before, IN_STATE[source or ""]) == source
    assert state(STEPS[step](before, IN_STATE[source or ""]), IN_STATE[source or ""]) == target


@pytest.mark.parametrize(("step", "changes"), BEGINNINGS.items())
def test_a_declaration_begins_in_every_state_in_the_table(ashdown: Client, step: Step, changes: dict[str, Any]):
    created = ashdown.done("POST", "/participant-declarations", **{**NEW, **changes})
    assert state(ashdown, created["id"]) == step[1]


@pytest.mark.parametrize(
    "source", sorted(IN_STATE.keys() - {source for source, _, by in steps(STATE) if by == "voidDeclaration"})
)
def test_a_void_that_is_not_in_the_table_is_refused_by_a_rule(ashdown: Client, source: str):
    details = {rule.detail for rule in CONTRACT.operations["voidDeclaration"].rules}
    (error,) = ashdown.errors("PUT", f"/participant-declarations/{IN_STATE[source]}/void")
    assert error[1] in details
    assert state(ashdown, IN_STATE[source]) == source


ENUM = CONTRACT.document["components"]["schemas"]["DeclarationAttributes"]["properties"]["state"]["enum"]


def test_every_state_has_a_declaration_to_look_at():
    assert list(IN_STATE) == ENUM


def days(first: datetime, count: int) -> list[str]:
    return [(first + timedelta(days=day)).isoformat().replace("+00:00", "Z") for day in range(count)]


def test_time_takes_no_step_that_is_not_in_the_table(ashdown: Client):
    by_time = {(source, target) for source, target, by in steps(STATE) if by == "time"}
    seen: set[tuple[str, str]] = set()
    path: list[dict[str, str]] = []
    for moment in days(datetime(2026, 9, 15, 9, tzinfo=UTC), 800):
        everything = at(moment, ashdown).get("/participant-declarations", "page[per_page]=3000")
        path.append({each["id"]: each["attributes"]["state"] for each in everything})
    for before, after in pairwise(path):
        seen |= {(before[id_], after[id_]) for id_ in before if before[id_] != after[id_]}
    assert seen == by_time


@pytest.mark.parametrize("step", sorted(steps(PAID)), ids=" ".join)
def test_a_statement_is_paid_as_the_table_says(ashdown: Client, step: Step):
    ways = {"time": passed(PAYMENT), "payStatement": paid(NOVEMBER_2026)}

    def is_paid(who: Client) -> str:
        return json.dumps(who.get(f"/statements/{NOVEMBER_2026}")["attributes"]["paid"])

    assert is_paid(ashdown) == step[0]
    assert is_paid(ways[step[2]](ashdown, "")) == step[1]


def test_a_paid_statement_stays_paid(ashdown: Client):
    paid_now = {s["id"] for s in ashdown.get("/statements") if s["attributes"]["paid"]}
    for moment in days(datetime(2026, 9, 15, 9, tzinfo=UTC), 800)[::25]:
        later = {s["id"] for s in at(moment, ashdown).get("/statements") if s["attributes"]["paid"]}
        assert paid_now <= later
        paid_now = later


def test_nothing_more_goes_into_a_statement_that_was_paid_early():
    ashdown = client(sandbox())
    acted(ashdown, "dfe/pay-statement", statement_id=NOVEMBER_2026)
    created = ashdown.done("POST", "/participant-declarations", **NEW)["attributes"]
    statement = ashdown.get(f"/statements/{created['statement_id']}")["attributes"]
    assert (created["state"], statement["month"], statement["year"]) == ("eligible", "January", "2027")


# People of scenarios.yaml and registrations.yaml.
ACTIVE = "8e7ee681-4d83-4051-b668-069780ea485c"
DEFERRED = "7d164fc6-3d49-4359-8864-07190bb08a74"
WITHDRAWN = "14abe6f5-01bd-4eff-a6ed-8eb555b6c5c3"
JOINING = "2973676a-265a-4ce8-8e92-21d9f8c4f8b0"
LEAVING = "67c946a1-e824-44f9-a5b9-a82d18e6af76"
LEFT = "ffb811ac-dae0-42ab-9f8a-c91c16c9fcac"
MENTOR = "3407d20e-0e63-4a9f-9837-dd4df2fa2aee"
COMPLETED_MENTOR, COMPLETION = "695d98f9-d850-499b-8696-50eb09744c63", "354eb5c1-5624-4aaf-a5b7-7fb94405d8a1"
OF_ANOTHER = "58bd23b0-08ae-4f4f-a35a-62880dfdca10"
WITHDRAWN_MENTOR = "0387efe4-d80a-48ef-aff6-81bfa15ef951"
EARLY_MENTOR = "4380bbf4-aac2-4fcd-918a-1a31df8adf6e"
ASHDOWN, BRIGHTWATER = "Ashdown Teaching Partnership", "Brightwater Education"
PARTNERED, INTERESTED, FRESH = (seed_id("schools", name) for name in ("partnered", "interested", "fresh"))

Doing = Callable[[Client, str], Any]


def enrolment(who: Client, id_: str) -> dict[str, Any]:
    return who.get(f"/participants/{id_}")["attributes"]["ecf_enrolments"][0]


def transition(operation: str, **attributes: Any) -> Doing:
    def do(who: Client, id_: str) -> None:
        course = "ecf-mentor" if enrolment(who, id_)["participant_type"] == "mentor" else "ecf-induction"
        who.done("PUT", f"/participants/{id_}/{operation}", course_identifier=course, **attributes)

    return do


def left_school(day: str) -> Doing:
    def do(who: Client, id_: str) -> None:
        role = enrolment(who, id_)["participant_type"]
        acted(who, "school/report-leaver", participant_id=id_, participant_type=role, date=day)

    return do


def registered(day: str) -> Callable[[Client], Any]:
    return lambda who: act(
        who.app, "school/register-participant", participant_type="ect", school_id=PARTNERED,
        lead_provider=ASHDOWN, start_date=day,
    )  # fmt: skip


def partnered(who: Client) -> Any:
    harbour = seed_id("delivery-partners", "harbour-hub")
    who.done("POST", "/partnerships", cohort="2026", school_id=INTERESTED, delivery_partner_id=harbour)


def completed(date: str) -> Doing:
    def do(who: Client, id_: str) -> None:
        evidence = "75-percent-engagement-met"
        who.done("POST", "/participant-declarations", participant_id=id_, course_identifier="ecf-mentor",
                 declaration_type="completed", declaration_date=date, evidence_held=evidence)  # fmt: skip

    return do


def passed_induction(who: Client, id_: str) -> None:
    acted(who, "appropriate-body/record-induction", participant_id=id_, event="start", date="2025-09-01")
    acted(who, "appropriate-body/record-induction", participant_id=id_, event="pass", date="2026-07-01")


def taken_back(who: Client, _: str) -> None:
    voided(who, COMPLETION)


def nothing(who: Client, _: str) -> None:
    pass


def joined(school: str, day: str, lead_provider: str | None = ASHDOWN) -> Doing:
    def do(who: Client, id_: str) -> None:
        role = enrolment(who, id_)["participant_type"]
        acted(who, "school/report-transfer", participant_id=id_, participant_type=role, school_id=school,
              lead_provider=lead_provider, date=day)  # fmt: skip

    return do


def registered_again(school: str, day: str) -> Doing:
    def do(who: Client, id_: str) -> None:
        role = enrolment(who, id_)["participant_type"]
        acted(who, "school/register-participant", participant_id=id_, participant_type=role, school_id=school,
              lead_provider=ASHDOWN, start_date=day)  # fmt: skip

    return do


def formed(cohort: str) -> Doing:
    def do(who: Client, _: str) -> None:
        harbour = seed_id("delivery-partners", "harbour-hub")
        who.done("POST", "/partnerships", cohort=cohort, school_id=FRESH, delivery_partner_id=harbour)

    return do


def rolled_over(cohort: str) -> Doing:
    def do(who: Client, id_: str) -> None:
        formed("2024")(who, id_)
        acted(who, "school/roll-over-partnership", school_id=FRESH, cohort=cohort)

    return do


def one_after_the_other(*doings: Doing) -> Doing:
    def do(who: Client, id_: str) -> None:
        for doing in doings:
            doing(who, id_)

    return do


def waiting(day: str, last: str | None = None, forms: Callable[[str], Doing] = formed) -> Callable[[Client], Any]:
    """A school registers an ECT, perhaps with a last day there, before there is a partnership with it."""

    def do(who: Client) -> None:
        new = act(who.app, "school/register-participant", participant_type="ect", school_id=FRESH,
                  lead_provider=ASHDOWN, start_date=day)["id"]  # fmt: skip
        if last:
            acted(who, "school/report-leaver", participant_id=new, participant_type="ect", date=last)
        forms("2026")(who, new)

    return do


def transferred(day: str) -> Callable[[Client], Any]:
    return lambda who: act(
        who.app, "school/report-transfer", participant_id=OF_ANOTHER, participant_type="ect", school_id=PARTNERED,
        lead_provider=ASHDOWN, date=day,
    )  # fmt: skip


BEFORE, YESTERDAY, TODAY, SOON, AHEAD = "2026-09-01", "2026-09-14", "2026-09-15", "2026-10-01", "2026-10-30"
defer, withdraw, resume = (
    transition("defer", reason="career-break"),
    transition("withdraw", reason="other"),
    transition("resume"),
)
gone = left_school(BEFORE)
waits_again = one_after_the_other(gone, registered_again(FRESH, YESTERDAY))
will_wait_again = one_after_the_other(gone, registered_again(FRESH, AHEAD))
BEGUN: dict[str, dict[Step, Callable[[Client], Any]]] = {
    TRAINING: {
        (None, "active", "registerParticipant"): registered("2026-09-07"),
        (None, "active", "createPartnership"): partnered,
        (None, "active", "rollOverPartnership"): waiting("2026-09-07", forms=rolled_over),
        (None, "active", "reportTransfer"): transferred(YESTERDAY),
    },
    STATUS: {
        (None, "joining", "registerParticipant"): registered("2026-10-07"),
        (None, "active", "registerParticipant"): registered("2026-09-07"),
        (None, "joining", "reportTransfer"): transferred(AHEAD),
        (None, "active", "reportTransfer"): transferred(YESTERDAY),
        (None, "joining", "createPartnership"): waiting("2026-10-07"),
        (None, "active", "createPartnership"): waiting("2026-09-07"),
        (None, "leaving", "createPartnership"): waiting("2026-09-07", AHEAD),
        (None, "left", "createPartnership"): waiting("2026-09-07", TODAY),
        (None, "joining", "rollOverPartnership"): waiting("2026-10-07", forms=rolled_over),
        (None, "active", "rollOverPartnership"): waiting("2026-09-07", forms=rolled_over),
        (None, "leaving", "rollOverPartnership"): waiting("2026-09-07", AHEAD, rolled_over),
        (None, "left", "rollOverPartnership"): waiting("2026-09-07", TODAY, rolled_over),
    },
}
MOVED: dict[str, dict[Step, tuple[str, Doing, Doing]]] = {
    TRAINING: {
        ("active", "deferred", "deferParticipant"): (ACTIVE, nothing, defer),
        ("active", "withdrawn", "withdrawParticipant"): (ACTIVE, nothing, withdraw),
        ("deferred", "withdrawn", "withdrawParticipant"): (DEFERRED, nothing, withdraw),
        ("deferred", "active", "resumeParticipant"): (DEFERRED, nothing, resume),
        ("withdrawn", "active", "resumeParticipant"): (WITHDRAWN, nothing, resume),
        ("deferred", "active", "registerParticipant"): (DEFERRED, gone, registered_again(PARTNERED, TODAY)),
        ("withdrawn", "active", "registerParticipant"): (WITHDRAWN_MENTOR, gone, registered_again(PARTNERED, TODAY)),
        ("deferred", "active", "reportTransfer"): (DEFERRED, nothing, joined(PARTNERED, TODAY)),
        ("withdrawn", "active", "reportTransfer"): (WITHDRAWN_MENTOR, nothing, joined(PARTNERED, TODAY)),
        ("deferred", "active", "createPartnership"): (DEFERRED, waits_again, formed("2025")),
        ("withdrawn", "active", "createPartnership"): (WITHDRAWN, waits_again, formed("2024")),
        ("deferred", "active", "rollOverPartnership"): (DEFERRED, waits_again, rolled_over("2025")),
        ("withdrawn", "active", "rollOverPartnership"): (WITHDRAWN_MENTOR, waits_again, rolled_over("2025")),
        ("deferred", "active", "voidDeclaration"): (COMPLETED_MENTOR, defer, taken_back),
        ("withdrawn", "active", "voidDeclaration"): (COMPLETED_MENTOR, withdraw, taken_back),
    },
    STATUS: {
        ("joining", "active", "time"): (JOINING, nothing, passed("2026-10-13T00:00:00Z")),
        ("leaving", "left", "time"): (LEAVING, nothing, passed("2026-10-06T00:00:00Z")),
        ("joining", "leaving", "reportLeaver"): (JOINING, nothing, left_school(AHEAD)),
        ("active", "leaving", "reportLeaver"): (ACTIVE, nothing, left_school(AHEAD)),
        ("active", "left", "reportLeaver"): (ACTIVE, nothing, left_school(TODAY)),
        ("leaving", "left", "reportLeaver"): (ACTIVE, left_school(AHEAD), left_school(TODAY)),
        ("joining", "leaving", "reportTransfer"): (JOINING, nothing, joined(PARTNERED, AHEAD, BRIGHTWATER)),
        ("active", "leaving", "reportTransfer"): (ACTIVE, nothing, joined(PARTNERED, AHEAD, BRIGHTWATER)),
        ("active", "left", "reportTransfer"): (ACTIVE, nothing, joined(FRESH, TODAY)),
        ("leaving", "left", "reportTransfer"): (ACTIVE, left_school(AHEAD), joined(PARTNERED, TODAY, None)),
        ("active", "joining", "reportTransfer"): (MENTOR, nothing, joined(PARTNERED, AHEAD)),
        ("leaving", "joining", "reportTransfer"): (MENTOR, left_school(AHEAD), joined(PARTNERED, AHEAD)),
        ("left", "joining", "reportTransfer"): (DEFERRED, nothing, joined(PARTNERED, AHEAD)),
        ("leaving", "active", "reportTransfer"): (MENTOR, left_school(AHEAD), joined(PARTNERED, TODAY)),
        ("left", "active", "reportTransfer"): (DEFERRED, nothing, joined(PARTNERED, TODAY)),
        ("leaving", "joining", "registerParticipant"): (MENTOR, left_school(SOON), registered_again(PARTNERED, AHEAD)),
        ("left", "joining", "registerParticipant"): (DEFERRED, gone, registered_again(PARTNERED, AHEAD)),
        ("left", "active", "registerParticipant"): (DEFERRED, gone, registered_again(PARTNERED, TODAY)),
        ("leaving", "joining", "createPartnership"): (ACTIVE, joined(FRESH, AHEAD), formed("2026")),
        ("left", "joining", "createPartnership"): (DEFERRED, will_wait_again, formed("2025")),
        ("left", "active", "createPartnership"): (DEFERRED, waits_again, formed("2025")),
        ("left", "leaving", "createPartnership"): (
            DEFERRED,
            one_after_the_other(waits_again, left_school(AHEAD)),
            formed("2025"),
        ),
        ("leaving", "joining", "rollOverPartnership"): (ACTIVE, joined(FRESH, AHEAD), rolled_over("2026")),
        ("left", "joining", "rollOverPartnership"): (DEFERRED, will_wait_again, rolled_over("2025")),
        ("left", "active", "rollOverPartnership"): (DEFERRED, waits_again, rolled_over("2025")),
        ("left", "leaving", "rollOverPartnership"): (
            DEFERRED,
            one_after_the_other(waits_again, left_school(AHEAD)),
            rolled_over("2025"),
        ),
        ("active", "left", "deferParticipant"): (ACTIVE, nothing, defer),
        ("active", "left", "withdrawParticipant"): (ACTIVE, nothing, withdraw),
        ("leaving", "left", "deferParticipant"): (LEAVING, nothing, defer),
        ("leaving", "left", "withdrawParticipant"): (LEAVING, nothing, withdraw),
        ("left", "active", "resumeParticipant"): (DEFERRED, nothing, resume),
        ("left", "leaving", "resumeParticipant"): (DEFERRED, left_school(AHEAD), resume),
        ("left", "active", "recordInduction"): (LEFT, nothing, passed_induction),
        ("leaving", "active", "recordInduction"): (LEAVING, nothing, passed_induction),
        ("joining", "active", "recordInduction"): (JOINING, nothing, passed_induction),
        ("joining", "active", "createDeclaration"): (
            MENTOR,
            joined(PARTNERED, AHEAD),
            completed("2026-08-31T09:00:00Z"),
        ),
        ("leaving", "active", "createDeclaration"): (MENTOR, left_school(AHEAD), completed("2026-09-14T09:00:00Z")),
        ("left", "active", "createDeclaration"): (MENTOR, left_school(BEFORE), completed("2026-08-31T09:00:00Z")),
        ("active", "left", "createDeclaration"): (EARLY_MENTOR, gone, completed("2026-09-14T09:00:00Z")),
        ("active", "leaving", "voidDeclaration"): (COMPLETED_MENTOR, left_school(AHEAD), taken_back),
        ("active", "left", "voidDeclaration"): (COMPLETED_MENTOR, left_school(BEFORE), taken_back),
        ("active", "joining", "voidDeclaration"): (COMPLETED_MENTOR, joined(PARTNERED, AHEAD), taken_back),
        ("left", "active", "voidDeclaration"): (COMPLETED_MENTOR, defer, taken_back),
    },
}


@pytest.mark.parametrize("table", MOVED)
def test_every_step_of_an_enrolment_has_its_case(table: str):
    assert steps(table) == BEGUN[table].keys() | MOVED[table].keys()


def field(table: str) -> str:
    return table.rpartition(".")[2]


@pytest.mark.parametrize(("table", "step"), [(table, step) for table in MOVED for step in MOVED[table]], ids=str)
def test_an_enrolment_takes_every_step_in_its_table(ashdown: Client, table: str, step: Step):
    id_, prepare, do = MOVED[table][step]
    prepare(ashdown, id_)
    assert enrolment(ashdown, id_)[field(table)] == step[0]
    after = do(ashdown, id_)
    assert enrolment(after if isinstance(after, Client) else ashdown, id_)[field(table)] == step[1]


@pytest.mark.parametrize(("table", "step"), [(table, step) for table in BEGUN for step in BEGUN[table]], ids=str)
def test_an_enrolment_begins_in_every_state_in_its_table(ashdown: Client, table: str, step: Step):
    before = set(ashdown.ids("/participants", "page[per_page]=3000"))
    BEGUN[table][step](ashdown)
    (new,) = set(ashdown.ids("/participants", "page[per_page]=3000")) - before
    assert enrolment(ashdown, new)[field(table)] == step[1]


def enrolled(who: Client) -> dict[str, dict[str, str]]:
    """What each participant shows of both fields."""
    everybody = who.get("/participants", "page[per_page]=3000")
    return {
        f"{one['id']} {role['participant_type']}": {table: role[field(table)] for table in MOVED}
        for one in everybody
        for role in one["attributes"]["ecf_enrolments"]
    }


def test_time_takes_no_step_of_an_enrolment_that_is_not_in_its_table(ashdown: Client):
    path = [enrolled(at(moment, ashdown)) for moment in days(datetime(2026, 9, 15, 9, tzinfo=UTC), 60)]
    for table in MOVED:
        by_time = {(source, target) for source, target, by in steps(table) if by == "time"}
        changes = {(one[who][table], two[who][table]) for one, two in pairwise(path) for who in one}
        assert {(source, target) for source, target in changes if source != target} == by_time


ACTIONS = {"deferParticipant": ("defer", "other"), "withdrawParticipant": ("withdraw", "other"),
           "resumeParticipant": ("resume", None)}  # fmt: skip


@pytest.mark.parametrize("operation", ACTIONS)
def test_an_action_takes_no_step_that_is_not_in_a_table(ashdown: Client, operation: str):
    path, reason = ACTIONS[operation]
    details = {rule.detail for rule in CONTRACT.operations[operation].rules}
    contradiction = CONTRACT.problems["records_agree"].body
    for who, before in enrolled(ashdown).items():
        id_, role = who.split()
        course = {"ect": "ecf-induction", "mentor": "ecf-mentor"}[role]
        answer = ashdown.write("PUT", f"/participants/{id_}/{path}", course_identifier=course, reason=reason)
        after = enrolled(ashdown)[who]
        if answer.status == 200:
            for table in MOVED:
                step = (before[table], after[table], operation)
                assert step in steps(table) or before[table] == after[table]
        else:
            body = json.loads(answer.body)
            assert body == contradiction or {error["detail"] for error in body["errors"]} <= details
            assert before == after


WHATEVER_IS_DONE: list[tuple[str, Doing]] = [
    *(("reportTransfer", joined(PARTNERED, day)) for day in (TODAY, AHEAD)),
    *(("reportTransfer", joined(FRESH, day)) for day in (TODAY, AHEAD)),
    *(("reportTransfer", joined(PARTNERED, day, BRIGHTWATER)) for day in (TODAY, AHEAD)),
    *(("registerParticipant", registered_again(PARTNERED, day)) for day in (TODAY, AHEAD)),
    *(("reportLeaver", left_school(day)) for day in (TODAY, AHEAD)),
    ("recordInduction", passed_induction),
    *(("createPartnership", formed(cohort)) for cohort in ("2025", "2026")),
    *(("rollOverPartnership", rolled_over(cohort)) for cohort in ("2025", "2026")),
    *(("createDeclaration", completed(f"{day}T09:00:00Z")) for day in (BEFORE, YESTERDAY)),
    ("voidDeclaration", taken_back),
    ("changeScheduleParticipant", transition("change-schedule", schedule_identifier="ecf-extended-january")),
    ("deferParticipant", defer),
    ("withdrawParticipant", withdraw),
    ("resumeParticipant", resume),
]
BEFOREHAND: dict[str, Doing] = {
    "nothing": nothing,
    "they leave": left_school(AHEAD),
    "they have left": gone,
    "they are to join another school": joined(PARTNERED, AHEAD),
    "they wait for a partnership": joined(FRESH, TODAY),
    "they are deferred": defer,
    "they are withdrawn": withdraw,
    "their induction is over": passed_induction,
}


def one_of_each() -> list[str]:
    """Name one participant in one role of every kind: by what the API shows of their training."""
    who = client(sandbox())
    kinds: dict[str, str] = {}
    for one in who.get("/participants", "page[per_page]=3000"):
        for role in one["attributes"]["ecf_enrolments"]:
            is_done = bool(role["mentor_funding_end_date"] or one["attributes"].get("overall_induction_end_date"))
            shown = [role[name] for name in ("participant_type", "training_status", "participant_status")]
            kinds.setdefault(str([*shown, is_done]), f"{one['id']} {role['participant_type']}")
    return list(kinds.values())


def is_done(doing: Doing, who: Client, id_: str) -> bool:
    """Do something, and say whether it could be done."""
    try:
        doing(who, id_)
    except AssertionError as refused:
        if "status=422" not in str(refused):
            raise
        return False
    return True


def statuses_of(who: Client, someone: str) -> dict[str, str]:
    """What somebody shows of both fields in a role."""
    id_, role = someone.split()
    roles = who.get(f"/participants/{id_}")["attributes"]["ecf_enrolments"]
    return next({table: each[field(table)] for table in MOVED} for each in roles if each["participant_type"] == role)


def steps_taken(who: Client, someone: str) -> Iterator[tuple[str, Step]]:
    """Yield each step that somebody takes, from where they are, whatever is done."""
    before = statuses_of(who, someone)
    with saved(who.app) as go_back:
        for operation, doing in WHATEVER_IS_DONE:
            if is_done(doing, who, someone.split(maxsplit=1)[0]):
                after = statuses_of(who, someone)
                yield from ((each, (before[each], after[each], operation)) for each in MOVED)
            go_back()


@pytest.mark.parametrize("beforehand", BEFOREHAND)
def test_whatever_anybody_does_takes_no_step_of_an_enrolment_that_is_not_in_its_table(beforehand: str):
    moved: set[tuple[str, Step]] = set()
    who = client(sandbox())
    with saved(who.app) as begin_again:
        for someone in one_of_each():
            begin_again()
            if is_done(BEFOREHAND[beforehand], who, someone.split()[0]):
                moved |= set(steps_taken(who, someone))
    unmoved = {(table, step) for table, step in moved if step[0] == step[1]}
    assert moved - unmoved
    assert moved - unmoved - {(table, step) for table in MOVED for step in steps(table)} == set()
