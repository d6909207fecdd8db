"""The journal of a store is copied into its file while requests go on, and stays small."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lp_sandbox.register.records import Partnership
from lp_sandbox.worlds.store import Layout, checkpoints
from lp_sandbox.worlds.store.sqlite import SqliteStore

USUAL, MOST = 200_000, 600_000
A_TRANSACTION = 60_000
"""How many bytes a transaction of these tests adds to the journal at the most."""
WRITES = 120
LAYOUT = Layout((Partnership,))


@pytest.fixture(autouse=True)
def _small_journals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "USUAL", USUAL)
    monkeypatch.setattr(checkpoints, "MOST", MOST)
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(file), LAYOUT)
    yield store
    store.close()


def journal(file: Path) -> int:
    return file.with_name(f"{file.name}-wal").stat().st_size


def write(store: SqliteStore, number: int) -> None:
    columns = dict.fromkeys(Partnership.__struct_fields__, str(number)) | {"document": bytes(3000)}
    with store.writing():
        store.put("w", Partnership(**columns))


def sizes(store: SqliteStore, file: Path, first: int = 0) -> list[int]:
    """Write, and return the size of the journal after each transaction."""
    found = []
    for number in range(first, first + WRITES):
        write(store, number)
        found.append(journal(file))
    return found


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "checkpoints"]


def test_the_journal_of_a_store_that_serves_stays_small(store: SqliteStore, file: Path):
    store.serve()
    assert max(sizes(store, file)) <= MOST + A_TRANSACTION


def test_the_journal_of_another_store_may_grow(store: SqliteStore, file: Path):
    assert max(sizes(store, file)) > MOST + A_TRANSACTION


def test_the_writer_copies_a_large_journal_where_the_thread_is_late(
    store: SqliteStore, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checkpoints.Checkpoints, "_copy_most", lambda self: self._is_over.wait(0.01))
    store.serve()
    assert USUAL < max(sizes(store, file)) <= MOST + A_TRANSACTION


def test_writes_go_on_while_another_program_reads_and_then_the_journal_is_short_again(store: SqliteStore, file: Path):
    store.serve()
    write(store, 0)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM partnership").fetchone() == (1,)
        assert max(sizes(store, file)) > MOST + A_TRANSACTION
        assert reader.execute("SELECT count(*) FROM partnership").fetchone() == (1,)
    assert sizes(store, file, WRITES)[-1] <= MOST + A_TRANSACTION


def test_what_was_written_is_in_the_file_alone_after_the_store_is_closed(file: Path):
    store = SqliteStore(str(file), LAYOUT)
    store.serve()
    sizes(store, file)
    assert threads()
    store.close()
    assert not threads()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM partnership").fetchone() == (WRITES,)


def test_a_store_in_memory_has_no_journal_and_no_thread():
    store = SqliteStore(":memory:", LAYOUT)
    store.serve()
    assert not threads()
    store.close()


@pytest.mark.parametrize(("options", "synchronous"), [({}, 1), ({"durable": True}, 2)])
def test_a_durable_store_waits_for_the_disk(store: SqliteStore, options: dict[str, bool], synchronous: int):
    store.serve(**options)
    assert store.connection.row("PRAGMA synchronous") == (synchronous,)
