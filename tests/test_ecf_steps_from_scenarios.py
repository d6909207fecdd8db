"""Every step between states in ECF's tables can be taken from a named scenario, which is created again for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from client import Client
from controls_client import saved
from ecf_acts import CONTRACT, Step, created
from ecf_client import client, sandbox
from ecf_steps import TABLES

CASES = [(name, step) for name, (_, steps) in TABLES.items() for step in steps]


def test_every_step_in_the_tables_has_its_scenario():
    expected = {
        name: {(step.source, step.target, step.by) for step in steps} for name, steps in CONTRACT.transitions.items()
    }
    assert {name: set(steps) for name, (_, steps) in TABLES.items()} == expected


@pytest.fixture(scope="module")
def penhallow() -> Iterator[tuple[Client, Callable[[], None]]]:
    """A client of a world, and what puts the world back."""
    who = client(sandbox())
    with saved(who.app) as put_back:
        yield who, put_back


@pytest.mark.parametrize(("name", "step"), CASES, ids=str)
def test_a_new_scenario_takes_the_step(penhallow: tuple[Client, Callable[[], None]], name: str, step: Step):
    who, put_back = penhallow
    put_back()
    (look, steps), (source, target, _) = TABLES[name], step
    start, do, *first = steps[step]
    ids = created(who, start)
    for each in first:
        each(who, ids)
    before = look(who, ids)
    after = look(do(who, ids) or who, ids)
    changed = {(before.get(id_), state) for id_, state in after.items() if before.get(id_) != state}
    assert (source, target) in changed
