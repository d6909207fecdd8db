"""Appropriate bodies record inductions, participants change cohorts with them, and lead providers see that."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from client import Client
from ecf_client import CLOCK
from test_ecf_eligibility import DECIDE, act, declaration, ect
from test_ecf_participants import enrolment, ids, put, records, world

from lp_sandbox.ecf.records import EcfPartnership, ProgrammeChoice
from lp_sandbox.ecf.schools import CORE, FULL, NO_ECTS
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.worlds.records import FOREVER

RECORD = "appropriate-body/record-induction"
WAITING, EARLIER = "ect-without-an-induction", "ect-whose-induction-started-a-cohort-earlier"
FROZEN, CLOSED = "ect-of-a-frozen-cohort", "ect-of-a-closed-cohort"


def record(who: Client, scenario: str, event: str, date: str) -> Any:
    return act(who, RECORD, participant_id=ids(scenario)["ect"], event=event, date=date)


def choose(who: Client, scenario: str, cohort: int, choice: str = FULL) -> None:
    """Give the school of a scenario a programme in a cohort."""
    put(who, ProgrammeChoice(ids(scenario)["here"], cohort, choice, None, None, CLOCK, CLOCK))


def cohort_of(who: Client, scenario: str) -> str:
    """The cohort of the training that goes on, whoever sees it."""
    training = records(who, TrainingPeriod, participant_id=ids(scenario)["ect"], finished_on=FOREVER)
    return str(training[0].cohort)


def test_an_ect_who_waited_for_the_induction_becomes_eligible_with_its_start():
    named = ids(WAITING)
    with world() as who:
        assert declaration(who, named["ect-started"])["state"] == "submitted"
        recorded = record(who, WAITING, "start", "2024-09-02")
        assert recorded == {
            "start_date": "2024-09-02",
            "end_date": None,
            "cohort": "2024",
            "eligible_for_funding": True,
        }
        assert declaration(who, named["ect-started"])["state"] == "eligible"
        assert enrolment(who, named["ect"])["eligible_for_funding"] is True


@pytest.mark.parametrize("scenario", ["ect-with-an-alert", "ineligible-ect"])
def test_another_finding_outlasts_the_start_of_the_induction(scenario: str):
    with world() as who:
        before = enrolment(who, ids(scenario)["ect"])["eligible_for_funding"]
        assert record(who, scenario, "start", "2025-09-02")["eligible_for_funding"] is before


def test_a_completed_induction_has_an_end_date_and_no_mentor_and_is_active_for_the_school():
    id_ = ids("ect-in-training")["ect"]
    with world() as who:
        assert enrolment(who, id_)["mentor_id"] is not None
        record(who, "ect-in-training", "complete", "2025-10-10")
        shown = enrolment(who, id_)
    assert (shown["induction_end_date"], shown["mentor_id"]) == ("2025-10-10", None)
    assert (shown["participant_status"], shown["training_status"]) == ("active", "active")


@pytest.mark.parametrize(
    ("day", "cohort"),
    [
        ("2024-09-02", "2024"),
        ("2024-06-01", "2024"),
        ("2024-05-31", "2025"),  # cohort 2023, in which the school has no programme
        ("2025-05-31", "2024"),
        ("2025-06-01", "2025"),
    ],
)
def test_an_ect_moves_to_the_cohort_of_the_day_on_which_the_induction_started(day: str, cohort: str):
    named = ids(EARLIER)
    with world() as who:
        before = enrolment(who, named["ect"])
        assert record(who, EARLIER, "start", day)["cohort"] == cohort
        shown = enrolment(who, named["ect"])
        partnership = who.get(f"/partnerships/ecf/{named['here-before' if cohort == '2024' else 'here-mine']}")
    assert (before["cohort"], shown["cohort"]) == ("2025", cohort)
    assert shown["delivery_partner_id"] == partnership["attributes"]["delivery_partner_id"]
    assert shown["schedule_identifier"] == before["schedule_identifier"]


@pytest.mark.parametrize(
    ("choice", "day", "moves"),
    [
        ((2023, FULL), "2023-09-01", True),
        ((2023, CORE), "2023-09-01", True),
        ((2023, NO_ECTS), "2023-09-01", False),
        ((2021, FULL), "2021-09-01", False),  # frozen
        ((2020, FULL), "2020-09-01", False),  # before the framework
    ],
)
def test_an_ect_stays_in_the_cohort_for_the_reasons_of_the_service(choice: tuple[int, str], day: str, moves: bool):  # noqa: FBT001
    with world() as who:
        choose(who, EARLIER, *choice)
        record(who, EARLIER, "start", day)
        assert cohort_of(who, EARLIER) == (day[:4] if moves else "2025")


def test_a_declaration_that_is_not_voided_keeps_an_ect_in_the_cohort():
    started = {"course_identifier": "ecf-induction", "declaration_type": "started", "evidence_held": "other"}
    declared = {**started, "participant_id": ids(EARLIER)["ect"], "declaration_date": "2025-10-10T09:00:00Z"}
    with world() as who:
        id_ = who.done("POST", "/participant-declarations", **declared)["id"]
        assert record(who, EARLIER, "start", "2024-09-02")["cohort"] == "2025"
        who.done("PUT", f"/participant-declarations/{id_}/void")
        assert record(who, EARLIER, "start", "2024-09-02")["cohort"] == "2024"


def decide_again(who: Client, scenario: str) -> None:
    act(who, DECIDE, **ect(scenario, status="manual_check", reason="active_flags"))
    act(who, DECIDE, **ect(scenario, status="eligible"))


def test_a_participant_of_a_frozen_cohort_who_becomes_eligible_continues_in_2024():
    with world() as who:
        decide_again(who, FROZEN)
        shown = enrolment(who, ids(FROZEN)["ect"])
    assert (shown["cohort"], shown["schedule_identifier"]) == ("2024", "ecf-extended-september")
    assert shown["cohort_changed_after_payments_frozen"] is True


def test_a_school_without_a_programme_in_2024_continues_with_its_providers_of_2023():
    with world() as who:
        decide_again(who, CLOSED)
        assert cohort_of(who, CLOSED) == "2021"
        (partnership,) = records(who, EcfPartnership, id=ids(CLOSED)["here-mine"])
        put(who, msgspec.structs.replace(partnership, id="2023-of-the-school", cohort=2023))
        decide_again(who, CLOSED)
        shown = enrolment(who, ids(CLOSED)["ect"])
        school = who.get(f"/schools/ecf/{partnership.school_id}", "filter[cohort]=2024")["attributes"]
    assert (shown["cohort"], shown["delivery_partner_id"]) == ("2024", partnership.delivery_partner_id)
    assert (school["in_partnership"], school["induction_programme_choice"]) == (True, "provider_led")


def test_a_participant_who_has_finished_stays_in_a_frozen_cohort():
    with world() as who:
        record(who, FROZEN, "complete", "2025-07-10")
        decide_again(who, FROZEN)
        assert enrolment(who, ids(FROZEN)["ect"])["cohort"] == "2021"
