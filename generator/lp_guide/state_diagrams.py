"""Lays out a state diagram for its template.

States form one column, so the diagram of any states is narrow enough for a telephone. The arrow to the next state goes
down. Every other arrow leaves its state sideways and names its target, so no two arrows cross.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Step(NamedTuple):
    """A step from one state to another. A source of None is the start."""

    source: str | None
    target: str
    kind: str
    """The kind of cause: an operation, an actor or time."""
    name: str
    """The cause; empty if the kind is enough."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """All steps between two states."""

    source: str | None
    target: str
    names: Mapping[str, Sequence[str]]
    """The causes of the steps, by kind."""
    is_back: bool
    """Whether the target is further up."""


@dataclass(frozen=True, slots=True)
class Row:
    """A state with its arrows. A state of None is the start."""

    state: str | None
    sideways: Sequence[Arrow]
    down: Arrow | None
    """The arrow to the state of the next row."""


def draw(steps: Sequence[Step]) -> list[Row]:
    """Lay out the steps between states."""
    column = list(_column(steps))
    arrows = _arrows(steps, column)
    after = dict(pairwise(column))
    rows = []
    for state in column:
        own = [arrow for arrow in arrows if arrow.source == state]
        down = next((arrow for arrow in own if arrow.target == after.get(state)), None)
        rows.append(Row(state, [arrow for arrow in own if arrow is not down], down))
    return rows


def _column(steps: Sequence[Step]) -> Iterator[str | None]:
    """Yield the states: after each, the first target of its steps that is not in the column yet."""
    left = dict.fromkeys(name for step in steps for name in step[:2])
    while left:
        state: str | None = next(iter(left))
        while state in left:
            del left[state]
            yield state
            state = next((step.target for step in steps if step.source == state and step.target in left), state)


def _arrows(steps: Sequence[Step], column: Sequence[str | None]) -> list[Arrow]:
    """Merge the steps between the same two states. Arrows are in the order of their targets, and last those back."""
    names: dict[tuple[str | None, str], dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for step in steps:
        names[step.source, step.target][step.kind][step.name] = None
    rows = {state: row for row, state in enumerate(column)}
    arrows = [
        Arrow(source, target, {kind: [*some] for kind, some in kinds.items()}, rows[target] < rows[source])
        for (source, target), kinds in names.items()
    ]
    return sorted(arrows, key=lambda arrow: (arrow.is_back, rows[arrow.target]))
