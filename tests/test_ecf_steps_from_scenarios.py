"""Every step between states in ECF's tables can be taken from a named scenario, which is created again for it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from client import Client
from controls_client import done, saved
from ecf_client import CLOCK, act, ask, client, ecf, partnership_id, sandbox, seed_id

from lp_sandbox.ecf.history_lookups import histories_of, related_records
from lp_sandbox.ecf.records import EcfParticipant, EcfTrainee
from lp_sandbox.ecf.resources.participants import with_document

Step = tuple[str | None, str, str]
Ids = Mapping[str, str]
"""The ids of a scenario by their names."""
Act = Callable[[Client, Ids], Client | None]
"""Does something, or returns a client at a later time."""
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


ELIGIBLE, SUBMITTED = "ect-with-an-eligible-declaration", "ect-with-a-submitted-declaration"
PAYABLE, PAID = "ect-with-a-payable-declaration", "ect-with-a-paid-declaration"
AWAITING, TWICE, AWAITED = (
    "ect-with-a-clawback-to-come",
    "ect-declared-under-two-ids",
    "participants-awaiting-a-provider",
)
FREE, OURS, KEEPING = "free-school", "partnership-that-can-be-challenged", "your-school-of-last-year"
CHALLENGED, DEFERRED, WITHDRAWN = "partnership-challenged-as-a-mistake", "deferred-ect", "withdrawn-ect"
JOINING, LEAVING, ANOTHERS, UNKNOWN = (
    "ect-joining-next-month",
    "ect-leaving-next-month",
    "ect-of-another-provider",
    "ect-not-validated",
)
BREAK, LEFT = {"reason": "career-break"}, {"reason": "left-teaching-profession"}
TABLES: dict[str, tuple[Callable[[Client, Ids], dict[str, str]], Mapping[Step, Entry]]] = {
    "DeclarationAttributes.state": (
        declarations,
        {
            (None, "submitted", "createDeclaration"): ("ect-without-qts", declares()),
            (None, "eligible", "createDeclaration"): ("ect-in-training", declares()),
            (None, "ineligible", "createDeclaration"): (
                TWICE,
                one_after_the_other(voids("second-started"), declares("second", "2024-10-10")),
            ),
            ("submitted", "eligible", "addParticipant"): ("removed-ect-with-a-submitted-declaration", adds_again()),
            ("submitted", "eligible", "decideEligibility"): (
                SUBMITTED,
                DECIDES,
            ),
            ("submitted", "eligible", "recordInduction"): (
                "ect-without-an-induction",
                acts("appropriate-body/record-induction", participant_id=":ect", event="start", date="2024-09-02"),
            ),
            ("eligible", "payable", "time"): (ELIGIBLE, CUT_OFF),
            ("payable", "paid", "time"): (PAYABLE, PAYMENT),
            ("payable", "paid", "payStatement"): (PAYABLE, is_paid()),
            ("submitted", "voided", "voidDeclaration"): (SUBMITTED, voids()),
            ("eligible", "voided", "voidDeclaration"): (ELIGIBLE, voids()),
            ("payable", "voided", "voidDeclaration"): (PAYABLE, voids("ect-retained-3")),
            ("ineligible", "voided", "voidDeclaration"): (TWICE, voids("second-started")),
            ("paid", "awaiting-clawback", "voidDeclaration"): (PAID, voids()),
            ("awaiting-clawback", "clawed-back", "time"): (AWAITING, waits_for("payment_date", 0, CLAWBACK)),
            ("awaiting-clawback", "clawed-back", "payStatement"): (AWAITING, CLAWED_BACK_EARLY),
        },
    ),
    TRAINING: (
        enrolments("training_status"),
        {
            (None, "active", "changeDetails"): (UNKNOWN, CORRECTS),
            ("deferred", "active", "addParticipant"): (
                DEFERRED,
                one_after_the_other(REMOVES, adds_again(school_id=PARTNERED)),
            ),
            ("withdrawn", "active", "addParticipant"): (
                WITHDRAWN,
                one_after_the_other(REMOVES, adds_again(school_id=PARTNERED)),
            ),
            (None, "active", "addParticipant"): ("confirmed-partnership", adds()),
            (None, "active", "createPartnership"): (AWAITED, confirms),
            (None, "active", "confirmUpload"): (AWAITED, uploads),
            (None, "active", "keepProviders"): (KEEPING, one_after_the_other(chooses(), adds(), KEEPS)),
            (None, "active", "decideEligibility"): ("ect-not-validated", DECIDES),
            (None, "active", "transferIn"): ("ect-of-another-provider", TAKES_IN),
            ("deferred", "active", "transferIn"): (DEFERRED, TAKES_IN),
            ("withdrawn", "active", "transferIn"): ("withdrawn-ect-who-started", TAKES_IN),
            ("active", "deferred", "deferParticipant"): (PAID, reports("defer", **BREAK)),
            ("active", "withdrawn", "withdrawParticipant"): (PAID, reports("withdraw", **LEFT)),
            ("deferred", "withdrawn", "withdrawParticipant"): (
                "deferred-ect-who-started",
                reports("withdraw", **LEFT),
            ),
            ("deferred", "active", "resumeParticipant"): (DEFERRED, reports("resume")),
            ("withdrawn", "active", "resumeParticipant"): (WITHDRAWN, reports("resume")),
            ("active", "deferred", "changeTrainingStatus"): (PAID, finance_changes("deferred", **BREAK)),
            ("active", "withdrawn", "changeTrainingStatus"): (PAID, finance_changes("withdrawn", **LEFT)),
            ("deferred", "active", "changeTrainingStatus"): (DEFERRED, finance_changes("active")),
            ("deferred", "withdrawn", "changeTrainingStatus"): (DEFERRED, finance_changes("withdrawn", **LEFT)),
            ("withdrawn", "active", "changeTrainingStatus"): (WITHDRAWN, finance_changes("active")),
            ("withdrawn", "deferred", "changeTrainingStatus"): (WITHDRAWN, finance_changes("deferred", **BREAK)),
        },
    ),
    PLACE: (
        enrolments("participant_status"),
        {
            (None, "joining", "addParticipant"): ("confirmed-partnership", adds(start_date=SOON)),
            (None, "active", "addParticipant"): ("confirmed-partnership", adds()),
            (None, "joining", "transferIn"): (ANOTHERS, TAKES_IN_SOON),
            (None, "active", "transferIn"): (ANOTHERS, TAKES_IN),
            (None, "joining", "createPartnership"): (AWAITED, confirms),
            (None, "active", "createPartnership"): (FREE, one_after_the_other(chooses(), adds(), confirms)),
            (None, "joining", "confirmUpload"): (AWAITED, uploads),
            (None, "active", "confirmUpload"): (FREE, one_after_the_other(chooses(), adds(), uploads)),
            (None, "joining", "keepProviders"): (
                KEEPING,
                one_after_the_other(chooses(), adds(start_date=SOON), KEEPS),
            ),
            (None, "active", "keepProviders"): (KEEPING, one_after_the_other(chooses(), adds(), KEEPS)),
            (None, "active", "changeDetails"): (UNKNOWN, CORRECTS),
            (None, "active", "decideEligibility"): (UNKNOWN, DECIDES),
            ("joining", "active", "time"): (JOINING, waits_until(LATER)),
            ("leaving", "left", "time"): (LEAVING, waits_until(LATER)),
            ("joining", "withdrawn", "time"): (JOINING, one_after_the_other(REMOVES, waits_until(LATER))),
            ("joining", "leaving", "transferOut"): (JOINING, leaves(LATER)),
            ("active", "leaving", "transferOut"): (PAID, leaves(SOON)),
            ("active", "left", "transferOut"): (PAID, leaves(BEFORE)),
            ("leaving", "left", "transferOut"): (LEAVING, leaves(BEFORE)),
            ("joining", "leaving", "transferIn"): (JOINING, moves_away(LATER)),
            ("active", "leaving", "transferIn"): (PAID, moves_away(SOON)),
            ("active", "left", "transferIn"): (PAID, moves_away(BEFORE)),
            ("leaving", "left", "transferIn"): (LEAVING, moves_away(BEFORE)),
            ("active", "joining", "transferIn"): (PAID, TAKES_IN_SOON),
            ("leaving", "joining", "transferIn"): (LEAVING, TAKES_IN_SOON),
            ("left", "joining", "transferIn"): ("ect-who-left", TAKES_IN_SOON),
            ("leaving", "active", "transferIn"): (LEAVING, TAKES_IN),
            ("left", "active", "transferIn"): ("ect-who-left", TAKES_IN),
            ("active", "withdrawn", "removeParticipant"): (PAID, REMOVES),
            ("withdrawn", "joining", "addParticipant"): (
                "removed-ect",
                adds_again(school_id=PARTNERED, start_date=SOON),
            ),
            ("withdrawn", "active", "addParticipant"): ("removed-ect", adds_again(school_id=PARTNERED)),
            (None, "withdrawn", "decideEligibility"): ("removed-ect-with-a-submitted-declaration", DECIDES),
            ("joining", "leaving", "challengePartnership"): ("ect-in-training", RECENT_CHALLENGED, to_recent(SOON)),
            ("active", "left", "challengePartnership"): ("ect-in-training", RECENT_CHALLENGED, to_recent(BEFORE)),
            ("joining", "leaving", "challengePartnershipAsAdministrator"): (
                "ect-about-to-transfer",
                challenges("administrator"),
            ),
            ("active", "left", "challengePartnershipAsAdministrator"): (
                "participant-who-kept-you",
                acts("administrator/challenge-partnership", partnership_id=":here-kept", reason="mistake"),
            ),
            ("leaving", "joining", "createPartnership"): (
                "ect-in-training",
                confirms_recent,
                one_after_the_other(to_recent(SOON), RECENT_CHALLENGED),
            ),
            ("left", "active", "createPartnership"): (
                "ect-in-training",
                confirms_recent,
                one_after_the_other(to_recent(BEFORE), RECENT_CHALLENGED),
            ),
            ("active", "left", "setProgramme"): ("ect-in-training", sets("school_led")),
            ("left", "active", "setProgramme"): ("ect-in-training", sets("provider_led"), sets("school_led")),
        },
    ),
    "PartnershipAttributes.status": (
        partnerships,
        {
            (None, "active", "createPartnership"): (FREE, confirms),
            (None, "active", "confirmUpload"): (FREE, uploads),
            (None, "active", "keepProviders"): (KEEPING, one_after_the_other(chooses(), KEEPS)),
            ("active", "challenged", "challengePartnership"): (OURS, challenges("school")),
            ("active", "challenged", "challengePartnershipAsAdministrator"): (OURS, challenges("administrator")),
            ("challenged", "active", "createPartnership"): (CHALLENGED, confirms),
            ("challenged", "active", "confirmUpload"): (CHALLENGED, uploads),
            ("challenged", "active", "keepProviders"): ("challenged-partnership-with-last-years-providers", KEEPS),
        },
    ),
    "SchoolAttributes.induction_programme_choice": (
        programme,
        {
            ("not_yet_known", "provider_led", "createPartnership"): (FREE, confirms),
            ("school_led", "provider_led", "createPartnership"): ("school-led-school", confirms),
            ("no_early_career_teachers", "provider_led", "createPartnership"): ("school-without-ects", confirms),
            ("provider_led", "no_early_career_teachers", "challengePartnership"): (
                OURS,
                challenges("school", "no_ects"),
            ),
            ("provider_led", "no_early_career_teachers", "challengePartnershipAsAdministrator"): (
                OURS,
                challenges("administrator", "no_ects"),
            ),
        },
    ),
    "StatementAttributes.paid": (
        payment,
        {("false", "true", "time"): (PAYABLE, PAYMENT), ("false", "true", "payStatement"): (PAYABLE, is_paid())},
    ),
}
CASES = [(name, step) for name, (_, steps) in TABLES.items() for step in steps]


def test_every_step_in_the_tables_has_its_scenario():
    expected = {
        name: {(step.source, step.target, step.by) for step in steps} for name, steps in CONTRACT.transitions.items()
    }
    assert {name: set(steps) for name, (_, steps) in TABLES.items()} == expected


@pytest.fixture(scope="module")
def penhallow() -> Iterator[tuple[Client, Callable[[], None]]]:
    """A client of a world, and what puts the world back."""
    app = sandbox()
    with saved(app) as put_back:
        yield client(app), put_back


def created(who: Client, name: str) -> Ids:
    """Create a scenario again, and return its ids."""
    made = done(who.app, "POST", f"/scenarios/{name}", {})
    return {name: id_ for part in made["ids"].values() for name, id_ in part.items()}


@pytest.mark.parametrize(("name", "step"), CASES, ids=str)
def test_a_new_scenario_takes_the_step(penhallow: tuple[Client, Callable[[], None]], name: str, step: Step):
    who, put_back = penhallow
    put_back()
    (look, steps), (source, target, _) = TABLES[name], step
    start, do, *first = steps[step]
    ids = created(who, start)
    for each in first:
        each(who, ids)
    before = look(who, ids)
    after = look(do(who, ids) or who, ids)
    changed = {(before.get(id_), state) for id_, state in after.items() if before.get(id_) != state}
    assert (source, target) in changed


def voids_first(who: Client, ids: Ids) -> None:
    voids(next(name for name, id_ in ids.items() if id_ in declarations(who, ids)))(who, ids)


DAYS = (BEFORE, SOON)
WHATEVER_IS_DONE: list[tuple[str, Act]] = [
    ("createDeclaration", declares()),
    ("createDeclaration", declares(day="2024-10-10")),
    ("voidDeclaration", voids_first),
    ("deferParticipant", reports("defer", **BREAK)),
    ("withdrawParticipant", reports("withdraw", **LEFT)),
    ("resumeParticipant", reports("resume")),
    ("changeScheduleParticipant", reports("change-schedule", schedule_identifier="ecf-extended-september")),
    ("createPartnership", confirms),
    ("confirmUpload", uploads),
    ("addParticipant", adds()),
    ("addParticipant", adds_again()),
    ("setUpCohort", chooses()),
    ("keepProviders", KEEPS),
    *(("transferIn", act) for act in (TAKES_IN, TAKES_IN_SOON)),
    *(
        (operation, act(day))
        for operation, act in (("transferIn", moves_away), ("transferOut", leaves))
        for day in DAYS
    ),
    ("removeParticipant", REMOVES),
    ("changeDetails", acts("school/change-details", **ECT, full_name="Maya Foster", date_of_birth="1990-05-05")),
    ("addParticipant", adds_again(school_id=PARTNERED)),
    ("addParticipant", adds_again(school_id=PARTNERED, start_date=SOON)),
    ("challengePartnership", challenges("school", "no_ects")),
    ("challengePartnershipAsAdministrator", challenges("administrator")),
    ("setProgramme", acts("administrator/set-programme", school_id=":here", cohort="2025", programme="school_led")),
    *(
        ("decideEligibility", acts("dfe/decide-eligibility", **ECT, status=status, **reason))
        for status, reason in (("eligible", {}), ("ineligible", {"reason": "previous_induction"}), ("matched", {}))
    ),
    *(
        ("recordInduction", acts("appropriate-body/record-induction", participant_id=":ect", event=event, date=day))
        for event, day in (("start", "2024-09-02"), ("start", "2025-09-01"), ("complete", BEFORE))
    ),
    *(
        ("changeTrainingStatus", finance_changes(status, **reason))
        for status, reason in (("active", {}), ("deferred", BREAK), ("withdrawn", LEFT))
    ),
    ("payStatement", is_paid()),
    ("payStatement", is_paid(CLAWBACK)),
    ("retireDuplicate", acts("dfe/retire-duplicate", participant_id=":first", duplicate_participant_id=":second")),
]
"""All that anybody can do to an ECT and to the declarations, with the operation that does it."""


def of_ect(field: str) -> Callable[[Client, Ids], dict[str, str]]:
    def look(who: Client, ids: Ids) -> dict[str, str]:
        answer = who.send("GET", f"/api/v3/participants/ecf/{ids.get('ect') or ids['first']}")
        found = json.loads(answer.body)["data"]["attributes"]["ecf_enrolments"] if answer.status == 200 else []
        return {enrolment["training_record_id"]: enrolment[field] for enrolment in found}

    return look


SHOWN = {
    "DeclarationAttributes.state": declarations,
    TRAINING: of_ect("training_status"),
    PLACE: of_ect("participant_status"),
}
STARTS = (
    *(ELIGIBLE, SUBMITTED, PAYABLE, PAID, AWAITING, "ect-with-a-voided-declaration"),
    *("ect-with-a-clawed-back-declaration", "deferred-ect-who-started", "withdrawn-ect-who-started", AWAITED),
    *("ect-without-an-induction", "removed-ect-with-a-submitted-declaration", "ect-of-another-provider"),
    *("ect-declared-by-another-provider", CHALLENGED, "ect-about-to-transfer", TWICE),
    *(JOINING, LEAVING, UNKNOWN, "ect-who-left"),
)


def is_done(do: Act, who: Client, ids: Ids) -> bool:
    """Do something, and say whether it could be done."""
    try:
        do(who, ids)
    except (KeyError, StopIteration, ValueError):  # there is nothing to do it to
        return False
    except AssertionError as refused:
        if not any(f"status={status}" in str(refused) for status in (404, 422)):
            raise
        return False
    return True


@pytest.mark.parametrize("start", STARTS)
def test_whatever_anybody_does_takes_no_step_that_is_not_in_a_table(
    penhallow: tuple[Client, Callable[[], None]], start: str
):
    who, put_back = penhallow
    put_back()
    ids = created(who, start)
    before = {name: look(who, ids) for name, look in SHOWN.items()}
    taken = set()
    with saved(who.app) as go_back:
        for operation, do in WHATEVER_IS_DONE:
            if is_done(do, who, ids):
                for name, look in SHOWN.items():
                    steps = {(before[name].get(id_), state, operation) for id_, state in look(who, ids).items()}
                    taken |= {(name, step) for step in steps if step[0] != step[1]}
            go_back()
    assert taken
    assert taken - {(name, step) for name, (_, steps) in TABLES.items() for step in steps} == set()


def test_time_takes_no_step_of_a_declaration_or_a_training_that_is_not_in_its_table(
    penhallow: tuple[Client, Callable[[], None]],
):
    who, put_back = penhallow
    put_back()
    statements = [one["attributes"] for one in who.get("/statements", EVERYTHING)]
    turns = {date.fromisoformat(one[column]) for one in statements for column in ("cut_off_date", "payment_date")}
    days = sorted({turn + timedelta(days=days) for turn in turns for days in (0, 1)})
    taken = set()
    for name, look in {
        "DeclarationAttributes.state": everything_declared,
        TRAINING: enrolments("training_status"),
    }.items():
        path = [look(dataclasses.replace(who, at=f"{day}T09:00:00Z"), {}) for day in days if day > TODAY]
        steps = {(one[id_], two[id_], "time") for one, two in pairwise(path) for id_ in one}
        taken |= {(name, step) for step in steps if step[0] != step[1]}
    by_time = {(name, step) for name, (_, steps) in TABLES.items() for step in steps if step[2] == "time"}
    assert taken == {each for each in by_time if each[0] in ("DeclarationAttributes.state", TRAINING)}


TODAY = date.fromisoformat(CLOCK[:10])


def everything_declared(who: Client, _: Ids) -> dict[str, str]:
    found = who.get("/participant-declarations", EVERYTHING)
    return {one["id"]: one["attributes"]["state"] for one in found}


def test_stored_documents_of_participants_are_what_their_records_say_after_all_that_is_done():
    app = sandbox()
    who = client(app)
    for start in STARTS:
        named = created(who, start)
        for _, do in WHATEVER_IS_DONE:
            is_done(do, who, named)
    store, world = app.worlds._store, ecf().template.default_world  # noqa: SLF001
    stored = store.find(EcfTrainee, world)
    histories = {
        each.participant.id: each for each in histories_of(store, world, {one.participant_id for one in stored})
    }
    related = related_records(store, world, histories.values())
    for one in stored:
        assert with_document(one, histories[one.participant_id], related, TODAY.isoformat()) == one
