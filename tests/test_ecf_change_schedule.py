"""Changes of schedule and cohort in the early career framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from client import Client
from ecf_client import seed_id
from test_ecf_participants import LATER, enrolment, ids, put, records, world
from test_ecf_training import NOBODY, details, message, path

from lp_sandbox.ecf.records import EcfDeclaration, EcfPartnership, Profile
from lp_sandbox.programme.records import TrainingPeriod

JANUARY, SEPTEMBER = "ecf-standard-january", "ecf-standard-september"
OTHER_PARTNERSHIP = "1c7a7f1e-5f0b-4c57-9d0e-0f3f2b9f6a11"
REDUCED, EXTENDED, REPLACEMENT = "ecf-reduced-september", "ecf-extended-september", "ecf-replacement-january"


def send(client: Client, id_: str, schedule: str = JANUARY, course: str = "ecf-induction", **cohort: Any) -> Any:
    given = {"schedule_identifier": schedule, "course_identifier": course, **cohort}
    return client.write("PUT", path(id_, "change-schedule"), **given)


def done(client: Client, id_: str, schedule: str = JANUARY, course: str = "ecf-induction", **cohort: Any) -> Any:
    answer = send(client, id_, schedule, course, **cohort)
    assert answer.status == 200, answer
    return enrolment(client, id_)


def test_a_change_shows_the_new_schedule_and_moves_updated_at():
    with world() as client:
        client.at = LATER
        id_ = ids("ect-in-training")["ect"]
        before = enrolment(client, id_)
        assert done(client, id_) == {**before, "schedule_identifier": JANUARY}
        assert client.get(f"/participants/ecf/{id_}")["attributes"]["updated_at"] == LATER
        assert [each.schedule for each in records(client, Profile, participant_id=id_)] == [JANUARY]


@pytest.mark.parametrize("cohort", [2023, "2023", "2023x"])
def test_a_change_of_cohort_moves_the_participant_to_the_partnership_of_that_cohort(cohort: Any):
    with world() as client:
        named = ids("ect-declared-who-could-change-cohort")
        for each in records(client, EcfDeclaration, participant_id=named["ect"]):
            put(client, msgspec.structs.replace(each, voided_at=LATER))
        (partnership,) = records(client, EcfPartnership, id=named["here-first"])
        shown = done(client, named["ect"], REDUCED, cohort=cohort)
        listed = client.ids("/participants/ecf", "filter[cohort]=2023&page[per_page]=3000")
    assert (shown["cohort"], shown["delivery_partner_id"]) == ("2023", partnership.delivery_partner_id)
    assert named["ect"] in listed


def test_a_deferred_participant_stays_deferred():
    with world() as client:
        shown = done(client, ids("deferred-ect")["ect"])
    assert (shown["training_status"], shown["deferral"]["reason"]) == ("deferred", "parental-leave")


def test_a_participant_of_a_relationship_moves_to_the_confirmed_partnership():
    with world() as client:
        id_ = ids("ect-with-a-relationship-beside-a-partnership")["ect"]
        before, after = enrolment(client, id_), done(client, id_)
    assert (before["delivery_partner_id"], after["delivery_partner_id"]) == (
        seed_id("delivery-partners", "lapwing-hub"),
        seed_id("delivery-partners", "kestrel-hub"),
    )


def test_without_a_confirmed_partnership_a_relationship_is_enough_for_another_schedule_only():
    with world() as client:
        id_ = ids("participant-who-kept-you")["ect"]
        again = [message("schedule_is_another_one"), message("school_is_your_partner_in_the_cohort")]
        assert details(send(client, id_, SEPTEMBER)) == again
        before, after = enrolment(client, id_), done(client, id_)
    assert after == {**before, "schedule_identifier": JANUARY}


def test_any_relationship_with_the_school_lets_a_participant_of_a_challenged_partnership_change_the_schedule():
    with world() as client:
        named = ids("partnership-challenged-as-a-mistake")
        assert details(send(client, named["ect"])) == [message(*PARTNER)]
        (challenged,) = records(client, EcfPartnership, id=named["here-mine"])
        terms = {"relationship": True, "delivery_partner_id": seed_id("delivery-partners", "curlew-hub")}
        active = {"challenged_at": None, "challenged_reason": None}
        put(client, msgspec.structs.replace(challenged, id=OTHER_PARTNERSHIP, **terms, **active))
        assert send(client, named["ect"]).status == 200
        (training,) = [
            each for each in records(client, TrainingPeriod, participant_id=named["ect"]) if not each.moved_at
        ]
    assert (training.partnership_id, training.schedule) == (challenged.id, JANUARY)


def test_a_mentor_can_be_on_a_replacement_schedule():
    with world() as client:
        id_ = ids("ect-in-training")["mentor"]
        assert done(client, id_, REPLACEMENT, "ecf-mentor")["schedule_identifier"] == REPLACEMENT


def test_a_schedule_without_a_milestone_for_a_declaration_is_not_found():
    with world() as client:
        id_ = ids("ect-declared-on-an-extended-schedule")["ect"]
        assert send(client, id_, REDUCED).status == 404
        assert enrolment(client, id_)["schedule_identifier"] == EXTENDED


@pytest.mark.parametrize(
    ("date", "fits"),
    [
        ("2024-05-31T23:59:59Z", False),
        ("2024-06-01T00:00:00Z", False),
        ("2024-06-01T00:00:01Z", True),
        ("2024-12-31T23:59:59Z", True),
        ("2025-01-01T00:00:00Z", False),
    ],
)
def test_the_first_instant_of_a_milestone_is_outside_and_its_last_second_is_inside(date: str, fits: bool):  # noqa: FBT001
    with world() as client:
        id_ = ids("ect-with-a-paid-declaration")["ect"]
        assert done(client, id_, "ecf-reduced-september")
        (declaration,) = records(client, EcfDeclaration, participant_id=id_)
        put(client, msgspec.structs.replace(declaration, declaration_date=date))
        assert send(client, id_, SEPTEMBER).status == (200 if fits else 422)


@pytest.mark.parametrize("scenario", ["ect-with-a-voided-declaration", "ect-with-a-clawback-to-come"])
def test_a_declaration_that_is_voided_or_taken_back_does_not_count(scenario: str):
    with world() as client:
        assert done(client, ids(scenario)["ect"])["schedule_identifier"] == JANUARY


def test_an_ect_of_a_frozen_cohort_continues_in_2024_and_can_go_back():
    with world() as client:
        id_ = ids("ect-of-a-frozen-cohort")["ect"]
        there = done(client, id_, EXTENDED, cohort="2024")
        back = done(client, id_, SEPTEMBER, cohort="2021")
    assert (there["cohort"], there["cohort_changed_after_payments_frozen"]) == ("2024", True)
    assert (back["cohort"], back["cohort_changed_after_payments_frozen"]) == ("2021", False)


@pytest.mark.parametrize(
    ("declaration_type", "cohort"), [("completed", "2024"), ("started", "2022")], ids=["completed", "another-cohort"]
)
def test_from_a_frozen_cohort_only_2024_is_open_and_only_before_completion(declaration_type: str, cohort: str):
    with world() as client:
        id_ = ids("ect-of-a-frozen-cohort")["ect"]
        (declaration,) = records(client, EcfDeclaration, participant_id=id_)
        put(client, msgspec.structs.replace(declaration, declaration_type=declaration_type))
        assert (
            message("cohort_stays_with_declarations")[1]
            in dict(details(send(client, id_, EXTENDED, cohort=cohort)))["cohort"]
        )


SUITS, PARTNER = ["schedule_suits_the_course"], ["school_is_your_partner_in_the_cohort"]


@pytest.mark.parametrize(
    ("scenario", "given", "expected"),
    [
        ("", {}, [["participant_is_known"]]),
        ("", {"course": ""}, [["participant_is_known"], ["course_is_present"], SUITS]),
        ("ect-in-training", {"course": ""}, [["course_is_theirs", "course_is_present"], SUITS]),
        ("ect-in-training", {"course": "ecf-leadership"}, [["course_is_theirs"], SUITS]),
        ("ect-in-training", {"schedule": ""}, [["schedule_is_valid"]]),
        ("ect-in-training", {"schedule": "ecf-standard-may"}, [["schedule_is_valid"]]),
        ("ect-in-training", {"cohort": "2019"}, [PARTNER]),
        ("ect-in-training", {"cohort": "next year"}, [PARTNER]),
        ("ect-with-a-paid-declaration", {"cohort": "2019"}, [["cohort_stays_with_declarations", *PARTNER]]),
        (
            "withdrawn-ect",
            {"schedule": SEPTEMBER},
            [["training_to_change_is_not_withdrawn"], ["schedule_is_another_one"]],
        ),
        ("removed-ect", {}, [["course_is_theirs"]]),
        ("school-that-changes-providers", {}, [["participant_trains_with_you"], PARTNER]),
    ],
)
def test_errors_come_in_the_order_of_the_service(scenario: str, given: dict[str, str], expected: list[Sequence[str]]):
    with world() as client:
        id_ = ids(scenario)["ect"] if scenario else NOBODY
        assert details(send(client, id_, **given)) == [message(*rules) for rules in expected]


def test_before_the_first_cohort_a_change_for_an_unknown_participant_is_refused_by_its_rules():
    with world() as client:
        client.at = "2019-01-01T00:00:00Z"
        assert details(send(client, NOBODY)) == [message("participant_is_known")]


@pytest.mark.parametrize(
    ("schedule", "also"), [(JANUARY, []), (SEPTEMBER, ["schedule_is_another_one"]), ("", ["schedule_is_valid"])]
)
def test_a_participant_of_another_lead_provider_is_at_no_school_of_yours(schedule: str, also: list[str]):
    broken = ["participant_trains_with_you", *also, "school_is_your_partner_in_the_cohort"]
    with world() as client:
        assert details(send(client, ids("ect-of-another-provider")["ect"], schedule)) == [*map(message, broken)]
