"""Time: how it is read and written, who sets it, and that two worlds do not share it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from client import CLOCK, Client, client, sandbox, seed_id, small_world
from controls_client import act, ask, done, everything, saved, two_worlds, world_of
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_sandbox.app import App
from lp_sandbox.editions import edition as service_of
from lp_sandbox.worlds import clock

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
    assert clock.stamp(clock.first_second("2026-01-01T00:00:00.5Z")) == "2026-01-01T00:00:01Z"
    assert clock.stamp(clock.first_second("2026-01-01T00:00:00.000Z")) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-01-10t10:42:00z", "2027-01-10T10:42:00Z"),
        ("2027-01-10T10:42:00+01", "2027-01-10T09:42:00Z"),
        ("2027-01-10T10:42:00-0130", "2027-01-10T12:12:00Z"),
        ("2027-01-10T10:42:00,5Z", "2027-01-10T10:42:00Z"),
        ("2027-01-10T24:00Z", "2027-01-11T00:00:00Z"),
        ("2027-01-10T23:59:60Z", "2027-01-11T00:00:00Z"),
        ("2027-01-10 10:42:00 +0100", "2027-01-10T09:42:00Z"),
        ("20270110T104200Z", "2027-01-10T10:42:00Z"),
        ("Sun, 10 Jan 2027 10:42:00 GMT", "2027-01-10T10:42:00Z"),
        ("Sun, 10 Jan 2027 10:42:00 +0100", "2027-01-10T09:42:00Z"),
        ("10 Jul 2027 10:42:00", "2027-07-10T09:42:00Z"),
        ("10 Jul 2027 10:42:00 -0000", "2027-07-10T10:42:00Z"),
        ("10 July 2027", "2027-07-09T23:00:00Z"),
        ("July 10, 2027", "2027-07-09T23:00:00Z"),
    ],
)
def test_times_are_read_in_every_form_that_the_service_reads(text: str, instant: str):
    assert clock.stamp(clock.parse(text)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-10T24:00:01Z",
        "2027-01-10T25:00:00Z",
        "2027-01-10T48:00:00Z",
        "2027-01-10T10:60:00Z",
        "2027-01-10T10:42:61Z",
        "2027-02-30",
        "2027-01-00",
        "2027-01-10T10:42:00+24:00",
        "9999-12-31T24:00:00Z",
        "10 Jan 99999999999999999999 10:00:00 GMT",
        "31 Feb 2027",
        "\u0662\u0660\u0662\u0667-01-10",
        "10 Jan 2027 \u0661\u0660:42:00",
        "2027-01-10T10:42:00." + "0" * 128 + "Z",
        "now",
        "12:00",
    ],
)
def test_other_text_is_not_a_valid_time(text: str):
    with pytest.raises(ValueError):
        clock.parse(text)


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
    monkeypatch.setattr("lp_sandbox.worlds.clock.real_time", lambda: clock.parse("2026-10-01T10:00:00Z"))
    ashdown = client(sandbox(), clock=None)
    created = ashdown.done("POST", "/partnerships", cohort="2026", **NEW)
    assert created["attributes"]["created_at"] == "2026-10-01T10:00:00Z"


def test_the_real_time_is_in_utc_and_whole_seconds():
    now = clock.real_time()
    assert now.microsecond == 0
    assert now.utcoffset().total_seconds() == 0


NOON = clock.parse("2026-10-01T12:00:00Z")


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts the real time in the place of itself: real(seconds) moves it on."""
    now = [NOON]
    monkeypatch.setattr("lp_sandbox.worlds.clock.real_time", lambda: now[0])

    def pass_by(seconds: int) -> None:
        now[0] += timedelta(seconds=seconds)

    return pass_by


def now_in(app: App, world: str = "default") -> str:
    now: str = done(app, "GET", "/clock", query=f"world={world}")["now"]
    return now


@pytest.fixture
def app() -> App:
    """A sandbox whose world is as it is from the start."""
    return client(sandbox()).app


def test_a_clock_is_read(app: App):
    assert done(app, "GET", "/clock") == {"world": "default", "now": CLOCK, "state": "still"}


@pytest.mark.parametrize(
    ("edition", "midnight"), [("register", "2026-06-30T23:00:00Z"), ("ecf", "2026-07-01T00:00:00Z")]
)
def test_a_time_without_a_zone_is_in_the_time_zone_of_the_service(edition: str, midnight: str):
    service = service_of(edition)
    app, query = small_world(service), f"world={service.template.default_world}"
    assert done(app, "GET", "/clock", query=query, x_with_server_date="2026-07-01")["now"] == midnight
    assert done(app, "PUT", "/clock", {"now": "2026-07-01"}, query)["now"] == midnight
    world = {"edition": edition, "size": "small", "clock": "2026-07-01"}
    assert done(app, "POST", "/worlds", world)["clock"] == midnight


