"""A sandbox keeps a limited number of worlds and snapshots, and worlds only as long as its options say."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from client import client, register, sandbox
from controls_client import ask, done
from sandbox_process import PATIENCE, run, serving

from lp_sandbox.app import App
from lp_sandbox.worlds.world_lifecycle import NOWHERE
from lp_sandbox.worlds.world_limits import WorldLimits

WORLDS = "/_sandbox/worlds"
SMALL = {"size": "small"}
PROBLEMS = register().controls.problems


def names(app: App) -> list[str]:
    return [world["id"] for world in ask(app, "GET", WORLDS)[1]]


def limited(**limits: Any) -> App:
    app = sandbox(limits=WorldLimits(**limits))
    client(app)
    return app


@pytest.mark.parametrize("path", [WORLDS, f"{WORLDS}/default/fork"])
def test_one_world_too_many_is_refused_until_one_is_removed(path: str):
    app = limited(worlds=2)
    body = SMALL if path == WORLDS else {}
    assert ask(app, "POST", path, {**body, "id": "second"})[0].status == 201
    answer, said = ask(app, "POST", path, {**body, "id": "third"})
    assert (answer.status, said) == (409, PROBLEMS["worlds_are_few"].body)
    assert names(app) == ["default", "second"]
    done(app, "DELETE", "/worlds/second")
    assert ask(app, "POST", path, {**body, "id": "third"})[0].status == 201


def test_the_default_world_always_has_room():
    app = sandbox(limits=WorldLimits(worlds=1))
    app.worlds.create("first", size="small")
    assert app.worlds.create("default", size="small")


def test_one_snapshot_too_many_is_refused_until_one_is_removed():
    app = limited(snapshots=1)
    snapshots = f"{WORLDS}/default/snapshots"
    assert ask(app, "POST", snapshots, {"id": "first"})[0].status == 201
    answer, said = ask(app, "POST", snapshots, {"id": "second"})
    assert (answer.status, said) == (409, PROBLEMS["snapshots_are_few"].body)
    done(app, "DELETE", "/worlds/default/snapshots/first")
    assert ask(app, "POST", snapshots, {"id": "second"})[0].status == 201


def test_snapshots_are_counted_for_each_world():
    app = limited(snapshots=1)
    done(app, "POST", "/worlds/default/fork", {"id": "fork"})
    for world in ("default", "fork"):
        assert ask(app, "POST", f"{WORLDS}/{world}/snapshots")[0].status == 201


@pytest.fixture
def aging(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The real time, which a test can move."""
    now = [datetime(2026, 9, 15, 9, tzinfo=UTC)]
    monkeypatch.setattr("lp_sandbox.worlds.world_lifecycle.real_time", lambda: now[0])
    return now


def test_a_world_is_removed_when_it_is_old_and_the_default_one_stays(aging: list[datetime]):
    app = sandbox(limits=WorldLimits(age=timedelta(hours=2)))
    app.worlds.create("default", size="small")
    old = client(app, "old")
    done(app, "POST", "/worlds/old/snapshots", {"id": "one"})
    aging[0] += timedelta(hours=1)
    client(app, "young")
    aging[0] += timedelta(minutes=59, seconds=59)
    app.worlds.forget()
    assert names(app) == ["default", "old", "young"]
    aging[0] += timedelta(seconds=1)
    app.worlds.forget()
    assert names(app) == ["default", "young"]
    assert old.send("GET", "/api/v3/partnerships").status == 401
    client(app, "old")
    assert done(app, "GET", "/worlds/old/snapshots") == []


def test_a_fork_is_as_old_as_itself(aging: list[datetime]):
    app = sandbox(limits=WorldLimits(age=timedelta(hours=2)))
    app.worlds.create("source", size="small")
    aging[0] += timedelta(hours=1)
    done(app, "POST", "/worlds/source/fork", {"id": "fork"})
    aging[0] += timedelta(hours=1)
    app.worlds.forget()
    assert names(app) == ["fork"]


def test_an_old_world_makes_room_for_a_new_one(aging: list[datetime]):
    app = sandbox(limits=WorldLimits(worlds=1, age=timedelta(hours=2)))
    assert ask(app, "POST", WORLDS, {**SMALL, "id": "first"})[0].status == 201
    assert ask(app, "POST", WORLDS, {**SMALL, "id": "second"})[0].status == 409
    aging[0] += timedelta(hours=2)
    assert ask(app, "POST", WORLDS, {**SMALL, "id": "second"})[0].status == 201
    assert names(app) == ["second"]


def test_worlds_are_removed_for_their_age_only_with_an_option(aging: list[datetime]):
    app = limited()
    client(app, "old")
    aging[0] += timedelta(days=10_000)
    app.worlds.forget()
    assert set(names(app)) == {"default", "old"}


def test_a_server_removes_old_worlds_when_it_starts(tmp_path: Path):
    store = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    app = sandbox(store)
    client(app, "old")
    made_long_ago = msgspec.structs.replace(app.worlds.get("old"), created_at="2026-01-01T00:00:00Z")
    app.worlds._store.put(NOWHERE, made_long_ago)  # noqa: SLF001 - a world of this moment may be too young at the start
    app.worlds._store.close()  # noqa: SLF001
    with serving("--store", store, "--edition", "register", "--forget-after", "PT1S") as server:
        end = time.monotonic() + PATIENCE
        while [world["id"] for world in server.http.get(WORLDS).json()] != ["default"]:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_help_and_contract_name_the_limits_that_hold():
    helped = " ".join(run("serve", "--help").stdout.split())
    for option, number, operation in (
        ("--max-worlds", WorldLimits().worlds, "createWorld"),
        ("--max-snapshots", WorldLimits().snapshots, "takeSnapshot"),
    ):
        assert re.search(rf"{option} NUMBER [^-]*\[env var: \w+; default: {number};", helped), helped
        described = register().controls.operations[operation].description
        assert f" {number} " in described
        assert option in described
    assert "--forget-after DURATION" in helped
    assert "--forget-after" in register().controls.operations["createWorld"].description


@pytest.mark.parametrize("words", [("--forget-after", "7 days"), ("--forget-after", "PT0S"), ("--max-worlds", "0")])
def test_a_limit_that_cannot_be_is_reported(words: tuple[str, str]):
    failed = run("serve", "--port", "0", "--store", "memory", *words)
    assert failed.returncode == 2
    assert f"Invalid value for '{words[0]}'" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_refusals_say_what_to_do():
    for name in ("worlds_are_few", "snapshots_are_few"):
        assert "Remove one, or start the sandbox with a larger --max-" in json.dumps(PROBLEMS[name].body)
