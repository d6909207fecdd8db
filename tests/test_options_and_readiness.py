"""Options from environment variables, and what `lp-sandbox serve` tells scripts when it is ready."""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sandbox_process import invoke

from lp_guide.__main__ import lp_guide
from lp_sandbox.__main__ import main

PROGRAMS = {"LP_SANDBOX": main, "LP_GUIDE": lp_guide}
COMMANDS = [(prefix, command) for prefix, program in PROGRAMS.items() for command in program.commands.values()]


@pytest.mark.parametrize(("prefix", "command"), COMMANDS, ids=lambda given: getattr(given, "name", given))
def test_the_help_of_a_command_names_the_environment_variable_of_every_option(prefix: str, command: click.Command):
    helped = CliRunner().invoke(command, ["--help"], terminal_width=1000).stdout
    options = [option for option in command.params if isinstance(option, click.Option)]
    for option in options:
        name = max(option.opts, key=len).removeprefix("--").upper().replace("-", "_")
        assert f"env var: {prefix}_{name}" in helped
    assert len({option.envvar for option in options}) == len(options)


@pytest.mark.parametrize("prefix", PROGRAMS)
def test_the_list_of_commands_has_whole_sentences(prefix: str):
    commands = CliRunner().invoke(PROGRAMS[prefix], ["--help"], terminal_width=80).stdout.split("Commands:")[1]
    assert [line for line in commands.strip().splitlines() if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize(
    ("prefix", "begun", "whole"), [("LP_SANDBOX", "ser", "serve"), ("LP_GUIDE", "anch", "anchors")]
)
def test_a_shell_completes_commands_as_the_readme_says(prefix: str, begun: str, whole: str):
    program = prefix.lower().replace("_", "-")
    given = {f"_{prefix}_COMPLETE": "bash_complete", "COMP_WORDS": f"{program} {begun}", "COMP_CWORD": "1"}
    assert CliRunner().invoke(PROGRAMS[prefix], [], prog_name=program, env=given).stdout == f"plain,{whole}\n"
    assert f"_{prefix}_COMPLETE" in (Path(__file__).parents[1] / "README.md").read_text()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LP_SANDBOX_EDITION", "ecf", ("operations", "--edition", "ecf")),
        ("LP_SANDBOX_JSON", "true", ("operations", "--json")),
        ("LP_SANDBOX_SEED", "7", ("tokens", "--store", "memory", "--seed", "7")),
    ],
)
def test_a_variable_does_what_its_option_does(variable: str, value: str, words: tuple[str, ...]):
    command, *_ = words
    store = ("--store", "memory") if "--store" in words else ()
    from_variable = invoke(command, *store, env={variable: value}).stdout
    assert from_variable == invoke(*words).stdout
    assert from_variable != invoke(command, *store).stdout


def test_an_option_wins_over_its_variable():
    assert (
        "ecf" not in invoke("rules", "--json", "--edition", "register", env={"LP_SANDBOX_EDITION": "ecf"}).stdout[:300]
    )


def test_a_wrong_value_is_refused_with_the_name_of_the_variable():
    failed = invoke("serve", env={"LP_SANDBOX_PORT": "many"})
    assert failed.exit_code == 2
    assert "LP_SANDBOX_PORT" in failed.stderr


@pytest.fixture
def while_serving(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Takes what to do in place of listening, when `serve` is ready."""

    def replace(then: Callable[[], None]) -> None:
        def run(*_: Any, ready: Callable[[], None], **__: Any) -> None:
            gc.enable()
            ready()
            then()

        monkeypatch.setattr("lp_sandbox.commands.serve.run", run)

    monkeypatch.setattr(logging.getLogger("lp-sandbox"), "handlers", [])
    return replace


def test_json_is_one_line_with_the_address_and_the_tokens_and_the_ready_file_has_the_same(
    tmp_path: Path, while_serving: Callable[..., None]
):
    ready_file, found = tmp_path / "ready.json", []
    while_serving(lambda: found.append(ready_file.read_text()))
    variables = {"LP_SANDBOX_STORE": "memory", "LP_SANDBOX_SIZE": "small", "LP_SANDBOX_READY_FILE": str(ready_file)}
    printed = invoke("serve", "--port", "0", "--json", env=variables).stdout
    assert found == [printed]
    assert printed.count("\n") == 1
    report = json.loads(printed)
    assert report["url"].startswith("http://127.0.0.1:")
    assert report["editions"] == ["register", "ecf"] == [world["edition"] for world in report["worlds"]]
    tokens = json.loads(invoke("tokens", "--store", "memory", "--json").stdout)
    reported = [{**token, "world": world["id"]} for world in report["worlds"] for token in world["tokens"]]
    assert reported == [{name: row[name] for name in ("token", "lead_provider", "world")} for row in tokens]


def test_the_ready_file_exists_only_while_the_sandbox_is_ready(tmp_path: Path, while_serving: Callable[..., None]):
    ready_file, found = tmp_path / "ready.json", []
    ready_file.write_text("of an earlier sandbox that was killed")
    while_serving(lambda: found.append([path.name for path in tmp_path.iterdir()]))
    invoke("serve", "--port", "0", "--store", "memory", "--size", "small", "--ready-file", str(ready_file))
    assert found == [["ready.json"]]
    assert list(tmp_path.iterdir()) == []


def test_a_ready_file_that_cannot_be_written_stops_the_start(tmp_path: Path, while_serving: Callable[..., None]):
    while_serving(lambda: pytest.fail("it has started"))
    failed = invoke("serve", "--port", "0", "--store", "memory", "--ready-file", str(tmp_path / "none" / "ready.json"))
    gc.enable()
    assert failed.exit_code == 1
    assert "--ready-file" in failed.stderr
