"""A sandbox that is stopped leaves everything in one file, soon."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from client import client, sandbox
from sandbox_process import PATIENCE, Served, serving, started

from lp_sandbox.web.connections import GRACE

TRIES = 3
"""A busy machine can be slow once or twice. What waits is slow every time."""
SIGNALS = {signal.SIGTERM: "--durable", signal.SIGINT: "--rate-limit", signal.SIGHUP: "--access-log"}
"""Signals that stop a sandbox, each with an option that changes nothing about that."""


def worlds(file: Path) -> list[str]:
    """Name Register's worlds in a file, each of which must be seeded. Nothing at all may be in it yet."""
    db = sqlite3.connect(file)
    is_new = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    seeded = "SELECT id, (SELECT count(*) FROM school WHERE school.world = world.id) > 0 FROM world WHERE edition = ?"
    found = [] if is_new else db.execute(seeded, ("register",)).fetchall()
    db.close()
    assert all(is_seeded for _, is_seeded in found)
    return [id_ for id_, _ in found]


@pytest.mark.parametrize("number", SIGNALS)
def test_the_main_file_alone_is_complete_after_a_signal(tmp_path: Path, number: signal.Signals):
    file, copy = tmp_path / "sandbox.sqlite3", tmp_path / "copy.sqlite3"
    with serving("--store", f"sqlite:///{file}", SIGNALS[number]) as server:
        made = server.write().json()["data"]
        code, said = server.stop(number)
    assert (code, "Everything is kept" in said, "Traceback" in said) == (0, True, False), said
    shutil.copy(file, copy)
    ashdown = client(sandbox(f"sqlite:///{copy}"), clock=None)
    assert ashdown.get(f"/partnerships/{made['id']}") == made


@pytest.mark.parametrize("wait", [0.0, 0.1, 0.3])
def test_a_signal_while_a_world_is_seeded_leaves_a_whole_world_or_none(tmp_path: Path, wait: float):
    file = tmp_path / "sandbox.sqlite3"
    process = started("--store", f"sqlite:///{file}", "--size", "small")
    while not file.exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(wait)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in said, said
    assert worlds(file) in (["default"], [] if process.returncode else ["default"]), said


HALVES = (
    b"GET /api/v3/partnerships HT",
    b"POST /_sandbox/worlds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
)


def test_half_sent_requests_do_not_delay_the_end(tmp_path: Path):
    with serving("--store", f"sqlite:///{tmp_path}/sandbox.sqlite3") as server, ExitStack() as open_until_then:
        for half in HALVES:
            open_until_then.enter_context(_connected(server)).sendall(half)
        time.sleep(0.2)
        begin = time.monotonic()
        code, said = server.stop(signal.SIGTERM)
        assert time.monotonic() - begin < 5
    assert (code, "Traceback" in said) == (0, False), said


def test_a_connection_that_is_kept_open_does_not_delay_the_end(tmp_path: Path):
    def seconds() -> float:
        with serving("--store", f"sqlite:///{tmp_path}/sandbox.sqlite3") as server:
            assert server.read().status_code == 200
            begin = time.monotonic()
            assert server.stop(signal.SIGTERM)[0] == 0
            return time.monotonic() - begin

    assert any(seconds() < GRACE for _ in range(TRIES))


def test_a_second_signal_does_not_interrupt_the_last_write(tmp_path: Path):
    file = tmp_path / "sandbox.sqlite3"
    with serving("--store", f"sqlite:///{file}") as server:
        for _ in range(3):
            server.process.send_signal(signal.SIGTERM)
        code, said = server.stop(signal.SIGTERM)
    assert (code, "Traceback" in said) == (0, False), said
    assert not file.with_name(f"{file.name}-wal").exists()


def _connected(server: Served) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)))
