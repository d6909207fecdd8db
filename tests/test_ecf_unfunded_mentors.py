"""Unfunded mentors of the early career framework: which a lead provider sees, and in which order."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from client import Client
from test_ecf_participants import Now, ids, put, records, world

from lp_sandbox.ecf import list_rows
from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.people import mentor_of, trainees_before_validation
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfUnfundedMentor, Profile
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER

PATH = "/unfunded-mentors/ecf"
SCENARIOS = ("mentor-you-do-not-train", "mentor-trained-by-another-provider", "mentor-who-never-trained")


def mentor(scenario: str) -> str:
    return ids(scenario)["mentor"]


def test_an_unfunded_mentor_has_the_attributes_of_the_service_in_its_order():
    with world() as client:
        shown = client.get(f"{PATH}/{mentor(SCENARIOS[0])}")
    assert list(shown) == ["id", "type", "attributes"]
    names = ["full_name", "email", "teacher_reference_number", "created_at", "updated_at"]
    assert list(shown["attributes"]) == names


def test_the_mentor_of_an_ect_whose_details_are_not_validated_is_listed():
    with world() as client:
        (profile,) = records(client, Profile, participant_id=ids(SCENARIOS[0])["ect"])
        put(client, msgspec.structs.replace(profile, eligibility=None, eligibility_reason=None))
        list_rows.record_change(Now(client), [profile.participant_id])
        assert client.send("GET", f"/api/v3/participants/ecf/{profile.participant_id}").status == 404
        assert mentor(SCENARIOS[0]) in client.ids(PATH)


def test_the_list_has_the_mentors_of_its_ects_that_a_lead_provider_does_not_train():
    with world() as client:
        now = Now(client)
        challenged = {each.id for each in records(client, EcfPartnership) if each.challenged_at}
        histories = histories_of(now.store, now.world.id, [each.id for each in records(client, EcfParticipant)])
        named, trained = set(), set()
        for history in histories:
            by_id = {each.id: each for each in history.training_periods}
            named |= {
                (trainee.lead_provider_id, mentor_of(history, by_id[trainee.ect_training_period_id]))
                for trainee in trainees_before_validation(history, challenged)
                if trainee.ect_training_period_id
            }
            trained |= {
                (trained_by(each), history.participant.id)
                for each in history.training_periods
                if each.role == "mentor" and each.partnership_id not in challenged
            }
        rows = records(client, EcfUnfundedMentor)
        listed = client.ids(PATH)
    expected = {(provider, id_) for provider, id_ in named - trained if id_}
    assert {(row.lead_provider_id, row.participant_id) for row in rows} == expected
    assert {mentor(name) for name in SCENARIOS} <= set(listed)


def test_a_mentor_who_never_trained_is_listed_and_not_found():
    with world() as client:
        never_trained = mentor("mentor-who-never-trained")
        assert never_trained in client.ids(PATH)
        assert client.send("GET", f"/api/v3{PATH}/{never_trained}").status == 404


@pytest.mark.parametrize("who", ["ect", "mentor"])
def test_an_ect_and_your_own_mentor_are_not_found(who: str):
    with world() as client:
        assert client.send("GET", f"/api/v3{PATH}/{ids('ect-in-training')[who]}").status == 404


@pytest.mark.parametrize("id_", ["no-id", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_id_is_not_found(id_: str):
    with world() as client:
        answer = client.send("GET", f"/api/v3{PATH}/{id_}")
    assert (answer.status, json.loads(answer.body)) == (404, {"error": "Resource not Found"})


@pytest.mark.parametrize("column", ["created_at", "updated_at", "full_name", "email"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_list_is_in_the_requested_order(column: str, sign: str):
    with world() as client:
        listed = [item["attributes"][column] for item in client.get(PATH, f"sort={sign}{column}")]
    assert listed == sorted(listed, reverse=sign == "-")
    assert len(set(listed)) > 1


def test_without_an_order_the_oldest_mentor_comes_first():
    with world() as client:
        listed = [item["attributes"]["created_at"] for item in client.get(PATH)]
    assert listed == sorted(listed)


def test_the_filter_keeps_those_that_changed_since_and_applies_to_a_show_too():
    with world() as client:
        changed = mentor(SCENARIOS[0])
        list_rows.record_change(Now(client), [changed])
        assert client.ids(PATH, "filter[updated_since]=2025-10-16T10:00:00Z") == [changed]
        found = [
            client.send("GET", f"/api/v3{PATH}/{mentor(name)}", "filter[updated_since]=2025-10-16T10:00:00Z")
            for name in SCENARIOS
        ]
    assert [answer.status for answer in found] == [200, 404, 404]


def test_a_date_without_a_time_is_refused_in_the_filter():
    with world() as client:
        assert client.send("GET", f"/api/v3{PATH}", "filter[updated_since]=2025-10-16").status == 400


def test_pages_together_are_the_list():
    with world() as client:
        whole = client.ids(PATH)
        pages = [client.ids(PATH, f"page[page]={n}&page[per_page]=1") for n in range(1, len(whole) + 2)]
    assert [id_ for page in pages for id_ in page] == whole
    assert pages[-1] == []


def test_a_new_mentor_takes_the_place_of_the_unfunded_one():
    with world() as client:
        ect, before = ids(SCENARIOS[0])["ect"], mentor(SCENARIOS[0])
        after = ids("ect-who-left")["ect"]
        (mentorship,) = records(client, Mentorship, ect_id=ect)
        ended = msgspec.structs.replace(mentorship, finished_on="2025-10-16")
        begun = msgspec.structs.replace(mentorship, id=after, mentor_id=after, started_on="2025-10-16")
        put(client, ended, begun)
        list_rows.record_change(Now(client), [ect])
        listed = client.ids(PATH)
    assert (before in listed, after in listed) == (False, True)


def _trained_here(client: Client, ect: str, mentor_id: str) -> list[Any]:
    """Records of a mentor's training under the partnership of an ECT."""
    (training,) = records(client, TrainingPeriod, participant_id=ect)
    (own,) = records(client, SchoolPeriod, participant_id=mentor_id)
    return [
        msgspec.structs.replace(
            training, id=mentor_id, participant_id=mentor_id, role="mentor", school_period_id=own.id
        )
    ]


