"""A client of the sandbox's controls for tests, worlds to fork or put back, and everything that a world lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from client import Client, client, sandbox

from lp_contract.contract import Operation
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.worlds.store.sqlite import SqliteStore

CONTROLS = "/_sandbox"
CURRENT = ("2025", "2026")
"""The cohorts that most tests change. The lists of schools in others differ little between lead providers."""
COHORTS = ("2021", "2022", "2023", "2024", "2025", "2026", "2027", "2028")


def ask(
    app: App, method: str, path: str, body: Any = None, *, client: str = "127.0.0.1", query: str = "", **headers: str
) -> tuple[Answer, Any]:
    """Send a request to a control."""
    raw = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    answer = app.answer(Request(method, path, query, raw, content, client))
    return answer, json.loads(answer.body) if answer.body else None


def done(app: App, method: str, path: str, body: Any = None, query: str = "", **headers: str) -> Any:
    """Send a request to a control that must succeed."""
    answer, result = ask(app, method, f"{CONTROLS}{path}", body, query=query, **headers)
    assert answer.status < 300, answer
    return result


def act(app: App, path: str, world: str = "default", at: str | None = None, **attributes: Any) -> Any:
    """Act as a school, an appropriate body or DfE."""
    headers = {"x_with_server_date": at} if at else {}
    body = {"data": {"attributes": attributes}}
    return done(app, "POST", f"/actors/{path}", body, query=f"world={world}", **headers)["data"]


def refused(app: App, path: str, **attributes: Any) -> list[tuple[str, str]]:
    """Let somebody act against the rules, and return the errors."""
    answer, result = ask(app, "POST", f"{CONTROLS}/actors/{path}", {"data": {"attributes": attributes}})
    assert answer.status == 422, answer
    return [(error["title"], error["detail"]) for error in result["errors"]]


def two_worlds(*clocks: str) -> tuple[Client, ...]:
    """Clients in forks of one world, each with a clock of its own."""
    app = client(sandbox()).app
    start = app.worlds.get("default")
    assert start
    forks = [app.worlds.fork(start) for _ in clocks]
    for fork, clock in zip(forks, clocks, strict=True):
        app.worlds.set_clock(fork, lambda _, clock=clock: (clock, 0))
    return tuple(client(app, fork.id) for fork in forks)


@contextmanager
def saved(app: App) -> Iterator[Callable[[], None]]:
    """Yield what undoes all that was written since the beginning of the block; its end does so, too.

    Blocks can be within each other.
    """
    store = cast("SqliteStore", app.worlds._store)  # noqa: SLF001
    with nullcontext() if store._writing.is_undone else app.undone():  # noqa: SLF001
        go_back = savepoint(app)
        try:
            yield go_back
        finally:
            go_back()
            store.connection.db.execute("RELEASE beginning")


def savepoint(app: App) -> Callable[[], None]:
    """Return what undoes all that is written from now on. Call it within `app.undone()`."""
    store = cast("SqliteStore", app.worlds._store)  # noqa: SLF001
    database = store.connection.db
    database.execute("SAVEPOINT beginning")
    changed = database.total_changes

    def go_back() -> None:
        nonlocal changed
        if database.total_changes != changed:
            database.execute("ROLLBACK TO beginning")
            store._forget()  # noqa: SLF001
            changed = database.total_changes

    return go_back


def stored_rows(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that a sandbox in memory holds, whoever sees it, by the table."""
    db = app.worlds._store.connection.db  # noqa: SLF001
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def world_of(client: Client) -> str:
    """The name of the world that a client's token opens."""
    opened = client.app.worlds.opened_by(client.token)
    assert opened
    return opened[0].id


def everything(app: App, world: str = "default", providers: int = 7) -> dict[str, bytes]:
    """Return every list that the first lead providers of a world can get, and the ends of each, as bytes."""
    found = app.worlds.get(world)
    assert found
    return {
        f"{token.lead_provider} {path}": body
        for token in app.worlds.tokens(found)[:providers]
        for path, body in _seen_by(Client(app, token.token))
    }


def _seen_by(client: Client) -> Iterator[tuple[str, bytes]]:
    opened = client.app.worlds.opened_by(client.token)
    assert opened
    is_first = opened[1].token == client.app.worlds.tokens(opened[0])[0].token
    for operation in client.app.editions[opened[0].edition].contract.operations.values():
        if operation.is_write or "{" in operation.path:
            continue
        for query in _queries(operation, COHORTS if is_first else CURRENT):
            body = client.send("GET", operation.path, f"page[per_page]=3000{query}").body
            yield f"{operation.path}?{query}", body
            for id_ in _ends(body) if "json" in operation.media_type else ():
                yield f"{operation.path}/{id_}{query}", client.send("GET", f"{operation.path}/{id_}", query).body


def _queries(operation: Operation, cohorts: Sequence[str]) -> tuple[str, ...]:
    by_cohort = "cohort" in operation.needed_filters
    return tuple(f"&filter[cohort]={year}" for year in cohorts) if by_cohort else ("",)


def _ends(body: bytes) -> list[str]:
    items = json.loads(body)["data"]
    return [item["id"] for item in items[:1] + items[-1:]]
