"""DfE retires the id of somebody who is registered twice in the early career framework."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from client import Client
from ecf_client import CLOCK
from test_ecf_eligibility import act, declaration
from test_ecf_participants import enrolment, ids, put, records, world

from lp_sandbox.ecf.records import (
    EcfDeclaration,
    EcfParticipant,
    EcfUnfundedMentor,
    ListedProfile,
    Profile,
    Removal,
    TransferredParticipant,
)
from lp_sandbox.programme.records import Mentorship, SchoolPeriod, TrainingPeriod

TWICE = ids("ect-declared-under-two-ids")
KEPT, RETIRED = TWICE["first"], TWICE["second"]
ECT, MENTOR = ids("ect-in-training")["ect"], ids("ect-in-training")["mentor"]
ALL = "page[per_page]=3000"


def retire(who: Client, duplicate: str = RETIRED, kept: str = KEPT) -> Any:
    return act(who, "dfe/retire-duplicate", participant_id=kept, duplicate_participant_id=duplicate)


def change(before: str, after: str) -> dict[str, str]:
    return {"from_participant_id": before, "to_participant_id": after, "changed_at": CLOCK}


def test_a_retired_id_is_shown_and_found_as_an_earlier_id():
    with world() as who:
        retire(who)
        shown = who.get(f"/participants/ecf/{KEPT}")["attributes"]
        assert who.send("GET", f"/api/v3/participants/ecf/{RETIRED}").status == 404
        assert who.ids("/participants/ecf", f"filter[from_participant_id]={RETIRED}") == [KEPT]
        assert RETIRED not in who.ids("/participants/ecf", ALL)
        assert KEPT in who.ids("/participants/ecf", f"{ALL}&filter[updated_since]={CLOCK}")
    assert (shown["participant_id_changes"], shown["updated_at"]) == ([change(RETIRED, KEPT)], CLOCK)


def test_the_declarations_of_a_duplicate_move_and_keep_their_states():
    with world() as who:
        before = [declaration(who, TWICE[name])["state"] for name in ("first-started", "second-started")]
        retire(who)
        after = [declaration(who, TWICE[name]) for name in ("first-started", "second-started")]
        listed = who.ids("/participant-declarations", f"filter[participant_id]={KEPT}")
        assert who.ids("/participant-declarations", f"filter[participant_id]={RETIRED}") == []
        who.done("PUT", f"/participant-declarations/{TWICE['second-started']}/void")
    assert [each["state"] for each in after] == before == ["paid", "ineligible"]
    assert {each["participant_id"] for each in after} == {KEPT}
    assert set(listed) == {TWICE["first-started"], TWICE["second-started"]}


def test_two_declarations_of_one_event_both_stay_and_prevent_a_third():
    with world() as who:
        (second,) = records(who, EcfDeclaration, id=TWICE["second-started"])
        (first,) = records(who, EcfDeclaration, id=TWICE["first-started"])
        paid = {"superseded_by": None, "retired": 0, "statement_id": first.statement_id}
        put(who, msgspec.structs.replace(second, **paid))
        retire(who)
        assert [declaration(who, each.id)["state"] for each in (first, second)] == ["paid", "paid"]
        moved = sorted(each.retired for each in records(who, EcfDeclaration, participant_id=KEPT))
    assert moved == [0, 1]


def test_an_action_and_a_declaration_work_with_the_retired_id():
    course = {"course_identifier": "ecf-induction"}
    retained = {"declaration_type": "retained-2", "evidence_held": "other", "declaration_date": "2025-07-10T09:00:00Z"}
    with world() as who:
        retire(who)
        made = who.done("POST", "/participant-declarations", participant_id=RETIRED, **course, **retained)
        done = who.done("PUT", f"/participants/ecf/{RETIRED}/defer", reason="career-break", **course)
    assert (done["id"], made["attributes"]["participant_id"]) == (KEPT, KEPT)


def test_somebody_merged_twice_shows_both_changes_in_their_order_and_is_found_by_each_earlier_id():
    with world() as who:
        retire(who)
        merged = retire(who, KEPT, ECT)
        shown = who.get(f"/participants/ecf/{ECT}")["attributes"]["participant_id_changes"]
        found = [who.ids("/participants/ecf", f"filter[from_participant_id]={each}") for each in (RETIRED, KEPT)]
    assert shown == merged["participant_id_changes"] == [change(RETIRED, KEPT), change(KEPT, ECT)]
    assert found == [[ECT], [ECT]]


def test_a_time_at_one_school_with_one_lead_provider_counts_once():
    with world() as who:
        before = enrolment(who, KEPT)
        retire(who)
        (shown,) = who.get(f"/participants/ecf/{KEPT}")["attributes"]["ecf_enrolments"]
        periods = [records(who, kind, participant_id=KEPT) for kind in (SchoolPeriod, TrainingPeriod, Profile)]
    assert shown == before
    assert [len(each) for each in periods] == [1, 1, 1]


@pytest.mark.parametrize(("eligibility", "stays"), [("eligible", KEPT), ("manual_check", KEPT), (None, RETIRED)])
def test_the_training_record_that_dfe_has_validated_stays(eligibility: str | None, stays: str):
    with world() as who:
        by_owner = {id_: records(who, Profile, participant_id=id_)[0] for id_ in (KEPT, RETIRED)}
        put(who, msgspec.structs.replace(by_owner[KEPT], eligibility=eligibility))
        retire(who)
        assert enrolment(who, KEPT)["training_record_id"] == by_owner[stays].id


def test_a_profile_in_another_role_moves_with_its_training_record_and_its_ects():
    with world() as who:
        mentor = enrolment(who, MENTOR)
        retire(who, MENTOR, RETIRED)
        both = who.get(f"/participants/ecf/{RETIRED}")["attributes"]["ecf_enrolments"]
        mentors = {each.mentor_id for each in records(who, Mentorship)}
    assert [each["participant_type"] for each in both] == ["ect", "mentor"]
    assert both[1]["training_record_id"] == mentor["training_record_id"]
    assert RETIRED in mentors
    assert MENTOR not in mentors


@pytest.mark.parametrize(("former", "to", "owners"), [(RETIRED, KEPT, []), (MENTOR, RETIRED, [RETIRED])])
def test_a_removal_from_a_school_goes_where_the_time_there_goes(former: str, to: str, owners: list[str]):
    with world() as who:
        (school_period,) = records(who, SchoolPeriod, participant_id=former)
        put(who, Removal(former, school_period.id, CLOCK))
        retire(who, former, to)
        assert [each.participant_id for each in records(who, SchoolPeriod, id=school_period.id)] == owners
        removals = records(who, Removal, school_period_id=school_period.id)
    assert [each.participant_id for each in removals] == owners


def test_the_ects_of_a_retired_mentor_have_the_mentor_who_keeps_the_id():
    with world() as who:
        assert enrolment(who, ECT)["mentor_id"] == MENTOR
        retire(who, MENTOR, KEPT)
        assert enrolment(who, ECT)["mentor_id"] == KEPT


def test_each_lead_provider_still_sees_its_participant():
    other = ids("ect-of-another-provider")["ect"]
    with world() as who:
        assert who.send("GET", f"/api/v3/participants/ecf/{other}").status == 404
        (training,) = records(who, TrainingPeriod, participant_id=other)
        opened = who.app.worlds.opened_by(who.token)
        assert opened
        tokens = {each.lead_provider_id: each.token for each in who.app.worlds.tokens(opened[0])}
        theirs = Client(who.app, tokens[training.lead_provider_id])
        retire(who, other, KEPT)
        assert enrolment(who, KEPT)["cohort"] == "2024"
        assert enrolment(theirs, KEPT)["cohort"] == str(training.cohort)


@pytest.mark.parametrize(
    "kind",
    [
        *(EcfParticipant, Profile, SchoolPeriod, TrainingPeriod, EcfDeclaration),
        *(ListedProfile, TransferredParticipant, EcfUnfundedMentor),
    ],
)
def test_nothing_is_left_of_the_retired_participant(kind: type[Any]):
    column = "id" if kind is EcfParticipant else "participant_id"
    with world() as who:
        retire(who)
        retire(who, ids("mentor-you-do-not-train")["mentor"], KEPT)
        for former in (RETIRED, ids("mentor-you-do-not-train")["mentor"]):
            assert records(who, kind, **{column: former}) == []
