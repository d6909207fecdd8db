"""A diagram of states: where every box and line stands, for the template that draws them.

States stand below each other. A step to the state right below is a line between the two; any other step leaves and
comes at the side, further out the longer it is: on the right when it leads down, on the left when it leads up. So the
whole is narrow enough for a telephone, whatever the states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

BOX_WIDTH, BOX_HEIGHT, ROW = 150, 34, 62
LANE, GAP, MARGIN, DOT, ARROW = 12, 16, 4, 7, 5
SEVERAL = "several"
"""The kind of a line that stands for steps of different kinds."""


class Step(NamedTuple):
    """A step from a state to another, by somebody of a kind. A source of None is the beginning."""

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
    """A step: its path, and the points of the head of its arrow."""

    kind: str
    path: str
    head: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """All of it, and how large it is."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]
    start: tuple[int, int]
    """Where the dot is in which things begin."""
    has_start: bool


class _Arc(NamedTuple):
    """A step that goes by the side, between the rows of two states."""

    begin: int
    end: int
    kind: str

    @property
    def is_down(self) -> bool:
        """Whether it leads to a state further down."""
        return self.end > self.begin

    @property
    def span(self) -> tuple[int, int]:
        """The rows between which it runs, from the upper one."""
        return min(self.begin, self.end), max(self.begin, self.end)


def draw(steps: Sequence[Step]) -> Diagram:
    """Lay out steps, with the states in the order in which they come first."""
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
    """Keep one step from a state to another, which somebody of any of the kinds makes."""
    kinds: dict[tuple[str | None, str], set[str]] = {}
    for step in steps:
        kinds.setdefault((step.source, step.target), set()).add(step.kind)
    return [Step(*ends, SEVERAL if len(some) > 1 else next(iter(some))) for ends, some in kinds.items()]


def _straight(rows: dict[str | None, int], steps: Sequence[Step]) -> list[Step]:
    """Choose the steps that go straight down."""
    return [step for step in steps if rows[step.target] == rows[step.source] + 1]


def _lanes(arcs: Sequence[_Arc]) -> dict[_Arc, int]:
    """Give every arc of one side a lane that it shares with none beside it, short ones inside."""
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
    """Say at which height each arc touches each of its two boxes, so that no two lines cross without need."""
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
    """Sort what comes from above before what goes below; of the first the inner ones first, of the others the outer."""
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
