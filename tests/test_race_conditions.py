"""What races the removal of its world or snapshot is refused, and leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import Client, client, register, sandbox
from controls_client import ask
from sandbox_process import NEW

from lp_sandbox.app import App, layout
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.world_lifecycle import Impossible

GONE = "gone"
REGISTRATION = {
    "data": {
        "attributes": {
            "participant_type": "ect",
            "school_id": NEW["school_id"],
            "lead_provider": "Ashdown Teaching Partnership",
        }
    }
}
CONTROLS: dict[str, tuple[str, str, Any]] = {
    "a scenario": ("POST", f"/scenarios/ect-in-training?world={GONE}", None),
    "a clock that is set": ("PUT", f"/clock?world={GONE}", {"now": "2027-01-05T10:00:00Z"}),
    "a clock that is put forward": ("POST", f"/clock/advance?world={GONE}", {"days": 1}),
    "a clock that is given back": ("DELETE", f"/clock?world={GONE}", None),
    "a reset": ("POST", f"/worlds/{GONE}/reset", None),
    "a fork": ("POST", f"/worlds/{GONE}/fork", {"id": "fork"}),
    "a snapshot": ("POST", f"/worlds/{GONE}/snapshots", {"id": "two"}),
    "a snapshot that is restored": ("POST", f"/worlds/{GONE}/snapshots/one/restore", None),
    "a snapshot that is removed": ("DELETE", f"/worlds/{GONE}/snapshots/one", None),
    "a second removal": ("DELETE", f"/worlds/{GONE}", None),
    "an actor": ("POST", f"/actors/school/register-participant?world={GONE}", REGISTRATION),
}


@pytest.fixture(scope="module")
def store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two worlds and a snapshot of the second."""
    file = tmp_path_factory.mktemp("made") / "sandbox.sqlite3"
    app = sandbox(f"sqlite:///{file}")
    client(app)
    client(app, GONE)
    assert ask(app, "POST", f"/_sandbox/worlds/{GONE}/snapshots", {"id": "one"})[0].status == 201
    app.worlds._store.close()  # noqa: SLF001 - all is in one file then
    return file


@pytest.fixture
def here(tmp_path: Path, store_file: Path) -> App:
    return sandbox(f"sqlite:///{shutil.copy(store_file, tmp_path / 'sandbox.sqlite3')}")


@pytest.fixture
def there(tmp_path: Path, here: App) -> App:
    """Another process on the same file."""
    return sandbox(f"sqlite:///{tmp_path}/sandbox.sqlite3")


def just_before_writing(app: App, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen after a request was read, and before it has the right to write."""
    store = app.worlds._store  # noqa: SLF001
    writing, acted = store.writing, []

    def late() -> Any:
        if not acted:
            acted.append(True)
            act()
        return writing()

    monkeypatch.setattr(store, "writing", late)


def left_behind(app: App) -> list[tuple[str, str]]:
    """Name the kinds of records that are kept in a place of the world that is gone, or of a fork of it."""
    db = app.worlds._store.connection  # type: ignore[attr-defined]  # noqa: SLF001
    tables = [kind.__name__.lower() for kind in layout([register()]).kinds]
    return [
        (table, world)
        for table in tables
        for (world,) in db.rows(f"SELECT DISTINCT world FROM {table}")
        if world not in ("", "default")
    ]


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_that_races_the_removal_of_its_world_is_refused(
    here: App, there: App, monkeypatch: pytest.MonkeyPatch, name: str
):
    method, target, body = CONTROLS[name]
    path, _, query = target.partition("?")
    just_before_writing(here, monkeypatch, lambda: ask(there, "DELETE", f"/_sandbox/worlds/{GONE}"))
    answer, said = ask(here, method, f"/_sandbox{path}", body, query=query)
    assert (answer.status, said) == (404, register().controls.problems["world_is_found"].body)
    assert left_behind(here) == []
    assert [world["id"] for world in ask(here, "GET", "/_sandbox/worlds")[1]] == ["default"]


def test_a_write_with_a_token_of_a_world_that_is_just_removed_is_refused(
    here: App, there: App, monkeypatch: pytest.MonkeyPatch
):
    gone = client(here, GONE)
    assert gone.send("GET", "/api/v3/partnerships").status == 200
    just_before_writing(here, monkeypatch, lambda: ask(there, "DELETE", f"/_sandbox/worlds/{GONE}"))
    assert gone.write("POST", "/partnerships", **NEW).status == 401
    assert left_behind(here) == []


@pytest.mark.parametrize(("method", "path"), [("POST", "one/restore"), ("DELETE", "one")])
def test_a_snapshot_that_is_just_removed_is_not_found(
    here: App, there: App, monkeypatch: pytest.MonkeyPatch, method: str, path: str
):
    snapshots = f"/_sandbox/worlds/{GONE}/snapshots"
    just_before_writing(here, monkeypatch, lambda: ask(there, "DELETE", f"{snapshots}/one"))
    before = client(there, GONE).send("GET", "/api/v3/partnerships").body
    answer, said = ask(here, method, f"{snapshots}/{path}")
    assert (answer.status, said) == (404, register().controls.problems["snapshot_is_found"].body)
    assert client(there, GONE).send("GET", "/api/v3/partnerships").body == before


def test_a_clock_that_another_process_has_moved_is_put_forward_from_there(
    here: App, there: App, monkeypatch: pytest.MonkeyPatch
):
    later = {"now": "2027-01-05T10:00:00Z"}
    just_before_writing(here, monkeypatch, lambda: ask(there, "PUT", "/_sandbox/clock", later))
    assert ask(here, "POST", "/_sandbox/clock/advance", {"days": 1})[1]["now"] == "2027-01-06T10:00:00Z"


def test_a_read_sees_a_world_as_of_one_moment(here: App, there: App, monkeypatch: pytest.MonkeyPatch):
    """Another process resets the world after a request has found its token, and before it reads the list."""
    ashdown = client(here)
    made = ashdown.done("POST", "/partnerships", **NEW)
    before = ashdown.get("/partnerships", "page[per_page]=3000")
    opened_by = here.worlds.opened_by

    def found(token: str) -> Any:
        opened = opened_by(token)
        assert ask(there, "POST", "/_sandbox/worlds/default/reset")[0].status == 200
        return opened

    monkeypatch.setattr(here.worlds, "opened_by", found)
    assert ashdown.get("/partnerships", "page[per_page]=3000") == before
    monkeypatch.undo()
    assert made["id"] not in ashdown.ids("/partnerships", "page[per_page]=3000")


def test_a_world_that_is_gone_cannot_be_changed(ashdown: Client):
    worlds = ashdown.app.worlds
    found = worlds.get("default")
    assert isinstance(found, World)
    worlds.remove(found)
    for change in (worlds.remove, worlds.reset, worlds.fork, worlds.take_snapshot):
        with pytest.raises(Impossible, match="world_is_found"):
            change(found)
