"""A lead provider's client for tests: it calls the sandbox directly, without a network in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pytest

from lp_contract.contract import Operation, Rule
from lp_sandbox.app import App, layout
from lp_sandbox.editions import MODULES, edition
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import LARGEST_BODY, Answer, Request
from lp_sandbox.worlds.store import Layout
from lp_sandbox.worlds.store.connection import MEMORY
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.store.sqlite import SqliteStore


@cache
def register() -> Edition:
    return edition("register")


@cache
def every_edition() -> list[Edition]:
    """The editions that come with the sandbox. Its commands use stores for all of them."""
    return [edition(name) for name in MODULES]


def whole_layout() -> Layout:
    return layout(every_edition())


CLOCK: str = register().contract.seeds["world"]["clock"]


def sandbox(store: str = "memory", **options: Any) -> App:
    opened = open_store(store, whole_layout()) if store != "memory" else _store_with(_nothing())
    return App([register()], opened, **options)


def _store_with(contents: bytes) -> SqliteStore:
    """A store in memory that begins with the contents of another."""
    return SqliteStore(MEMORY, whole_layout(), contents=contents)


@cache
def _nothing() -> bytes:
    """What is in a new store: to copy its tables takes a fifth of the time of making them."""
    return cast("SqliteStore", open_store("memory", whole_layout())).connection.db.serialize()


@dataclass
class Client:
    """Speaks for one lead provider in one world."""

    app: App
    token: str
    at: str | None = None
    is_repeated: bool = False
    """Whether its requests count as sent again on their connection, so that answers can be remembered."""

    def send(self, method: str, path: str, query: str = "", body: Any = None, **headers: str) -> Answer:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        if self.at:
            sent["x-with-server-date"] = self.at
        sent |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = content if len(content) <= LARGEST_BODY else None
        raw = {name.encode(): value.encode() for name, value in sent.items()}
        return self.app.answer(Request(method, path, query, raw, kept, "127.0.0.1", is_repeated=self.is_repeated))

    def get(self, path: str, query: str = "") -> Any:
        answer = self.send("GET", f"/api/v3{path}", query)
        assert answer.status == 200, answer
        return json.loads(answer.body)["data"]

    def ids(self, path: str, query: str = "") -> list[str]:
        return [item["id"] for item in self.get(path, query)]

    def write(self, method: str, path: str, **attributes: Any) -> Answer:
        return self.send(method, f"/api/v3{path}", body={"data": {"type": "x", "attributes": attributes}})

    def done(self, method: str, path: str, **attributes: Any) -> Any:
        answer = self.write(method, path, **attributes)
        assert answer.status == 200, answer
        return json.loads(answer.body)["data"]

    def errors(self, method: str, path: str, **attributes: Any) -> list[tuple[str, str]]:
        answer = self.write(method, path, **attributes)
        assert answer.status == 422, answer
        return errors(answer)


def errors(answer: Answer) -> list[tuple[str, str]]:
    """The title and detail of each error of an answer."""
    return [(error["title"], error["detail"]) for error in json.loads(answer.body).get("errors", ())]


def faults(caplog: pytest.LogCaptureFixture) -> list[type[BaseException] | None]:
    """The kinds of the exceptions that the sandbox logged."""
    return [record.exc_info[0] for record in caplog.records if record.exc_info]


def small_world(edition: Edition, *others: Edition, **options: Any) -> App:
    """A sandbox with one small world, the default one of an edition, whose clock is stopped."""
    return App([edition, *others], _store_with(_contents(edition.contract.edition)), **options)


@cache
def _contents(name: str) -> bytes:
    """What is in a store with one small world: to begin with it takes a tenth of the time of making the world."""
    return _template(name).connection.db.serialize()


@cache
def _template(name: str) -> SqliteStore:
    """A store with the small world that most tests of an edition start from."""
    known = next(each for each in every_edition() if each.contract.edition == name)
    app = App([known], open_store("memory", whole_layout()))
    app.worlds.create(known.template.default_world, size="small", clock=clock_of(known))
    return cast("SqliteStore", app.worlds._store)  # noqa: SLF001


def clock_of(edition: Edition) -> str:
    """The time at which the pages of an edition show its worlds, and at which tests begin."""
    return str(edition.contract.seeds["world"]["clock"])


@contextmanager
def traced(app: App) -> Iterator[list[str]]:
    """Collect the statements of the database from the beginning to the end."""
    database, statements = cast("SqliteStore", app.worlds._store).connection.db, list[str]()  # noqa: SLF001
    database.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        database.set_trace_callback(None)


def lead_provider(app: App, place: int = 0) -> Client:
    """A client of the first lead provider in the default world of an app's first edition, or of another one."""
    world = app.worlds.get(app.edition.template.default_world)
    assert world
    return Client(app, app.worlds.tokens(world)[place].token)


def client(
    app: App, world: str = "default", lead_provider: str = "Ashdown", size: str = "small", clock: str | None = CLOCK
) -> Client:
    """A client in a world, which is made if there is none of that name."""
    found = app.worlds.get(world)
    if not found and (world, size, clock) == ("default", "small", CLOCK) and not app.worlds.all():
        mine = cast("SqliteStore", app.worlds._store)  # noqa: SLF001
        _template("register").connection.db.backup(mine.connection.db)
        found = app.worlds.get(world)
    found = found or app.worlds.create(world, size=size, clock=clock)
    token = next(t.token for t in app.worlds.tokens(found) if t.lead_provider.startswith(lead_provider))
    return Client(app, token)


def seed_id(kind: str, name: str) -> str:
    """The id of something in the contract's seeds."""
    return next(entry["id"] for entry in register().contract.seeds[kind] if entry["name"] == name)


def send_example(client: Client, operation: Operation, rule: Rule | None = None, query: str = "") -> Answer:
    """Send an operation's example request, changed so that it breaks a rule."""
    changes = dict(rule.broken_by) if rule else {}
    path = operation.path
    for name, example in operation.path_example.items():
        path = path.replace(f"{{{name}}}", changes.pop(name, example))
    attributes = {**(operation.request_example or {}).get("data", {}).get("attributes", {}), **changes}
    at = {"x_with_server_date": rule.at} if rule and rule.at else {}
    return client.send(operation.method, path, query, body={"data": {"attributes": attributes}}, **at)
