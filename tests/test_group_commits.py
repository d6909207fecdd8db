"""Writes that arrive at the same moment are saved together, and none is answered before."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from client import Client, client, register, sandbox, traced
from sandbox_process import NEW
from test_coalescing import send

from lp_sandbox.register.records import Partnership
from lp_sandbox.worlds.store import Conflict, Layout, Unavailable
from lp_sandbox.worlds.store.sqlite import SqliteStore

PARTNERSHIPS = "/api/v3/partnerships"
LAYOUT = Layout((Partnership,))
REFUSED = register().contract.problems["store_is_usable"].body
COUNTED = "SELECT count(*) FROM partnership"


def partnership(id: str) -> Partnership:
    return Partnership(**(dict.fromkeys(Partnership.__struct_fields__, id) | {"document": b"{}"}))


def write(store: SqliteStore, *ids: str) -> None:
    with store.writing():
        store.add("w", [partnership(id_) for id_ in ids])


def ids(store: SqliteStore) -> list[str]:
    return sorted(each.id for each in store.find(Partnership, "w"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(file), LAYOUT)
    yield store
    store.close()


@pytest.fixture
def beside(file: Path, store: SqliteStore) -> Iterator[SqliteStore]:
    """Another process on the same file."""
    beside = SqliteStore(str(file), LAYOUT)
    yield beside
    beside.close()


def fails(*_: object) -> None:
    raise Unavailable("no space left")


def test_a_group_is_saved_as_a_whole(store: SqliteStore, beside: SqliteStore):
    with store.grouped():
        write(store, "a")
        write(store, "b")
        with store.reading():
            assert ids(store) == ["a", "b"]
    assert (ids(beside), store.has_unsaved()) == ([], True)
    store.save()
    assert (ids(beside), store.has_unsaved()) == (["a", "b"], False)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_write_that_fails_leaves_the_others_of_its_group(store: SqliteStore, beside: SqliteStore, position: int):
    writes = [["a"], ["b"]]
    writes.insert(position, ["x", "x"])
    with store.grouped():
        for each in writes:
            if each == ["x", "x"]:
                with pytest.raises(Conflict):
                    write(store, *each)
            else:
                write(store, *each)
    store.save()
    assert ids(beside) == ["a", "b"]


def test_nothing_of_a_group_is_kept_that_could_not_be_saved(
    store: SqliteStore, beside: SqliteStore, monkeypatch: pytest.MonkeyPatch
):
    with store.grouped():
        write(store, "a")
        write(store, "b")
    with monkeypatch.context() as patched, pytest.raises(Unavailable):
        patched.setattr(store.connection, "commit", fails)
        store.save()
    assert (ids(store), store.has_unsaved(), store.changed_elsewhere()) == ([], False, True)
    write(store, "c")
    assert ids(beside) == ["c"]


def test_who_cannot_wait_saves_the_group_first(store: SqliteStore, beside: SqliteStore):
    with store.grouped():
        write(store, "a")
    with pytest.raises(Conflict):
        write(store, "b", "b")
    assert ids(beside) == ["a"]
    store.save()
    assert ids(beside) == ["a"]


def test_a_group_learns_that_somebody_else_could_not_save_it(
    store: SqliteStore, beside: SqliteStore, monkeypatch: pytest.MonkeyPatch
):
    with store.grouped():
        write(store, "a")
    with monkeypatch.context() as patched:
        patched.setattr(store.connection, "commit", fails)
        with store.reading():
            assert ids(store) == []
    assert store.has_unsaved()
    with store.grouped():
        write(store, "b")
    with pytest.raises(Unavailable):
        store.save()
    assert (ids(beside), store.has_unsaved()) == ([], False)


def test_a_group_that_the_database_undoes_is_lost(store: SqliteStore):
    with store.grouped():
        write(store, "a")
        with pytest.raises(ZeroDivisionError), store.writing():
            store.connection.db.execute("ROLLBACK")  # as SQLite does itself when a disk fails
            _ = 1 / 0
    with pytest.raises(Unavailable):
        store.save()
    write(store, "b")
    assert ids(store) == ["b"]


def test_a_store_in_memory_saves_each_write():
    store = SqliteStore(":memory:", LAYOUT)
    with store.grouped():
        write(store, "a")
    assert not store.has_unsaved()
    store.close()


@pytest.fixture
def ashdown(file: Path) -> Iterator[Client]:
    ashdown = client(sandbox(f"sqlite:///{file}"))
    yield ashdown
    ashdown.app.worlds._store.close()  # noqa: SLF001


def bodies() -> list[Any]:
    return [{"data": {"attributes": {**NEW, "school_id": school}}} for school in (NEW["school_id"], "no such school")]


def test_requests_of_one_moment_are_saved_once_and_answered_then(ashdown: Client, file: Path):
    with closing(sqlite3.connect(file, isolation_level=None)) as beside:
        seen: list[int] = []

        async def one(body: Any) -> int:
            status, _ = await send(ashdown, PARTNERSHIPS, body)
            seen.append(beside.execute(COUNTED).fetchone()[0])
            return status

        async def together() -> list[int]:
            return await asyncio.gather(*(one(body) for body in bodies() * 4))

        before = beside.execute(COUNTED).fetchone()[0]
        with traced(ashdown.app) as statements:
            statuses = asyncio.run(together())
    assert sorted(statuses) == [200, *[422] * 7]
    assert seen == [before + 1] * 8
    assert [statement for statement in statements if statement == "COMMIT"] == ["COMMIT"]


def test_requests_whose_writes_cannot_be_saved_are_refused(ashdown: Client, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(ashdown.app.worlds._store.connection, "commit", fails)  # noqa: SLF001

        async def together() -> list[tuple[int, bytes]]:
            return await asyncio.gather(*(send(ashdown, PARTNERSHIPS, body) for body in bodies()))

        answers = asyncio.run(together())
    assert [(status, json.loads(body)) for status, body in answers] == [(503, REFUSED)] * 2
    assert asyncio.run(send(ashdown, PARTNERSHIPS, bodies()[0]))[0] == 200


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_what_is_to_be_undone_is_seen_until_the_end_and_never_saved(file: Path, path: str):
    store = SqliteStore(path or str(file), LAYOUT)
    write(store, "before")
    with store.undone():
        with store.grouped():
            write(store, "within")
        with pytest.raises(Conflict):
            write(store, "refused", "before")
        store.save()
        assert (store.has_unsaved(), ids(store)) == (False, ["before", "within"])
        with store.reading():
            assert ids(store) == ["before", "within"]
    assert ids(store) == ["before"]
    write(store, "alone")
    assert (store.has_unsaved(), ids(store)) == (False, ["alone", "before"])
    with store.grouped():
        write(store, "grouped")
    assert store.has_unsaved() == bool(not path)
    store.save()
    assert (store.has_unsaved(), ids(store)) == (False, ["alone", "before", "grouped"])
    store.close()


def test_requests_whose_writes_are_undone_leave_their_world_as_it_was():
    app = sandbox()
    ashdown = client(app)
    world = app.worlds.all()[0]
    made = []
    for _ in range(2):
        with app.undone():
            app.worlds.set_clock(world, lambda found: (found.clock, found.ahead + 1))
            made.append(ashdown.done("POST", "/partnerships", **NEW))
            assert ashdown.get(f"/partnerships/{made[-1]['id']}") == made[-1]
        assert ashdown.send("GET", f"{PARTNERSHIPS}/{made[-1]['id']}").status == 404
        opened = app.worlds.opened_by(ashdown.token)
        assert opened
        assert opened[0] == world
    assert made[0] == made[1]