def test_a_clock_that_is_set_does_not_run(app: App, real: Any):
    shown = done(app, "PUT", "/clock", {"now": "2027-01-05T10:00:00+01:00"})
    real(60)
    assert shown == {"world": "default", "now": "2027-01-05T09:00:00Z", "state": "still"}
    assert now_in(app) == "2027-01-05T09:00:00Z"


def test_a_clock_runs_on_from_what_it_is_set_to(app: App, real: Any):
    assert done(app, "PUT", "/clock", {"now": "2025-01-05T09:00:00Z", "running": True})["state"] == "running"
    real(3600)
    assert now_in(app) == "2025-01-05T10:00:00Z"


def test_a_running_clock_continues_from_its_time_and_a_stopped_clock_keeps_it(app: App, real: Any):
    done(app, "PUT", "/clock", {"running": True})
    real(5)
    assert now_in(app) == "2026-09-15T09:00:05Z"
    done(app, "PUT", "/clock", {"running": False})
    real(5)
    assert now_in(app) == "2026-09-15T09:00:05Z"


def test_a_clock_is_given_back_to_the_real_time(app: App, real: Any):
    assert done(app, "DELETE", "/clock") == {"world": "default", "now": clock.stamp(NOON), "state": "real"}
    real(1)
    assert now_in(app) == "2026-10-01T12:00:01Z"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"duration": "P1D"}, "2026-09-16T09:00:00Z"),
        ({"duration": "P2W"}, "2026-09-29T09:00:00Z"),
        ({"duration": "PT36H"}, "2026-09-16T21:00:00Z"),
        ({"duration": "P1DT2H3M4S"}, "2026-09-16T11:03:04Z"),
        ({"days": 60}, "2026-11-14T09:00:00Z"),
        ({"weeks": 1, "hours": 1, "minutes": 1, "seconds": 1}, "2026-09-22T10:01:01Z"),
        ({"duration": "P1D", "days": 1}, "2026-09-17T09:00:00Z"),
        ({"days": 0}, CLOCK),
    ],
)
def test_a_clock_is_put_forward(app: App, body: Any, shown: str):
    assert done(app, "POST", "/clock/advance", body)["now"] == shown


def test_a_running_clock_goes_on_running_when_it_is_put_forward(app: App, real: Any):
    done(app, "DELETE", "/clock")
    assert done(app, "POST", "/clock/advance", {"hours": 1})["state"] == "running"
    real(60)
    assert now_in(app) == "2026-10-01T13:01:00Z"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", None),
        ("PUT", "/clock", {}),
        ("PUT", "/clock", {"now": "soon"}),
        ("PUT", "/clock", {"now": None}),
        ("PUT", "/clock", {"now": "1999-12-31T23:59:59Z"}),
        ("PUT", "/clock", {"now": "3000-01-01T00:00:00Z"}),
        ("PUT", "/clock", {"time": CLOCK}),
        ("POST", "/clock/advance", None),
        ("POST", "/clock/advance", {}),
        ("POST", "/clock/advance", {"duration": "P"}),
        ("POST", "/clock/advance", {"duration": "P1DT"}),
        ("POST", "/clock/advance", {"duration": "P1M"}),
        ("POST", "/clock/advance", {"duration": "P1Y"}),
        ("POST", "/clock/advance", {"duration": "-P1D"}),
        ("POST", "/clock/advance", {"duration": "P999999999999999999W"}),
        ("POST", "/clock/advance", {"days": -1}),
    ],
)
def test_what_a_clock_cannot_show_is_refused_and_changes_nothing(app: App, method: str, path: str, body: Any):
    assert ask(app, method, f"/_sandbox{path}", body)[0].status == 400
    assert now_in(app) == CLOCK


@pytest.mark.parametrize("before", ["PUT", "DELETE"], ids=["still", "running"])
def test_a_clock_is_not_put_beyond_what_it_can_show(app: App, before: str):
    done(app, before, "/clock", {"now": CLOCK} if before == "PUT" else None)
    for body in ({"days": 400000}, {"weeks": 60000, "minutes": 1000000000}):
        assert ask(app, "POST", "/_sandbox/clock/advance", body)[0].status == 409
    assert ask(app, "PUT", "/_sandbox/clock", {"now": "2000-01-01T00:00:00+01:00"})[0].status == 409


def test_there_is_no_clock_without_a_world():
    for method, path in (("GET", "/clock"), ("PUT", "/clock"), ("DELETE", "/clock"), ("POST", "/clock/advance")):
        body = {"days": 1, "now": CLOCK}
        sent = {key: body[key] for key in {"PUT": ("now",), "POST": ("days",)}.get(method, ())} or None
        assert ask(sandbox(), method, f"/_sandbox{path}", sent, query="world=nowhere")[0].status == 404


def test_every_token_sees_the_new_time_at_once(app: App):
    clients = [client(app), client(app, lead_provider="Brightwater")]
    for each in clients:
        each.get("/partnerships")
    done(app, "PUT", "/clock", {"now": "2027-06-02T09:00:00Z"})
    for each in clients:
        created = each.done("POST", "/partnerships", cohort="2026", **NEW)
        assert created["attributes"]["created_at"] == "2027-06-02T09:00:00Z"


