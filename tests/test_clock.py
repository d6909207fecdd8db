"""Time: how it is read and written, and that two worlds do not share it."""

from __future__ import annotations

import pytest
from client import client, sandbox, seed_id

from mocks import clock

NEW = {"school_id": seed_id("schools", "fresh"), "delivery_partner_id": seed_id("delivery-partners", "harbour-hub")}


@pytest.mark.parametrize(
    ("text", "instant", "day"),
    [
        ("2026-09-15T09:00:00Z", "2026-09-15T09:00:00Z", "2026-09-15"),
        ("2026-09-15T09:00:00.999Z", "2026-09-15T09:00:00Z", "2026-09-15"),
        ("2026-06-30T23:30:00Z", "2026-06-30T23:30:00Z", "2026-07-01"),
        ("2026-12-31T23:30:00Z", "2026-12-31T23:30:00Z", "2026-12-31"),
        ("2026-07-01", "2026-06-30T23:00:00Z", "2026-07-01"),
        ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01"),
        ("2026-09-15T09:00:00", "2026-09-15T08:00:00Z", "2026-09-15"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31"),
    ],
)
def test_what_has_no_zone_is_london_time(text: str, instant: str, day: str):
    moment = clock.parse(text)
    assert (clock.stamp(moment), clock.day(moment)) == (instant, day)


def test_instants_of_early_years_keep_their_four_digits():
    assert clock.stamp(clock.parse("0999-01-02T03:04:05Z")) == "0999-01-02T03:04:05Z"


def test_a_fraction_rounds_up_where_it_bounds_from_below():
    assert clock.stamp(clock.parse_rounding_up("2026-01-01T00:00:00.5Z")) == "2026-01-01T00:00:01Z"
    assert clock.stamp(clock.parse_rounding_up("2026-01-01T00:00:00Z")) == "2026-01-01T00:00:00Z"


def test_worlds_on_different_clocks_never_see_each_others_time():
    app = sandbox()
    spring, autumn = client(app, "spring", clock="2026-05-31T12:00:00Z"), client(app, "autumn")
    for _ in range(3):
        assert spring.errors("POST", "/partnerships", cohort="2026", **NEW) == [
            ("cohort", "You cannot create a partnership for a future cohort.")
        ]
        assert autumn.write("POST", "/partnerships", cohort="2026", **NEW).status in (200, 422)
    assert client(app, "autumn").get("/partnerships", "filter[updated_since]=2026-09-15T09:00:00Z")


@pytest.mark.parametrize(("at", "status"), [("2026-05-31T22:59:59Z", 422), ("2026-05-31T23:00:00Z", 200)])
def test_a_cohort_opens_at_midnight_in_london(at: str, status: int):
    ashdown = client(sandbox(), clock=at)
    assert ashdown.write("POST", "/partnerships", cohort="2026", **NEW).status == status


def test_a_world_without_a_clock_of_its_own_shows_the_real_time(monkeypatch):
    monkeypatch.setattr("mocks.api.real_time", lambda: clock.parse("2026-10-01T10:00:00Z"))
    ashdown = client(sandbox(), clock=None)
    created = ashdown.done("POST", "/partnerships", cohort="2026", **NEW)
    assert created["attributes"]["created_at"] == "2026-10-01T10:00:00Z"


def test_the_real_time_is_in_utc_and_whole_seconds():
    now = clock.real_time()
    assert now.microsecond == 0
    assert now.utcoffset().total_seconds() == 0
