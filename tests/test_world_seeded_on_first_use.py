"""A further edition's default world is seeded when it is first used, and its clock starts where the edition says."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import example_edition_beside_others
import httpx
import pytest
from client import Client, register
from controls_client import ask, done
from example_edition.records import Book
from example_edition_beside_others import CLOCK
from sandbox_process import serving

from lp_sandbox.app import App, layout
from lp_sandbox.request.edition import Edition
from lp_sandbox.worlds.clock import parse
from lp_sandbox.worlds.records import Record, World
from lp_sandbox.worlds.store.open_store import open_store

LIBRARY = "library"
BOOKS = "/library/v2/books"


@cache
def library() -> Edition:
    return example_edition_beside_others.load(Path())


def sandbox(*, store: str = "memory", edition: Edition | None = None) -> App:
    """A sandbox with both editions, in which the default world of the library was not used before."""
    editions = [register(), edition or library()]
    app = App(editions, open_store(store, layout(editions)))
    if app.worlds.get(LIBRARY) is None:
        app.worlds.create(LIBRARY, size="small", edition=LIBRARY, is_seeded=False)
    return app


@pytest.fixture
def app() -> App:
    return sandbox()


def world(app: App) -> World:
    found = app.worlds.get(LIBRARY)
    assert found
    return found


def token(app: App) -> str:
    return app.worlds.tokens(world(app))[0].token


def books(app: App) -> int:
    return len(app.worlds._store.rows(Book, ("id",), LIBRARY))  # noqa: SLF001


def test_a_world_that_was_not_used_has_tokens_and_nothing_else(app: App):
    assert [each["id"] for each in done(app, "GET", "/worlds")] == [LIBRARY]
    assert token(app)
    assert books(app) == 0
    assert app.worlds.lacking(world(app)) == []


USES: dict[str, Callable[[App], Any]] = {
    "a request to the API": lambda app: Client(app, token(app)).send("GET", BOOKS),
    "its clock is read": lambda app: done(app, "GET", "/clock", query="world=library"),
    "its clock is advanced": lambda app: done(app, "POST", "/clock/advance", {"days": 1}, query="world=library"),
    "its scenarios are listed": lambda app: done(app, "GET", "/scenarios", query="world=library"),
    "a scenario is created": lambda app: done(app, "POST", "/scenarios/overdue-loan", query="world=library"),
    "a fork": lambda app: done(app, "POST", "/worlds/library/fork"),
    "a snapshot": lambda app: done(app, "POST", "/worlds/library/snapshots"),
    "a reset": lambda app: done(app, "POST", "/worlds/library/reset"),
}


@pytest.mark.parametrize("use", USES)
def test_the_first_use_of_a_world_seeds_it(app: App, use: str):
    USES[use](app)
    assert (books(app) > 0, world(app).seeded_on) == (True, CLOCK[:10])
    assert app.worlds.lacking(world(app)) == []


def test_a_world_is_seeded_once(app: App):
    client = Client(app, token(app))
    first = client.send("GET", BOOKS)
    seeded = world(app)
    assert client.send("GET", BOOKS).body == first.body
    assert world(app) == seeded


def test_requests_to_the_first_edition_leave_the_other_world_unused(app: App):
    app.worlds.create("default", size="small")
    done(app, "GET", "/clock")
    done(app, "GET", "/worlds")
    Client(app, "unknown").send("GET", BOOKS)
    assert books(app) == 0


class BreakOff(Exception):  # noqa: N818 - says what happens
    """Something goes wrong while a world is seeded."""


def failing_once() -> Edition:
    """The library, whose seeds break off in the middle the first time."""
    template, failures = library().template, [BreakOff()]

    def records(size: str, seed: int, today: str) -> Iterator[Record]:
        for number, record in enumerate(template.records(size, seed, today)):
            if number == 3 and failures:
                raise failures.pop()
            yield record

    return dataclasses.replace(library(), template=dataclasses.replace(template, records=records))


def test_a_world_whose_seeding_breaks_off_stays_unused_and_is_seeded_by_the_next_request():
    app = sandbox(edition=failing_once())
    client = Client(app, token(app))
    assert client.send("GET", BOOKS).status == 500
    assert (books(app), world(app).seeded_on) == (0, "")
    assert client.send("GET", BOOKS).status == 200


def test_two_sandboxes_on_one_file_seed_a_world_once(tmp_path: Path):
    store = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    apps = [sandbox(store=store), sandbox(store=store)]
    clients = [Client(app, token(app)) for app in apps]
    assert {app.worlds.opened_by(token(app)) is not None for app in apps} == {True}  # both hold it as not seeded
    bodies = [client.send("GET", BOOKS).body for client in clients]
    assert bodies[0] == bodies[1]
    assert world(apps[0]) == world(apps[1])


def test_the_clock_of_a_new_world_runs_from_where_its_edition_says(app: App):
    made = done(app, "POST", "/worlds", {"edition": LIBRARY, "size": "small"})
    clock = done(app, "GET", "/clock", query=f"world={made['id']}")
    assert timedelta() <= parse(clock["now"]) - parse(CLOCK) < timedelta(minutes=5)
    assert (clock["state"], made["clock"]) == ("running", None)


def test_a_request_can_set_another_first_clock(app: App):
    at = "2026-03-01T09:00:00Z"
    made = done(app, "POST", "/worlds", {"edition": LIBRARY, "size": "small", "clock": at})
    clock = done(app, "GET", "/clock", query=f"world={made['id']}")
    assert (clock["now"], clock["state"]) == (at, "still")


def test_a_reset_lets_the_clock_run_from_there_again(app: App):
    done(app, "POST", "/clock/advance", {"days": 40}, query="world=library")
    done(app, "POST", "/worlds/library/reset")
    now = parse(done(app, "GET", "/clock", query="world=library")["now"])
    assert timedelta() <= now - parse(CLOCK) < timedelta(minutes=5)


def test_a_sandbox_of_one_edition_shows_no_worlds_of_another():
    editions = [register(), library()]
    both = App(editions, open_store("memory", layout(editions)))
    alone = App([register()], both.worlds._store)  # noqa: SLF001 - the same store
    both.worlds.create(LIBRARY, size="small", edition=LIBRARY)
    assert done(alone, "GET", "/worlds") == []
    assert ask(alone, "GET", "/_sandbox/clock", query="world=library")[0].status == 404
    assert Client(alone, token(both)).send("GET", "/api/v3/statements").status == 401


def test_the_greeting_shows_a_request_with_the_token_of_each_edition():
    with serving("--store", "memory", program="example_edition_beside_others") as server:
        requests = re.findall(r"Try the edition (\w+) as .+:\n\n  curl .*Bearer (\w+)\" (\S+)", server.greeting)
        listed = {name: httpx.get(url, headers={"authorization": f"Bearer {key}"}) for name, key, url in requests}
        assert list(listed)[:1] + list(listed)[-1:] == ["register", LIBRARY]
        assert {answer.status_code for answer in listed.values()} == {200}