def test_another_process_sees_the_new_time_at_once(tmp_path: Any):
    store = f"sqlite:///{tmp_path}/shared.sqlite3"
    here, there = sandbox(store), sandbox(store)
    ashdown = client(here)
    ashdown.get("/partnerships")
    done(there, "PUT", "/clock", {"now": "2026-11-01T09:00:00Z"})
    created = ashdown.done("POST", "/partnerships", cohort="2026", **NEW)
    assert created["attributes"]["created_at"] == "2026-11-01T09:00:00Z"
    done(there, "POST", "/worlds/default/reset")
    assert now_in(here) == CLOCK


def test_the_header_counts_for_one_request_only(app: App):
    ashdown = client(app)
    at = {"x_with_server_date": "2026-12-24T18:00:00Z"}
    body = {"data": {"attributes": {"cohort": "2026", **NEW}}}
    created = json.loads(ashdown.send("POST", "/api/v3/partnerships", body=body, **at).body)["data"]
    assert created["attributes"]["created_at"] == at["x_with_server_date"]
    assert now_in(app) == CLOCK


def test_the_header_counts_for_actors_too(app: App):
    shown = act(
        app,
        "school/register-participant",
        at="2027-01-10T09:00:00Z",
        participant_type="ect",
        school_id=NEW["school_id"],
        lead_provider="Ashdown Teaching Partnership",
    )
    assert shown["attributes"]["start_date"] == "2027-01-10"


def test_a_clock_shows_the_time_of_the_header_and_stays_as_it_is(app: App):
    shown = done(app, "GET", "/clock", x_with_server_date="2027-02-01")
    assert (shown["now"], shown["state"]) == ("2027-02-01T00:00:00Z", "still")
    assert done(app, "GET", "/clock")["now"] == CLOCK


def test_a_scenario_is_created_for_the_time_of_the_header(app: App):
    created = done(app, "POST", "/scenarios/ect-in-training", x_with_server_date="2027-10-01")
    lead_provider = client(app)
    lead_provider.at = "2027-10-01"
    person = lead_provider.get(f"/participants/{created['ids']['participants']['ect']}")
    assert person["attributes"]["ecf_enrolments"][0]["cohort"] == "2027"


def test_a_header_with_an_invalid_time_is_refused_by_controls_too(app: App):
    for method, path in (("GET", "/clock"), ("POST", "/scenarios/ect-in-training")):
        answer, body = ask(app, method, f"/_sandbox{path}", x_with_server_date="yesterday")
        assert (answer.status, "X-With-Server-Date" in body["errors"][0]["detail"]) == (400, True)


def test_a_reset_gives_back_the_first_clock(app: App):
    done(app, "POST", "/clock/advance", {"days": 30})
    assert done(app, "POST", "/worlds/default/reset")["clock"] == CLOCK
    assert now_in(app) == CLOCK


SECONDS = st.one_of(st.integers(0, 400 * 86400), st.integers(0, 400).map(lambda days: days * 86400))


def after(*seconds: int) -> dict[str, bytes]:
    """Return what a world shows after its clock was put forward, step by step."""
    app = client(sandbox()).app
    for number in seconds:
        done(app, "POST", "/clock/advance", {"seconds": number})
    return everything(app, providers=2)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(SECONDS, SECONDS)
def test_advancing_by_a_and_b_equals_advancing_by_a_and_then_by_b(a: int, b: int):
    assert after(a + b) == after(a, b)


def test_time_alone_changes_what_is_seen():
    assert after(0) != after(100 * 86400)


LOAD = st.lists(st.tuples(st.sampled_from((0, 1)), st.integers(0, 40 * 86400)), min_size=2, max_size=10)


def test_two_worlds_under_interleaved_load_never_see_each_others_time():
    start = "2026-06-20T09:00:00Z", "2026-09-15T09:00:00Z"
    clients = two_worlds(*start)
    app, worlds = clients[0].app, [world_of(each) for each in clients]

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(LOAD)
    def check(load: list[tuple[int, int]]) -> None:
        put_back()
        shows = list(start)
        for place, seconds in load:
            done(app, "POST", "/clock/advance", {"seconds": seconds}, query=f"world={worlds[place]}")
            shows[place] = clock.stamp(clock.parse(shows[place]) + timedelta(seconds=seconds))
            for each, world, now in zip(clients, worlds, shows, strict=True):
                assert stamped(each) == now_in(app, world) == now

    with saved(app) as put_back:
        check()


def stamped(each: Client) -> str:
    """Change a partnership, and return when that was."""
    path = "/partnerships/1ab501b1-142e-47ad-95a4-20f56a62e71f"
    hubs = [seed_id("delivery-partners", name) for name in ("harbour-hub", "moorland-hub")]
    at_present = each.get(path)["attributes"]["delivery_partner_id"]
    other = next(hub for hub in hubs if hub != at_present)
    stamp: str = each.done("PUT", path, delivery_partner_id=other)["attributes"]["updated_at"]
    return stamp
