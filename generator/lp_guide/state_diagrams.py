"""Lays out a state diagram: the coordinates of boxes and lines, for the template that draws them.

States form one column. A step to the next state is a straight line. Every other step is a line beside the column: on
the right when it goes down, on the left when it goes up, and longer steps further out. So the diagram of any states is
narrow enough for a telephone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

BOX_WIDTH, BOX_HEIGHT, ROW = 150, 34, 62
LANE, GAP, MARGIN, DOT, ARROW = 12, 16, 4, 7, 5
"""Pixels. A box fits the longest name of a state; a row leaves room for an arrow between two boxes."""
SEVERAL = "several"
"""The kind of a line for several steps of different kinds."""


class Step(NamedTuple):
    """A step from one state to another. `kind` is who makes it. A source of None is the start."""

    source: str | None
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """A state."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a step: its path, and the points of its arrowhead."""

    kind: str
    path: str
    head: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram and its size."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]
    start: tuple[int, int]
    """The centre of the dot that marks the start."""
    has_start: bool


class _Arc(NamedTuple):
    """A step that is drawn beside the column, from one row to another."""

    begin: int
    end: int
    kind: str

    @property
    def is_down(self) -> bool:
        """Whether the step goes down."""
        return self.end > self.begin

    @property
    def span(self) -> tuple[int, int]:
        """The upper and the lower row of the step."""
        return min(self.begin, self.end), max(self.begin, self.end)


def draw(steps: Sequence[Step]) -> Diagram:
    """Lay out steps. States are in the order of their first occurrence."""
    rows = {name: row for row, name in enumerate(dict.fromkeys(name for step in steps for name in step[:2]))}
    steps = _one_line_each(steps)
    straight = _straight(rows, steps)
    arcs = [_Arc(rows[s.source], rows[s.target], s.kind) for s in steps if s not in straight]
    lanes = _lanes([arc for arc in arcs if arc.is_down]) | _lanes([arc for arc in arcs if not arc.is_down])
    left = MARGIN + _depth(lanes, down=False)
    ports = _ports(arcs, lanes)
    middle = left + BOX_WIDTH // 2
    lines = [_between(rows[step.source], middle, step.kind, from_dot=step.source is None) for step in straight]
    lines += [_beside(arc, lanes[arc], ports, left, dot_row=rows.get(None)) for arc in arcs]
    return Diagram(
        width=left + BOX_WIDTH + _depth(lanes, down=True) + MARGIN,
        height=(len(rows) - 1) * ROW + BOX_HEIGHT + 2 * MARGIN,
        boxes=[Box(name, left, row * ROW + MARGIN) for name, row in rows.items() if name is not None],
        lines=lines,
        start=(middle, rows.get(None, 0) * ROW + MARGIN + BOX_HEIGHT // 2),
        has_start=None in rows,
    )


def _one_line_each(steps: Sequence[Step]) -> list[Step]:
    """Merge steps between the same two states. A merged step of different kinds has the kind SEVERAL."""
    kinds: dict[tuple[str | None, str], set[str]] = {}
    for step in steps:
        kinds.setdefault((step.source, step.target), set()).add(step.kind)
    return [Step(*ends, SEVERAL if len(some) > 1 else next(iter(some))) for ends, some in kinds.items()]


def _straight(rows: dict[str | None, int], steps: Sequence[Step]) -> list[Step]:
    """Return the steps to the next state in the column."""
    return [step for step in steps if rows[step.target] == rows[step.source] + 1]


def _lanes(arcs: Sequence[_Arc]) -> dict[_Arc, int]:
    """Give each arc of one side a lane. Arcs whose rows overlap have different lanes, and shorter ones are inside."""
    lanes: dict[_Arc, int] = {}
    for arc in sorted(arcs, key=lambda arc: (arc.span[1] - arc.span[0], arc.span)):
        taken = {lane for other, lane in lanes.items() if _meet(arc.span, other.span)}
        lanes[arc] = next(lane for lane in range(len(arcs)) if lane not in taken)
    return lanes


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _depth(lanes: dict[_Arc, int], *, down: bool) -> int:
    used = [lane for arc, lane in lanes.items() if arc.is_down == down]
    return GAP + max(used) * LANE + ARROW if used else 0


def _ports(arcs: Sequence[_Arc], lanes: dict[_Arc, int]) -> dict[tuple[_Arc, int], int]:
    """Return the height at which each arc meets each of its two boxes, with as few crossings as possible."""
    touching: dict[tuple[int, bool], list[_Arc]] = defaultdict(list)
    for arc in arcs:
        touching[arc.begin, arc.is_down].append(arc)
        touching[arc.end, arc.is_down].append(arc)
    ports = {}
    for (row, _), some in touching.items():
        ordered = sorted(some, key=lambda arc: _rank(arc, row, lanes[arc]))
        for place, arc in enumerate(ordered, 1):
            ports[arc, row] = row * ROW + MARGIN + place * BOX_HEIGHT // (len(ordered) + 1)
    return ports


def _rank(arc: _Arc, row: int, lane: int) -> tuple[bool, int]:
    """Sort arcs from above before arcs to below; of the first inner ones first, of the others outer ones first."""
    goes_below = arc.span[0] == row
    return goes_below, -lane if goes_below else lane


def _between(row: int, middle: int, kind: str, *, from_dot: bool) -> Line:
    top = row * ROW + MARGIN + (BOX_HEIGHT // 2 + DOT if from_dot else BOX_HEIGHT)
    bottom = (row + 1) * ROW + MARGIN
    head = f"{middle},{bottom} {middle - ARROW},{bottom - 2 * ARROW} {middle + ARROW},{bottom - 2 * ARROW}"
    return Line(kind, f"M{middle} {top}V{bottom - 2 * ARROW}", head)


def _beside(arc: _Arc, lane: int, ports: dict[tuple[_Arc, int], int], left: int, dot_row: int | None) -> Line:
    sign = 1 if arc.is_down else -1
    edge = left + BOX_WIDTH if arc.is_down else left
    out = edge + sign * (GAP + lane * LANE)
    is_dot = arc.begin == dot_row
    begin = left + BOX_WIDTH // 2 + DOT if is_dot else edge
    begin_at = arc.begin * ROW + MARGIN + BOX_HEIGHT // 2 if is_dot else ports[arc, arc.begin]
    end_at = ports[arc, arc.end]
    back = edge + sign * 2 * ARROW
    head = f"{edge},{end_at} {back},{end_at - ARROW} {back},{end_at + ARROW}"
    return Line(arc.kind, f"M{begin} {begin_at}H{out}V{end_at}H{back}", head)
