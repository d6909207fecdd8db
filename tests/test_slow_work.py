"""A user who waits learns what the program does."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from lp_guide.__main__ import lp_guide
from lp_guide.commands import options_and_failures
from lp_guide.commands.options_and_failures import Command
from lp_guide.slow_work import announced

LONGEST = 60
HAS_ITS_OWN = {"watch"}
"""Commands that say by themselves what they do."""


def test_slow_work_is_announced_while_it_goes_on(monkeypatch):
    monkeypatch.setattr("lp_guide.slow_work.SLOW", 0)
    said = threading.Event()
    with announced(said.set):
        assert said.wait(LONGEST)


def test_quick_work_is_not_announced(monkeypatch):
    monkeypatch.setattr("lp_guide.slow_work.SLOW", LONGEST)
    said, before = threading.Event(), {*threading.enumerate()}
    with announced(said.set):
        (waiting,) = {*threading.enumerate()} - before
    waiting.join(LONGEST / 2)
    assert not waiting.is_alive()
    assert not said.is_set()


def ran_slowly(monkeypatch: pytest.MonkeyPatch, is_terminal: Callable[[io.TextIOBase], bool]) -> Result:
    """Run a command that waits until something is announced, or for a moment if nothing can be."""
    monkeypatch.setattr("lp_guide.slow_work.SLOW", 0)
    monkeypatch.setattr(options_and_failures, "is_terminal", is_terminal)
    announcing, echo = threading.Event(), click.echo

    def heard(*words: str, **options: bool) -> None:
        echo(*words, **options)
        announcing.set()

    @click.command(cls=Command, doing="Counting the sheep")
    def slow() -> None:
        announcing.wait(LONGEST if is_terminal(io.StringIO()) else 0.1)

    monkeypatch.setattr(click, "echo", heard)
    return CliRunner().invoke(slow)


def test_a_slow_command_says_on_a_terminal_what_it_does(monkeypatch):
    result = ran_slowly(monkeypatch, lambda _: True)
    assert (result.stderr, result.stdout) == ("Counting the sheep ...\n", "")


def test_a_slow_command_says_nothing_to_a_file(monkeypatch):
    assert ran_slowly(monkeypatch, lambda _: False).output == ""


def test_every_command_says_what_it_does_when_it_is_slow():
    silent = {name for name, command in lp_guide.commands.items() if not getattr(command, "doing", "")}
    assert silent == HAS_ITS_OWN
