"""What the trials of other tools share: a sandbox with worlds, the published files, and a table of results."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from sandbox_process import serving  # noqa: E402

from lp_contract.contract import load  # noqa: E402
from lp_contract.published_document import files  # noqa: E402

EDITIONS = ("register", "ecf")
BIN = HERE / "node_modules" / ".bin"
SCRIPTS = Path(sys.executable).parent
"""Where the programs of the Python packages are."""
PATIENCE = 300
"""How many seconds a tool can take."""
RESULTS = HERE / "results.md"
HEAD = """# Tools tried on the published documents

`make tools` tries these tools and writes this table. Each row counts the documents, languages or seeds of a check.

| Tool | Version | What it does | Result |
|---|---|---|---|
"""
ROW = "row"


class Row(NamedTuple):
    """A tool that was tried."""

    tool: str
    version: str
    what: str


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
    """Print the table of results, and write it on request. What was not tried this time keeps its row."""
    outcomes: dict[Row, list[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            for row in (Row(*value) for name, value in report.user_properties if name == ROW and report.when == "call"):
                outcomes.setdefault(row, []).append(outcome)
    tried = {(row.tool, row.what): _line(row, said) for row, said in outcomes.items()}
    terminalreporter.write_sep("=", "tools")
    terminalreporter.write_line("\n".join(tried.values()))
    if config.getoption("--results"):
        lines = _written_before() | tried
        RESULTS.write_text(HEAD + "\n".join(lines[key] for key in sorted(lines)) + "\n")


def _line(row: Row, outcomes: Sequence[str]) -> str:
    """Write a row of the table: `passed`, or how many of several passed."""
    result = outcomes[0] if len(outcomes) == 1 else f"{outcomes.count('passed')} of {len(outcomes)} passed"
    return f"| {' | '.join([*row, result])} |"


def _written_before() -> dict[tuple[str, str], str]:
    """Return the rows of the table by tool and by what was tried."""
    lines = RESULTS.read_text().removeprefix(HEAD).splitlines() if RESULTS.is_file() else []
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(tool, what): line for (tool, _, what, _), line in zip(cells, lines, strict=True)}