def test_a_mentor_that_you_begin_to_train_is_no_longer_unfunded_even_before_their_details_are_validated():
    with world() as client:
        id_ = mentor("mentor-who-never-trained")
        (profile,) = records(client, Profile, participant_id=id_)
        put(client, msgspec.structs.replace(profile, eligibility=None))
        put(client, *_trained_here(client, ids("mentor-who-never-trained")["ect"], id_))
        list_rows.record_change(Now(client), [id_])
        assert id_ not in client.ids(PATH)


def test_a_challenge_hides_the_mentors_of_a_partnerships_ects():
    with world() as client:
        (partnership,) = records(client, EcfPartnership, id=ids(SCENARIOS[0])["here-mine"])
        reason = {"challenged_reason": "mistake", "challenged_at": "2025-10-16T10:00:00Z"}
        put(client, msgspec.structs.replace(partnership, **reason))
        list_rows.record_change_at_school(Now(client), partnership.school_id)
        assert mentor(SCENARIOS[0]) not in client.ids(PATH)


def test_the_email_is_that_of_the_latest_training_and_the_trn_is_that_of_the_school_until_dfe_has_one():
    with world() as client:
        id_ = mentor(SCENARIOS[0])
        (participant,) = records(client, EcfParticipant, id=id_)
        (at_school,) = records(client, SchoolPeriod, participant_id=id_)
        put(
            client,
            msgspec.structs.replace(participant, teacher_reference_number=None, given_reference_number="7654321"),
        )
        put(client, msgspec.structs.replace(at_school, email="new@example.com", finished_on=FOREVER))
        list_rows.record_change(Now(client), [id_])
        shown = client.get(f"{PATH}/{id_}")["attributes"]
    assert (shown["email"], shown["teacher_reference_number"]) == ("new@example.com", "7654321")
