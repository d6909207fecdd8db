"""A store that cannot be used is reported in one sentence, with exit code 1, and stays as it is."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from client import client, sandbox, whole_layout
from sandbox_process import PATIENCE, invoke, run, started

from lp_sandbox.worlds.store import CannotOpen
from lp_sandbox.worlds.store.identify_database_files import APPLICATION
from lp_sandbox.worlds.store.open_store import open_store

LAYOUT = whole_layout()
NOBODY = 65534


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a small default world."""
    file = tmp_path_factory.mktemp("sound") / "sandbox.sqlite3"
    app = sandbox(f"sqlite:///{file}")
    client(app)
    app.worlds._store.close()  # noqa: SLF001
    return file


@pytest.fixture
def file(tmp_path: Path, sound: Path) -> Path:
    return shutil.copy(sound, tmp_path / "sandbox.sqlite3")


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        for statement in statements:
            db.execute(statement)


def foreign(file: Path) -> None:
    file.unlink()
    change(file, "CREATE TABLE recipe (name)", "PRAGMA user_version = 3")


def without_a_version(file: Path) -> None:
    file.unlink()
    change(file, "CREATE TABLE world (id)")


def garbled(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for page in range(len(data) // 4096 // 2, len(data) // 4096 // 2 + 40):
        data[page * 4096 : page * 4096 + 100] = b"\xaa" * 100
    file.write_bytes(data)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def of_text(file: Path) -> None:
    file.write_text("Not a database.\n" * 1000)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a database of another program": (foreign, "was written by another program, by another version"),
    "tables and no version": (without_a_version, "was written by another program, by another version"),
    "another version": (lambda f: change(f, "PRAGMA user_version = 7"), "or for other editions"),
    "another application": (lambda f: change(f, "PRAGMA application_id = 7"), "was written by another program"),
    "text": (of_text, "is not a database of the sandbox"),
    "a folder": (a_folder, "is a folder. Name a file with --store."),
    "a pipe": (a_pipe, "is not a regular file. Name a file"),
    "malformed pages": (garbled, "is damaged"),
    "half a file": (cut, "is damaged"),
    "a table less": (lambda f: change(f, "DROP TABLE school"), "is damaged (it lacks what `CREATE TABLE school` made)"),
    "an index less": (
        lambda f: change(f, "DROP INDEX trainingperiod_i0"),
        "is damaged (it lacks what `CREATE INDEX trainingperiod_i0",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do_and_left_as_it_is(file: Path, fault: str):
    break_, message = FAULTS[fault]
    break_(file)
    before = content(file)
    with pytest.raises(CannotOpen) as refused:
        open_store(f"sqlite:///{file}", LAYOUT)
    assert message in str(refused.value)
    assert str(file) in str(refused.value)
    assert "--store" in str(refused.value)
    assert content(file) == before
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


@pytest.mark.parametrize("fault", ["a database of another program", "malformed pages", "a folder"])
def test_a_command_says_so_in_one_sentence_without_a_traceback(file: Path, fault: str):
    break_, message = FAULTS[fault]
    break_(file)
    store = ("--store", f"sqlite:///{file}")
    served, listed = run("serve", "--port", "0", *store), invoke("tokens", *store)
    assert (served.returncode, served.stdout) == (listed.exit_code, listed.stdout) == (1, "")
    assert message in served.stderr
    assert served.stderr == listed.stderr
    assert served.stderr.count("\n") == 1


@pytest.mark.parametrize("table", ["world", "token", "school", "statement", "participant"])
def test_a_default_world_without_what_every_world_has_is_not_served(file: Path, table: str):
    change(file, f"DELETE FROM {table}")
    before = file.read_bytes()
    failed = run("serve", "--port", "0", "--store", f"sqlite:///{file}")
    assert failed.returncode == 1
    assert f"is incomplete: it has no {table}." in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert file.read_bytes() == before


def test_the_tokens_of_a_store_without_a_default_world_do_not_make_it(file: Path):
    app = sandbox(f"sqlite:///{file}")
    client(app, "another")
    default = app.worlds.get("default")
    assert default
    tokens = {token.token for world in app.worlds.all() for token in app.worlds.tokens(world)}
    app.worlds.remove(default)
    result = invoke("tokens", "--edition", "register", "--json", "--store", f"sqlite:///{file}")
    assert {row["token"] for row in json.loads(result.stdout)} == tokens
    assert [world.id for world in app.worlds.all()] == ["another"]


@pytest.fixture
def public(sound: Path) -> Iterator[Path]:
    """A folder with a store that everybody can reach, while this process is nobody: root can read and write all."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    shutil.copy(sound, folder / "sandbox.sqlite3").chmod(0o666)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        yield folder
        os.seteuid(0)
    else:
        yield folder
        folder.chmod(0o777)
    shutil.rmtree(folder)


def test_a_file_that_cannot_be_read_is_named(public: Path):
    _as_owner(lambda: (public / "sandbox.sqlite3").chmod(0))
    with pytest.raises(CannotOpen, match="cannot be used as a store: Permission denied"):
        open_store(f"sqlite:///{public}/sandbox.sqlite3", LAYOUT)


def test_a_file_that_is_read_only_is_named(public: Path):
    _as_owner(lambda: (public / "sandbox.sqlite3").chmod(0o444))
    with pytest.raises(CannotOpen, match="is read-only"):
        open_store(f"sqlite:///{public}/sandbox.sqlite3", LAYOUT)


@pytest.mark.parametrize("name", ["sandbox.sqlite3", "new.sqlite3", "folder/new.sqlite3"])
def test_a_folder_that_is_read_only_is_named(public: Path, name: str):
    _as_owner(lambda: public.chmod(0o555))
    with pytest.raises(CannotOpen, match=r"cannot be opened|is read-only|Permission denied"):
        open_store(f"sqlite:///{public}/{name}", LAYOUT)
    assert [found.name for found in public.iterdir()] == ["sandbox.sqlite3"]


def _as_owner(act: Callable[[], object]) -> None:
    here = os.geteuid()
    with suppress(PermissionError):
        os.seteuid(0)
    act()
    os.seteuid(here)


def test_five_simultaneous_starts_on_a_new_file_all_succeed(tmp_path: Path):
    store = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    processes = [started("--store", store, "--size", "small") for _ in range(5)]
    try:
        tokens = set()
        for process in processes:
            assert process.stdout
            greeting = ""
            for line in process.stdout:
                greeting += line
                if "Ctrl-C" in line:
                    break
            assert "The sandbox is ready" in greeting, greeting
            tokens.add(greeting.partition("Bearer ")[2][:32])
        assert len(tokens) == 1
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=PATIENCE)


def test_no_space_while_a_world_is_seeded_is_reported_and_leaves_no_world(tmp_path: Path):
    file = tmp_path / "sandbox.sqlite3"

    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))

    failed = run("serve", "--port", "0", "--store", f"sqlite:///{file}", preexec_fn=little_space)
    assert failed.returncode == 1
    assert f"{file} cannot be read or written" in failed.stderr
    assert failed.stderr.count("\n") == 1
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM world").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM school").fetchone() == (0,)


def test_a_locked_file_is_reported(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lp_sandbox.worlds.store.connection.AT_START", 100)
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CannotOpen, match="Another program holds the lock of"):
            open_store(f"sqlite:///{file}", LAYOUT)


def test_a_file_is_marked_as_the_sandboxs_own(file: Path):
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION,)


def test_a_sound_file_is_checked_in_a_moment(file: Path):
    begin = time.perf_counter()
    open_store(f"sqlite:///{file}", LAYOUT).close()
    assert time.perf_counter() - begin < 0.5
