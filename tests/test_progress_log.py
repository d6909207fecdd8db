"""What takes long reports its progress, and nobody sees a world before it is whole."""

from __future__ import annotations

import logging
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from client import client, register, sandbox
from controls_client import ask
from sandbox_process import PATIENCE, serving

from lp_sandbox.app import App
from lp_sandbox.worlds.ids import make_token
from lp_sandbox.worlds.progress_log import Progress

WORK: dict[str, tuple[str, str, Any, str]] = {
    "a world is created": ("POST", "", {"id": "new", "size": "small"}, "Creating the world new"),
    "a world is forked": ("POST", "/default/fork", {"id": "fork"}, "Forking the world default"),
    "a world is reset": ("POST", "/default/reset", None, "Resetting the world default"),
    "a world is removed": ("DELETE", "/other", None, "Removing the world other"),
    "a snapshot is taken": ("POST", "/default/snapshots", {"id": "two"}, "Taking a snapshot of the world default"),
    "a snapshot is restored": ("POST", "/default/snapshots/one/restore", None, "Restoring a snapshot of the world"),
    "a snapshot is removed": ("DELETE", "/default/snapshots/one", None, "Removing a snapshot of the world default"),
}


@pytest.fixture(scope="module")
def store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two worlds and a snapshot."""
    file = tmp_path_factory.mktemp("made") / "sandbox.sqlite3"
    app = sandbox(f"sqlite:///{file}")
    client(app)
    client(app, "other")
    ask(app, "POST", "/_sandbox/worlds/default/snapshots", {"id": "one"})
    app.worlds._store.close()  # noqa: SLF001 - all is in one file then
    return file


@pytest.fixture
def app(tmp_path: Path, store_file: Path) -> App:
    return sandbox(f"sqlite:///{shutil.copy(store_file, tmp_path / 'sandbox.sqlite3')}")


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the progress of small worlds too."""
    monkeypatch.setattr("lp_sandbox.worlds.store.connection.STEPS", 5000)


def work(app: App, name: str) -> int:
    method, path, body, _ = WORK[name]
    return ask(app, method, f"/_sandbox/worlds{path}", body)[0].status


@pytest.mark.parametrize("name", WORK)
def test_what_takes_long_reports_how_far_it_is(
    app: App, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("lp_sandbox.worlds.progress_log.EVERY", 0)
    with caplog.at_level(logging.INFO):
        assert work(app, name) < 300
    *lines, last = caplog.messages
    assert lines
    assert all(re.fullmatch(rf"{WORK[name][3]}.*: [\d,]+ records after \d+ seconds \.\.\.", line) for line in lines)
    assert re.fullmatch(rf"{WORK[name][3]}.*: done, [\d,]+ records in \d+ seconds\.", last)


def test_what_is_done_soon_reports_nothing(app: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lp_sandbox.worlds.progress_log.EVERY", PATIENCE)
    with caplog.at_level(logging.INFO):
        assert work(app, "a world is reset") == 200
    assert caplog.messages == []


def watching(monkeypatch: pytest.MonkeyPatch, look: Callable[[], object]) -> list[object]:
    """Look from another process each time that progress could be reported, and return what was seen."""
    seen: list[object] = []
    monkeypatch.setattr(Progress, "__call__", lambda *_: seen.append(look()))
    return seen


@pytest.mark.parametrize("name", WORK)
def test_no_other_process_sees_a_world_that_is_half_made(
    app: App, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    there = sandbox(f"sqlite:///{tmp_path}/sandbox.sqlite3")
    ashdown = client(there)
    other = client(there, "other")

    def look() -> object:
        worlds = ask(there, "GET", "/_sandbox/worlds")[1]
        return worlds, *(one.send("GET", "/api/v3/partnerships").body for one in (ashdown, other))

    before = look()
    seen = watching(monkeypatch, look)
    assert work(app, name) < 300
    assert seen
    assert all(one == before for one in seen)


def test_no_request_to_the_server_sees_a_world_that_is_half_made(tmp_path: Path):
    provider = next(iter(register().template.lead_providers))
    token = {"authorization": f"Bearer {make_token(0, 'new', provider)}"}
    with serving("--store", f"sqlite:///{tmp_path}/sandbox.sqlite3") as server:
        making = threading.Thread(
            target=lambda: server.http.post("/_sandbox/worlds", json={"id": "new", "size": "standard"})
        )
        seen = set()
        making.start()
        while making.is_alive():
            answer = server.http.get("/api/v3/schools?filter[cohort]=2026&page[per_page]=3000", headers=token)
            seen.add((answer.status_code, len(answer.json().get("data", ()))))
        making.join()
        whole = server.http.get("/api/v3/schools?filter[cohort]=2026&page[per_page]=3000", headers=token)
    assert seen <= {(401, 0), (200, len(whole.json()["data"]))}


EAGER = """
from lp_sandbox.worlds import progress_log as progress
progress.EVERY = 0
from lp_sandbox.__main__ import main
main()
"""


BLOCKS: dict[str, Callable[[App], AbstractContextManager[Any]]] = {
    "reported work": lambda app: app.worlds._reported("Seeding", app.worlds.all()[0]),  # noqa: SLF001
    "a write": lambda app: app.worlds.changing(app.worlds.all()[0]),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_whose_end_a_signal_has_skipped_is_silent_after_the_store_is_closed(app: App, block: str):
    left = BLOCKS[block](app)
    left.__enter__()  # a signal can come after this and before `__exit__` begins
    app.worlds._store.close()  # noqa: SLF001
    del left  # what a generator raises now is a warning, and so an error here


def test_a_server_reports_on_stderr_while_it_seeds_and_stops_at_once(tmp_path: Path):
    words = ("serve", "--port", "0", "--store", f"sqlite:///{tmp_path}/sandbox.sqlite3", "--size", "large")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", EAGER, *words], text=True, **pipes) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("Creating the world default: ")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.endswith("\nStopped before the sandbox was ready.\n")
    assert "Traceback" not in said
