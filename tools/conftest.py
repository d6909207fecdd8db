"""What the trials of other tools share: a sandbox with worlds, the published files, and a table of results."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from sandbox_process import serving  # noqa: E402

from lp_contract.contract import load  # noqa: E402
from lp_contract.published_document import files  # noqa: E402

EDITIONS = ("register", "ecf")
BIN = HERE / "node_modules" / ".bin"
PATIENCE = 300
"""How many seconds a tool can take."""
RESULTS = HERE / "results.md"
HEAD = """# Tools tried on the published documents

`make tools` tries these tools and writes this table.

| Tool | Version | What it does | Result |
|---|---|---|---|
"""
ROW = "row"


@dataclass(frozen=True)
class World:
    """A new world, in which nothing has been sent yet."""

    url: str
    token: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", action="store_true", help=f"Write the table of results into {RESULTS.name}.")


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a sandbox that runs."""
    with serving("--store", "memory", "--size", "small") as server:
        yield server.url


@pytest.fixture
def new_world(url: str) -> Callable[[str], World]:
    """Makes a world of an edition. Equal worlds give equal answers."""

    def make(edition: str) -> World:
        given = {"edition": edition, "size": "small", "clock": load(edition).seeds["world"]["clock"]}
        made = httpx.post(f"{url}/_sandbox/worlds", json=given, timeout=PATIENCE).raise_for_status()
        return World(url, made.json()["tokens"][0]["token"])

    return make


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published files of every API, each at its path."""
    folder = tmp_path_factory.mktemp("published")
    for edition in EDITIONS:
        for path, content in files(load(edition)).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return folder


@pytest.fixture
def tried(record_property: Callable[[str, Any], None]) -> Callable[[str, str], None]:
    """Adds a row to the table of results: the package of a tool, and what it does."""

    def record(package: str, what: str) -> None:
        record_property(ROW, (package, version(package), what))

    return record


def version(package: str) -> str:
    """Return the version of a package of npm or of Python."""
    pinned: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    return pinned.get(package) or metadata.version(package)


def node(command: str, *words: object, **options: Any) -> str:
    """Run a tool of npm, and return what it says. A tool that fails fails the test, with its words."""
    return run(BIN / command, *words, **options)


def run(*words: object, **options: Any) -> str:
    """Run a program, and return what it says. A program that fails fails the test, with its words."""
    command: Sequence[str] = [*map(str, words)]
    options = {"cwd": HERE, **options}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, **options)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of results, and write it on request."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            for row in (value for name, value in report.user_properties if name == ROW and report.when == "call"):
                rows.setdefault(tuple(row), []).append(outcome)
    lines = [f"| {' | '.join(row)} | {_summary(outcomes)} |" for row, outcomes in sorted(rows.items())]
    terminalreporter.write_sep("=", "tools")
    terminalreporter.write_line("\n".join(lines))
    if config.getoption("--results"):
        RESULTS.write_text(HEAD + "\n".join(lines) + "\n")


def _summary(outcomes: Sequence[str]) -> str:
    """Say `passed`, or how many of several passed."""
    return outcomes[0] if len(outcomes) == 1 else f"{outcomes.count('passed')} of {len(outcomes)} passed"
