"""Whatever anybody does to an ECT or a declaration of ECF takes no step between states but those in the tables."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from client import Client
from controls_client import saved
from ecf_acts import (
    BEFORE,
    CLAWBACK,
    ECT,
    EVERYTHING,
    KEEPS,
    PARTNERED,
    PLACE,
    REMOVES,
    SOON,
    TAKES_IN,
    TAKES_IN_SOON,
    TRAINING,
    Act,
    Ids,
    acts,
    adds,
    adds_again,
    challenges,
    chooses,
    confirms,
    created,
    declarations,
    declares,
    enrolments,
    finance_changes,
    is_paid,
    leaves,
    moves_away,
    reports,
    uploads,
    voids,
)
from ecf_client import CLOCK, client, ecf, sandbox, seed_id
from ecf_steps import (
    AWAITED,
    AWAITING,
    BREAK,
    CHALLENGED,
    ELIGIBLE,
    JOINING,
    LEAVING,
    LEFT,
    PAID,
    PAYABLE,
    SUBMITTED,
    TABLES,
    TWICE,
    UNKNOWN,
)

from lp_sandbox.ecf.history_lookups import histories_of, related_records
from lp_sandbox.ecf.records import EcfTrainee
from lp_sandbox.ecf.resources.participants import with_document


@pytest.fixture(scope="module")
def penhallow() -> Iterator[tuple[Client, Callable[[], None]]]:
    """A client of a world, and what puts the world back."""
    who = client(sandbox())
    with saved(who.app) as put_back:
        yield who, put_back


def changes_partner(who: Client, ids: Ids) -> None:
    who.done("PUT", f"/partnerships/ecf/{ids['here-mine']}", delivery_partner_id=LAPWING)


def voids_first(who: Client, ids: Ids) -> None:
    voids(next(name for name, id_ in ids.items() if id_ in declarations(who, ids)))(who, ids)


LAPWING = seed_id("delivery-partners", "lapwing-hub")
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
    ("updatePartnership", changes_partner),
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
