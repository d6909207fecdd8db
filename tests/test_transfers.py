"""Transfers between schools, and which lead providers see them."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, seed_id
from controls_client import act

from lp_sandbox.programme.records import ECT, MENTOR, Induction, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.people import transfers_of
from lp_sandbox.worlds.records import FOREVER

STAYS = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"
STORIES = {
    "a7e25b4b-951b-4386-b621-f9bac6a2a24c": ("new_school", "complete", "Ashdown", "Ashdown"),
    "d873aef5-8751-44f1-b1f3-e305066c301e": ("new_provider", "complete", "Brightwater", "Ashdown"),
    "75caf3b1-3002-43df-ad38-b568197161f0": ("new_provider", "complete", "Ashdown", "Brightwater"),
    "4833bf89-aca0-443e-a700-5f1b6d26d652": ("new_provider", "complete", "Ashdown", None),
    "2557f446-632c-4938-9e6b-ce05858ce518": ("new_provider", "complete", None, "Ashdown"),
    "67c946a1-e824-44f9-a5b9-a82d18e6af76": ("new_provider", "incomplete", "Ashdown", "Brightwater"),
    "4c8757b9-419f-4612-9d24-511c5ec83fa6": ("new_school", "complete", "Ashdown", "Ashdown"),
}
LEFT = "ffb811ac-dae0-42ab-9f8a-c91c16c9fcac"


def transfers(client: Client, id_: str) -> list[Any]:
    return client.get(f"/participants/{id_}/transfers")["attributes"]["transfers"]


def first_word(name: str | None) -> str | None:
    return name and name.split()[0]


@pytest.mark.parametrize(("id_", "expected"), STORIES.items())
def test_a_transfer_says_what_changes_and_how_far_it_is(ashdown: Client, id_: str, expected: tuple[str, ...]):
    (one,) = transfers(ashdown, id_)
    providers = (first_word(one["leaving"]["provider"]), first_word(one["joining"]["provider"]))
    assert (one["transfer_type"], one["status"], *providers) == expected


def test_a_participant_who_left_has_no_further_transfer(ashdown: Client):
    (one,) = transfers(ashdown, LEFT)
    assert (one["transfer_type"], one["status"], one["joining"]) == ("unknown", "complete", None)
    assert one["leaving"]["date"] == "2026-07-17"


def test_both_lead_providers_see_the_same_transfer(ashdown: Client, brightwater: Client):
    id_ = "d873aef5-8751-44f1-b1f3-e305066c301e"
    assert ashdown.get(f"/participants/{id_}/transfers") == brightwater.get(f"/participants/{id_}/transfers")
    assert id_ in ashdown.ids("/participants/transfers")
    assert id_ in brightwater.ids("/participants/transfers")


@pytest.mark.parametrize("id_", [STAYS, "58bd23b0-08ae-4f4f-a35a-62880dfdca10", "nonsense"])
def test_a_participant_without_a_transfer_is_not_found(ashdown: Client, id_: str):
    assert ashdown.send("GET", f"/api/v3/participants/{id_}/transfers").status == 404
    assert id_ not in ashdown.ids("/participants/transfers", "page[per_page]=3000")


def test_a_move_within_a_school_from_one_lead_provider_to_another_is_not_a_transfer(ashdown: Client):
    id_ = "c116647f-765a-4190-a7cf-ebf1b08ca8d4"
    assert ashdown.send("GET", f"/api/v3/participants/{id_}/transfers").status == 404


def test_time_completes_a_transfer(ashdown: Client):
    id_ = "67c946a1-e824-44f9-a5b9-a82d18e6af76"
    stamps = set()
    for at, status in (("2026-10-06", "incomplete"), ("2026-10-12", "incomplete"), ("2026-10-13", "complete")):
        ashdown.at = f"{at}T12:00:00Z"
        assert transfers(ashdown, id_)[0]["status"] == status
        stamps.add(ashdown.get(f"/participants/{id_}/transfers")["attributes"]["updated_at"])
    assert len(stamps) == 1


def test_a_withdrawal_moves_the_stamp_of_a_transfer(ashdown: Client):
    id_ = "67c946a1-e824-44f9-a5b9-a82d18e6af76"
    assert id_ not in ashdown.ids("/participants/transfers", "filter[updated_since]=2026-09-15T09:00:00Z")
    ashdown.done("PUT", f"/participants/{id_}/withdraw", reason="moved-school", course_identifier="ecf-induction")
    assert id_ in ashdown.ids("/participants/transfers", "filter[updated_since]=2026-09-15T09:00:00Z")
    shown = ashdown.get(f"/participants/{id_}/transfers")["attributes"]
    assert shown["updated_at"] == "2026-09-15T09:00:00Z"
    assert shown["transfers"][0]["leaving"]["date"] == "2026-09-15"


def test_a_change_on_the_side_of_another_lead_provider_moves_the_stamp_and_is_not_found_by_it(ashdown: Client):
    moved, changed = {"participant_id": STAYS, "participant_type": "ect"}, "/participants/transfers"
    ashdown.at = left_at = "2026-10-20T09:00:00Z"
    act(ashdown.app, "school/report-leaver", at=left_at, **moved, date="2026-10-19")
    assert STAYS in ashdown.ids(changed, f"filter[updated_since]={left_at}")
    ashdown.at = joined_at = "2026-10-21T09:00:00Z"
    act(ashdown.app, "school/register-participant", at=joined_at, **moved, school_id=seed_id("schools", "fresh"),
        start_date="2026-10-21", lead_provider="Brightwater Education")  # fmt: skip
    assert ashdown.get(f"/participants/{STAYS}/transfers")["attributes"]["updated_at"] == joined_at
    assert STAYS not in ashdown.ids(changed, f"filter[updated_since]={joined_at}")


def test_the_list_is_sorted_by_the_participants_stamp_and_not_by_its_own(ashdown: Client):
    listed = ashdown.ids("/participants/transfers", "sort=-updated_at&page[per_page]=3000")
    participants = ashdown.ids("/participants", "sort=-updated_at&page[per_page]=3000")
    assert listed == [id_ for id_ in participants if id_ in listed]


def time(id_: str, school: str, days: tuple[str, str], role: str = ECT) -> SchoolPeriod:
    return SchoolPeriod(id_, "who", role, school, *days, "who@example.com", None, f"{days[0]}T08:00:00Z")


def training(time_: str, days: tuple[str, str], role: str = ECT, provider: str | None = "a") -> TrainingPeriod:
    given = dict.fromkeys(TrainingPeriod.__struct_fields__) | {
        "id": f"{time_}{days[0]}", "school_period_id": time_, "role": role, "started_on": days[0],
        "finished_on": days[1], "lead_provider_id": provider, "partnership_id": provider,
        "created_at": f"{days[0]}T08:00:00Z",
    }  # fmt: skip
    return TrainingPeriod(**given)


FIRST, SECOND, OPEN = ("2025-09-01", "2026-07-17"), ("2026-09-01", "2027-07-16"), ("2026-09-01", FOREVER)
PASSED = [Induction("i", "who", "2025-09-01", "2026-07-17", "pass")]
CASES = {
    "who is still at the school makes none": ([time("1", "x", OPEN)], [training("1", OPEN)], [], 0),
    "who left makes one": ([time("1", "x", FIRST)], [training("1", FIRST)], [], 1),
    "who left after the induction makes none": ([time("1", "x", FIRST)], [training("1", FIRST)], PASSED, 0),
    "who never trained there makes none": ([time("1", "x", FIRST)], [], [], 0),
    "whose training goes on makes none": ([time("1", "x", FIRST)], [training("1", OPEN)], [], 0),
    "who comes back to the same school makes none": (
        [time("1", "x", FIRST), time("2", "x", OPEN)], [training("1", FIRST), training("2", OPEN)], [], 0,
    ),
    "who moves on after the induction makes one": (
        [time("1", "x", FIRST), time("2", "y", OPEN)], [training("1", FIRST), training("2", OPEN)], PASSED, 1,
    ),
    "who moves and leaves makes two": (
        [time("1", "x", FIRST), time("2", "y", SECOND)], [training("1", FIRST), training("2", SECOND)], [], 2,
    ),
    "who moves from role to role makes one for each that ends": (
        [time("1", "x", FIRST), time("2", "y", OPEN, MENTOR)],
        [training("1", FIRST), training("2", OPEN, MENTOR)], [], 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("times", "periods", "inductions", "expected"), CASES.values(), ids=CASES)
def test_transfers_are_read_off_times_at_schools(
    times: list[SchoolPeriod], periods: list[TrainingPeriod], inductions: list[Induction], expected: int
):
    assert len(transfers_of(times, periods, inductions)) == expected


def test_an_expression_of_interest_is_nobodys_training():
    interest = TrainingPeriod(**{
        field: getattr(training("2", OPEN), field) for field in TrainingPeriod.__struct_fields__
    } | {"partnership_id": None})  # fmt: skip
    (one,) = transfers_of([time("1", "x", FIRST), time("2", "y", OPEN)], [training("1", FIRST), interest], [])
    assert one.lead_providers == ("a", None)
    assert one.type == "new_provider"
