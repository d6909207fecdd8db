"""A store that fails while the sandbox runs: writes are refused, reads go on, and it recovers by itself."""

from __future__ import annotations

import json
import logging
import resource
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from controls_client import ask
from sandbox_process import NEW, serving

from lp_sandbox.request.request_and_answer import Answer

LIST = "/api/v3/partnerships"
REFUSED = {edition: edition.problems["store_is_usable"].body for edition in (register().contract, register().controls)}
HURRIED = 1.5
"""In how many seconds a write is refused, on a busy machine too."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


@pytest.fixture
def ashdown(file: Path) -> Iterator[Client]:
    ashdown = client(sandbox(f"sqlite:///{file}"))
    store(ashdown).serve()
    yield ashdown
    store(ashdown).close()


def store(client: Client) -> Any:
    return client.app.worlds._store  # noqa: SLF001


def write(client: Client) -> Answer:
    return client.write("POST", "/partnerships", **NEW)


def move(file: Path, to: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{file}{end}").rename(f"{to}{end}")


@contextmanager
def held(ashdown: Client, file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def read_only(ashdown: Client, file: Path) -> Iterator[None]:
    db = store(ashdown).connection.db
    db.execute("PRAGMA query_only = 1")
    yield
    db.execute("PRAGMA query_only = 0")


@contextmanager
def moved(ashdown: Client, file: Path) -> Iterator[None]:
    move(file, file.with_name("elsewhere"))
    yield
    move(file.with_name("elsewhere"), file)


CONDITIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "another program holds the lock": (held, "holds the lock of {file}"),
    "the file is read-only": (read_only, "{file} is read-only"),
    "the file is moved": (moved, "{file} was removed or replaced"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_write_is_refused_with_one_line_in_the_log_while_reads_go_on(
    ashdown: Client, file: Path, condition: str, caplog: pytest.LogCaptureFixture
):
    begins, message = CONDITIONS[condition]
    before = ashdown.send("GET", LIST).body
    with begins(ashdown, file):
        for _ in range(2):
            caplog.clear()
            begin = time.monotonic()
            answer = write(ashdown)
            assert time.monotonic() - begin < HURRIED
            assert (answer.status, json.loads(answer.body)) == (503, REFUSED[register().contract])
            (record,) = caplog.records
            assert record.levelno == logging.ERROR
            assert message.format(file=file) in record.getMessage()
            assert "\n" not in record.getMessage()
            assert record.exc_info is None
            assert ashdown.send("GET", LIST).body == before
        refused, said = ask(ashdown.app, "POST", "/_sandbox/worlds", {"size": "small"})
        assert (refused.status, said) == (503, REFUSED[register().controls])
        assert [world["id"] for world in ask(ashdown.app, "GET", "/_sandbox/worlds")[1]] == ["default"]
    assert write(ashdown).status == 200


def test_a_world_that_does_not_fit_on_the_disk_is_refused(
    ashdown: Client, file: Path, caplog: pytest.LogCaptureFixture
):
    db = store(ashdown).connection.db
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 100}")
    refused, said = ask(ashdown.app, "POST", "/_sandbox/worlds", {"id": "big", "size": "small"})
    assert (refused.status, said) == (503, REFUSED[register().controls])
    assert f"no space left to write {file}" in caplog.text
    assert ashdown.send("GET", LIST).status == 200
    assert write(ashdown).status == 200
    db.execute("PRAGMA max_page_count = 1000000")
    assert ask(ashdown.app, "POST", "/_sandbox/worlds", {"id": "big", "size": "small"})[0].status == 201


def test_after_the_first_write_others_hardly_wait_for_a_lock(ashdown: Client, file: Path):
    with held(ashdown, file):
        assert write(ashdown).status == 503
        begin = time.monotonic()
        assert {write(ashdown).status for _ in range(5)} == {503}
        assert time.monotonic() - begin < HURRIED


def test_a_write_waits_for_a_lock_that_is_soon_given_back(ashdown: Client, file: Path):
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as db:
        db.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.1, db.rollback)
        release.start()
        assert write(ashdown).status == 200
        release.join()


def test_a_write_to_a_file_that_was_removed_is_refused_until_there_is_one(ashdown: Client, file: Path):
    shutil.copy(file, copy := file.with_name("copy"))
    shutil.copy(f"{file}-wal", f"{copy}-wal")
    for part in file.parent.glob("sandbox.sqlite3*"):
        part.unlink()
    assert write(ashdown).status == 503
    assert not file.exists()
    for part in file.parent.glob("copy*"):
        part.rename(file.with_name(part.name.replace("copy", file.name)))
    assert write(ashdown).status == 200


def test_a_journal_that_was_removed_loses_nothing(ashdown: Client, file: Path):
    made = json.loads(write(ashdown).body)["data"]
    Path(f"{file}-wal").unlink()
    change = {"delivery_partner_id": seed_id("delivery-partners", "moorland-hub")}
    assert ashdown.write("PUT", f"/partnerships/{made['id']}", **change).status == 503
    assert ashdown.get(f"/partnerships/{made['id']}") == made
    changed = ashdown.done("PUT", f"/partnerships/{made['id']}", **change)
    assert client(sandbox(f"sqlite:///{file}")).get(f"/partnerships/{made['id']}") == changed


def test_a_file_that_has_taken_the_place_of_another_is_used_and_not_harmed(ashdown: Client, file: Path):
    other = client(sandbox(f"sqlite:///{file}.other"), "another")
    move(Path(f"{file}.other"), file)
    assert write(ashdown).status == 503
    assert write(other).status == 503
    assert write(ashdown).status == 401  # its world is not in that file
    assert client(ashdown.app, "another").send("GET", LIST).status == 200


def test_a_file_of_another_program_that_has_taken_the_place_is_not_used(ashdown: Client, file: Path):
    before = ashdown.send("GET", LIST).body
    move(file, file.with_name("elsewhere"))
    file.write_text("Not a database.")
    assert {write(ashdown).status for _ in range(3)} == {503}
    assert ashdown.send("GET", LIST).body == before
    assert file.read_text() == "Not a database."
    move_back = file.with_name("elsewhere")
    file.unlink()
    move(move_back, file)
    assert write(ashdown).status == 200


def test_a_server_that_stops_leaves_the_journal_of_the_file_that_took_its_name(tmp_path: Path):
    name = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    first = client(sandbox(name))
    for part in tmp_path.iterdir():
        part.unlink()
    second = client(sandbox(name))
    made = json.loads(write(second).body)["data"]
    store(first).close()
    assert Path(f"{tmp_path}/sandbox.sqlite3-wal").exists()
    third = client(sandbox(name))
    assert third.get(f"/partnerships/{made['id']}") == made


def test_a_damaged_file_is_reported_and_not_read(ashdown: Client, file: Path, caplog: pytest.LogCaptureFixture):
    db = store(ashdown).connection.db
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xaa" * (file.stat().st_size - 4096))
    db.execute("PRAGMA shrink_memory")  # forgets the pages that it knows
    for answer in (ashdown.send("GET", LIST), write(ashdown)):
        assert (answer.status, json.loads(answer.body)) == (503, REFUSED[register().contract])
    assert all("is damaged" in record.getMessage() and not record.exc_info for record in caplog.records)


def test_a_server_without_space_recovers_when_there_is_some(file: Path):
    with serving("--store", f"sqlite:///{file}") as server:
        before, pid = server.read().content, server.process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (Path(f"{file}-wal").stat().st_size, most))
        for _ in range(3):
            assert server.write().status_code == 503
            assert server.read().content == before
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        assert server.write().status_code == 200
        code, said = server.stop(15)
    assert (code, said.count("was refused"), "Traceback" in said) == (0, 3, False), said
