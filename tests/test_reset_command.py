"""The sandbox reports an old world when it starts, and `lp-sandbox reset` renews it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from client import CLOCK, Client, client, register, sandbox, whole_layout
from msgspec.structs import replace
from sandbox_process import invoke

from lp_sandbox.app import App
from lp_sandbox.worlds.clock import day, real_time
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.world_lifecycle import NOWHERE, Worlds

OLD = {"seeded_on": "2026-06-02", "created_at": "2026-06-02T09:00:00Z"}


def stored(path: Path) -> tuple[str, Worlds]:
    """The name of a store in a file, and its worlds."""
    name = f"sqlite:///{path}"
    return name, Worlds(open_store(name, whole_layout()), [register().template])


def made_old(worlds: Worlds, world: World) -> World:
    """Make a world look as if it was created long ago."""
    old = replace(world, **OLD)
    worlds._store.put(NOWHERE, old)  # noqa: SLF001 - nobody can make a world in the past
    return old


@pytest.fixture(scope="module")
def old_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which the default world is old, and another one is not."""
    file = tmp_path_factory.mktemp("old") / "sandbox.sqlite3"
    _, worlds = stored(file)
    made_old(worlds, worlds.create("default", size="small"))
    worlds.create("ci-42", size="small")
    worlds._store.close()  # noqa: SLF001
    return file


@pytest.fixture
def old(tmp_path: Path, old_file: Path) -> str:
    """The name of a store with an old default world."""
    return f"sqlite:///{shutil.copy(old_file, tmp_path / 'sandbox.sqlite3')}"


def world_in(name: str, id_: str = "default") -> World:
    _, worlds = stored(Path(name.removeprefix("sqlite:///")))
    world = worlds.get(id_)
    assert world
    worlds._store.close()  # noqa: SLF001
    return world


def serve_greeting(store: str) -> str:
    """What `serve` says until it is ready."""
    command = [sys.executable, "-m", "lp_sandbox", "serve", "--port", "0", "--store", store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines: list[str] = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        process.terminate()
    return "".join(lines)


def test_serve_says_from_when_the_people_of_an_old_default_world_are_and_how_to_renew_them(old: str):
    notice = (
        "The people and dates of the world default are those of 2 June 2026. "
        f"`lp-sandbox reset default --store {old}` renews them."
    )
    assert notice.replace("`lp-sandbox", "") in serve_greeting(old).replace("`lp-sandbox", "")
    assert invoke("reset", "--yes", "--store", old).exit_code == 0
    assert "renews them" not in serve_greeting(old)


def test_a_world_with_a_stopped_clock_never_grows_old(tmp_path: Path):
    store, worlds = stored(tmp_path / "sandbox.sqlite3")
    world = worlds.create("default", size="small", clock="2026-06-02T09:00:00Z")
    made_old(worlds, world)
    worlds._store.close()  # noqa: SLF001
    assert "renews them" not in serve_greeting(store)


def test_a_reset_needs_a_confirmation(old: str):
    refused = invoke("reset", "--store", old, input="n\n")
    assert refused.exit_code == 1
    assert "The world default began on 2 June 2026. A reset deletes everything" in refused.stdout
    assert world_in(old).seeded_on == OLD["seeded_on"]
    accepted = invoke("reset", "--store", old, input="y\n")
    assert accepted.exit_code == 0, accepted
    assert world_in(old).seeded_on == day(real_time())


def test_nobody_to_answer_is_a_no(old: str):
    assert invoke("reset", "--store", old).exit_code == 1
    assert world_in(old).seeded_on == OLD["seeded_on"]


def test_with_yes_it_does_not_ask_and_resets_only_the_world_named(old: str):
    answer = invoke("reset", "ci-42", "--yes", "--store", old)
    assert answer.exit_code == 0
    assert "The world ci-42 is as new. Its dates are counted from" in answer.stdout
    assert world_in(old).seeded_on == OLD["seeded_on"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere", "--yes"), "There is no world 'nowhere' in {store}. Known: default, ci-42."),
        (
            ("--yes", "--store", "memory"),
            "A store in memory belongs to the running sandbox. Send POST /_sandbox/worlds/",
        ),
        (("--yes", "--store", "sqlite:///{missing}"), "There is no file {missing}, so there is nothing to reset."),
    ],
    ids=["an unknown world", "a store in memory", "a file that is not there"],
)
def test_a_failed_reset_is_reported_without_a_traceback(words: tuple[str, ...], message: str, old: str, tmp_path: Path):
    names = {"store": old, "missing": str(tmp_path / "missing.sqlite3")}
    given = [word.format(**names) for word in words]
    answer = invoke("reset", *given, *(() if "--store" in given else ("--store", old)))
    assert answer.exit_code == 1
    assert message.format(**names) in answer.stderr
    assert not (tmp_path / "missing.sqlite3").exists()


def test_the_help_of_reset_teaches():
    output = invoke("reset", "--help").stdout
    assert "lp-sandbox reset --yes ci-42" in output
    assert "Its tokens, ids and snapshots stay." in " ".join(output.split())


def statuses(app: App) -> set[str]:
    (world,) = app.worlds.all()
    people = Client(app, app.worlds.tokens(world)[0].token).get("/participants", "page[per_page]=3000")
    return {one["participant_status"] for person in people for one in person["attributes"]["ecf_enrolments"]}


def test_a_reset_counts_dates_from_the_real_day_again_and_keeps_tokens():
    app = sandbox()
    world = app.worlds.create("default", size="small")
    store, edition = app.worlds._store, register()  # noqa: SLF001
    store.clear(world.id, edition.template.kinds)
    store.add(world.id, edition.template.records("small", 0, "2026-06-02"))
    made_old(app.worlds, world)
    assert "joining" not in statuses(app) or day(real_time()) < "2026-09-02"
    tokens = app.worlds.tokens(world)
    renewed = app.worlds.reset(world)
    assert renewed.seeded_on == day(real_time())
    assert app.worlds.tokens(renewed) == tokens
    assert "joining" in statuses(app)


def test_a_reset_counts_dates_from_the_first_clock_where_there_is_one():
    app = sandbox()
    client(app)
    (world,) = app.worlds.all()
    before = statuses(app)
    app.worlds.set_clock(world, lambda _: ("2027-06-01T09:00:00Z", 0))
    assert app.worlds.reset(world).seeded_on == CLOCK[:10]
    assert statuses(app) == before


def test_forks_and_snapshots_keep_the_day_that_they_were_seeded_for():
    app = sandbox()
    world = made_old(app.worlds, app.worlds.create("default", size="small"))
    snapshot = app.worlds.take_snapshot(world)
    assert app.worlds.fork(world).seeded_on == OLD["seeded_on"]
    app.worlds.reset(world)
    assert app.worlds.restore(world, snapshot).seeded_on == OLD["seeded_on"]
