"""Snapshots and forks: what a world was can be had again, byte by byte."""

from __future__ import annotations

from typing import Any

import pytest
from client import CLOCK, client, sandbox, seed_id
from controls_client import act, ask, done, everything
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_sandbox.app import App
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Conflict, Layout
from lp_sandbox.worlds.store.open_store import open_store

SNAPSHOTS = "/worlds/default/snapshots"
HARBOUR = seed_id("delivery-partners", "harbour-hub")
ECT = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"


def partnership(app: App, world: str = "default") -> Any:
    new = {"school_id": seed_id("schools", "fresh"), "delivery_partner_id": HARBOUR}
    return client(app, world).write("POST", "/partnerships", cohort="2026", **new)


STEPS = {
    "form a partnership": partnership,
    "withdraw an ECT": lambda app: client(app).write(
        "PUT", f"/participants/{ECT}/withdraw", reason="other", course_identifier="ecf-induction"
    ),
    "set the clock": lambda app: done(app, "PUT", "/clock", {"now": "2027-01-05T10:00:00Z"}),
    "let the clock run": lambda app: done(app, "PUT", "/clock", {"running": True}),
    "make a scenario": lambda app: done(app, "POST", "/scenarios/ect-in-training"),
    "register an ECT": lambda app: act(
        app,
        "school/register-participant",
        participant_type="ect",
        school_id=seed_id("schools", "fresh"),
        lead_provider="Brightwater Education",
    ),
    "reset": lambda app: done(app, "POST", "/worlds/default/reset"),
}


CHANGES = ("form a partnership", "withdraw an ECT", "make a scenario", "register an ECT")


def ready() -> App:
    """A sandbox whose default world is as it is from the start, without snapshots."""
    return client(sandbox()).app


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    before=st.lists(st.sampled_from(sorted(STEPS)), max_size=2),
    after=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4),
)
def test_a_restored_world_answers_every_get_as_it_did(before: list[str], after: list[str]):
    app = ready()
    for step in [step for step in before if step != "let the clock run"]:
        STEPS[step](app)
    kept, clock = everything(app, providers=2), done(app, "GET", "/clock")
    snapshot = done(app, "POST", SNAPSHOTS)
    for step in after:
        STEPS[step](app)
    done(app, "POST", f"{SNAPSHOTS}/{snapshot['id']}/restore")
    assert everything(app, providers=2) == kept
    assert done(app, "GET", "/clock") == clock


def test_a_restored_world_answers_all_lead_providers_as_it_did():
    app = ready()
    kept = everything(app)
    done(app, "POST", SNAPSHOTS, {"id": "one"})
    for name in CHANGES:
        STEPS[name](app)
    changed = everything(app)
    done(app, "POST", f"{SNAPSHOTS}/one/restore")
    assert everything(app) == kept != changed


@pytest.mark.parametrize("name", CHANGES)
def test_the_steps_change_what_is_seen(name: str):
    app = ready()
    before = everything(app, providers=2)
    STEPS[name](app)
    assert everything(app, providers=2) != before


def test_a_world_acts_the_same_after_it_was_restored():
    app = ready()
    done(app, "POST", SNAPSHOTS, {"id": "start"})
    first = [step(app) for name, step in STEPS.items() if name in {"make a scenario", "register an ECT"}]
    done(app, "POST", f"{SNAPSHOTS}/start/restore")
    again = [step(app) for name, step in STEPS.items() if name in {"make a scenario", "register an ECT"}]
    assert first == again


def test_snapshots_are_listed_the_oldest_first_and_removed_one_by_one():
    app = ready()
    for name in ("a", "b"):
        assert done(app, "POST", SNAPSHOTS, {"id": name})["clock"] == CLOCK
    assert [snapshot["id"] for snapshot in done(app, "GET", SNAPSHOTS)] == ["a", "b"]
    done(app, "DELETE", f"{SNAPSHOTS}/a")
    assert [snapshot["id"] for snapshot in done(app, "GET", SNAPSHOTS)] == ["b"]
    assert ask(app, "POST", f"/_sandbox{SNAPSHOTS}/a/restore")[0].status == 404


def test_a_snapshot_is_taken_under_a_name_once():
    app = ready()
    done(app, "POST", SNAPSHOTS, {"id": "one"})
    assert ask(app, "POST", f"/_sandbox{SNAPSHOTS}", {"id": "one"})[0].status == 409


def test_a_snapshot_is_not_a_world():
    app = ready()
    done(app, "POST", SNAPSHOTS, {"id": "one"})
    assert [world["id"] for world in done(app, "GET", "/worlds")] == ["default"]
    assert ask(app, "GET", "/_sandbox/clock", query="world=one")[0].status == 404
    assert ask(app, "GET", "/_sandbox/clock", query="world=default/one")[0].status == 404


def test_a_removed_world_leaves_nothing_behind():
    app = sandbox()
    client(app, "gone")
    done(app, "POST", "/worlds/gone/snapshots", {"id": "one"})
    done(app, "DELETE", "/worlds/gone")
    client(app, "gone")
    assert done(app, "GET", "/worlds/gone/snapshots") == []


def test_a_fork_shows_the_same_under_tokens_of_its_own():
    app = ready()
    done(app, "PUT", "/clock", {"now": "2026-10-01T08:00:00Z"})
    partnership(app)
    fork = done(app, "POST", "/worlds/default/fork", {"id": "fork"})
    assert everything(app, "fork") == everything(app)
    assert not {token["token"] for token in fork["tokens"]} & {
        token["token"] for token in done(app, "GET", "/worlds")[0]["tokens"]
    }


def test_nothing_crosses_between_a_world_and_its_fork():
    app = ready()
    done(app, "POST", "/worlds/default/fork", {"id": "fork"})
    kept = everything(app, "fork")
    for name, step in STEPS.items():
        if name != "reset":
            step(app)
    assert everything(app, "fork") == kept


def test_the_same_requests_to_a_fork_give_the_same_ids():
    app = ready()
    done(app, "POST", "/worlds/default/fork", {"id": "fork"})
    assert partnership(app).body == partnership(app, "fork").body
    made = [done(app, "POST", "/scenarios/ect-in-training", {"world": world}) for world in ("default", "fork")]
    assert made[0]["ids"] == made[1]["ids"]


def test_a_fork_takes_no_name_that_is_taken():
    app = ready()
    assert ask(app, "POST", "/_sandbox/worlds/default/fork", {"id": "default"})[0].status == 409
    assert ask(app, "POST", "/_sandbox/worlds/nowhere/fork")[0].status == 404


def test_a_store_copies_the_records_of_a_world_and_no_other():
    store = open_store("memory", Layout((World,)))
    store.add("a", [World("one", "register", "small", 0, None, 0, None, 0, "2026-09-15", "x")])
    store.add("b", [World("two", "register", "small", 0, None, 0, None, 0, "2026-09-15", "x")])
    store.copy("a", "c", (World,))
    assert store.find(World, "c") == store.find(World, "a") != store.find(World, "b")
    with pytest.raises(Conflict):
        store.copy("a", "c", (World,))
