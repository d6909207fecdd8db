"""Mentors of a lead provider's ECTs that the lead provider does not train."""

from __future__ import annotations

import pytest
from client import Client

from lp_sandbox.programme.records import MENTOR, Mentorship, SchoolPeriod
from lp_sandbox.register.people import mentor_on
from lp_sandbox.register.people.mentors import AT_ONCE, MentorDays, without_overlap
from lp_sandbox.worlds.records import FOREVER

HELEN = "7b0151f9-7c47-4cc6-8716-a71990141b82"
PRIYA = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"
TRAINED_BY_ANOTHER = "37f9e253-f4c6-45b8-beee-916b20008da8"
OWN_MENTOR = "3407d20e-0e63-4a9f-9837-dd4df2fa2aee"
CHANGING = "0b7a9a43-59a5-4a0e-8b0c-6a1d2f3e4b55"
FIRST, SECOND = "c2f6a0c9-7a0e-4c1b-8a63-2f0b6b5d7e21", "e91d5b37-1f64-4c0a-9a2e-8d3c7f6a1b42"


def listed(client: Client) -> list[str]:
    return client.ids("/unfunded-mentors", "page[per_page]=3000")


def mentor_of(client: Client, id_: str) -> str | None:
    found: str | None = client.get(f"/participants/{id_}")["attributes"]["ecf_enrolments"][0]["mentor_id"]
    return found


def test_the_mentor_of_an_ect_is_shown_with_the_address_their_school_gave(ashdown: Client):
    assert ashdown.get(f"/unfunded-mentors/{HELEN}")["attributes"] == {
        "full_name": "Helen Ashworth",
        "email": "helen.ashworth@example.com",
        "teacher_reference_number": "2034567",
        "created_at": "2023-06-20T11:05:00Z",
        "updated_at": "2023-06-20T11:05:00Z",
    }


def test_a_mentor_that_another_lead_provider_trains_is_unfunded_here(ashdown: Client, brightwater: Client):
    assert TRAINED_BY_ANOTHER in listed(ashdown)
    assert TRAINED_BY_ANOTHER not in listed(brightwater)
    assert TRAINED_BY_ANOTHER in brightwater.ids("/participants", "page[per_page]=3000")


@pytest.mark.parametrize("id_", [OWN_MENTOR, PRIYA, "nonsense"])
def test_ects_own_mentors_and_unknown_ids_are_not_found(ashdown: Client, id_: str):
    assert id_ not in listed(ashdown)
    assert ashdown.send("GET", f"/api/v3/unfunded-mentors/{id_}").status == 404


def test_no_mentor_is_a_participant_and_unfunded_too(ashdown: Client):
    assert not set(listed(ashdown)) & set(ashdown.ids("/participants", "page[per_page]=3000"))


def test_everybody_shown_as_a_mentor_is_a_participant_or_unfunded(ashdown: Client):
    everyone = ashdown.get("/participants", "page[per_page]=3000")
    shown = {one["mentor_id"] for item in everyone for one in item["attributes"]["ecf_enrolments"]} - {None}
    assert shown
    assert shown <= {item["id"] for item in everyone} | set(listed(ashdown))
    assert set(listed(ashdown)) <= shown


@pytest.mark.parametrize(("at", "mentor", "other"), [
    ("2024-01-01T12:00:00Z", FIRST, SECOND),
    ("2026-09-29T12:00:00Z", FIRST, SECOND),
    ("2026-09-29T23:00:00Z", SECOND, FIRST),
    ("2026-09-30T12:00:00Z", SECOND, FIRST),
])  # fmt: skip
def test_one_mentor_follows_the_other_as_time_goes_on(ashdown: Client, at: str, mentor: str, other: str):
    ashdown.at = at
    assert mentor_of(ashdown, CHANGING) == mentor
    assert mentor in listed(ashdown)
    assert other not in listed(ashdown)
    assert ashdown.send("GET", f"/api/v3/unfunded-mentors/{other}").status == 404


def test_a_withdrawn_ect_still_shows_their_mentor(ashdown: Client):
    ashdown.done("PUT", f"/participants/{PRIYA}/withdraw", reason="other", course_identifier="ecf-induction")
    assert mentor_of(ashdown, PRIYA) == HELEN
    assert HELEN in listed(ashdown)


def test_updated_since_goes_by_the_mentors_own_stamp(ashdown: Client):
    ashdown.done("PUT", f"/participants/{PRIYA}/withdraw", reason="other", course_identifier="ecf-induction")
    assert HELEN not in ashdown.ids("/unfunded-mentors", "filter[updated_since]=2023-06-20T11:05:01Z")
    assert HELEN in ashdown.ids("/unfunded-mentors", "filter[updated_since]=2023-06-20T11:05:00Z")


def test_a_mentor_is_listed_once_however_many_ects_they_support(ashdown: Client):
    assert len(listed(ashdown)) == len(set(listed(ashdown)))


def mentorship(mentor: str, first: str, last: str = FOREVER) -> Mentorship:
    return Mentorship(mentor, "ect", "time", mentor, first, last)


@pytest.mark.parametrize(("mentorships", "expected"), [
    ([], None),
    ([mentorship("a", "2026-01-01")], "a"),
    ([mentorship("a", "2027-01-01")], "a"),
    ([mentorship("a", "2026-01-01", "2026-09-14")], None),
    ([mentorship("a", "2026-01-01", "2026-09-15"), mentorship("b", "2026-09-16")], "a"),
    ([mentorship("a", "2026-01-01", "2026-09-14"), mentorship("b", "2026-12-01")], "b"),
    ([mentorship("b", "2026-02-01"), mentorship("a", "2026-01-01")], "a"),
])  # fmt: skip
def test_an_ects_mentor_is_the_earliest_who_has_not_ended(mentorships: list[Mentorship], expected: str | None):
    assert mentor_on(mentorships, "2026-09-15") == expected


def test_days_at_several_schools_are_cut_so_that_the_school_joined_last_counts():
    early, late = (SchoolPeriod(s, "m", MENTOR, s, s, FOREVER, "", None, "") for s in ("2024-09-01", "2025-09-01"))
    days_shown = [
        MentorDays(AT_ONCE, FOREVER, early),
        MentorDays("2026-01-01", "2026-02-28", late),
        MentorDays("2026-02-01", "2026-03-31", late),
    ]
    found = [(days.first, days.last, days.school_period) for days in without_overlap(days_shown)]
    assert [time for _, _, time in found] == [early, late, late, late, early]
    assert [first for first, _, _ in found] == [AT_ONCE, "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
    assert [last for _, last, _ in found] == ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", FOREVER]
