"""The invariant of training: one participant trains once at a time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from lp_sandbox.programme.records import MENTOR, TrainingPeriod


def trains_once_at_a_time(periods: Iterable[TrainingPeriod]) -> bool:
    """Say whether no two training periods of one participant overlap, and none ends before it starts.

    The service checks this within one time at a school, and there an ECT is at one school at a time. So the training of
    an ECT never overlaps at all. A mentor can be at several schools at once, each with a lead provider of its own, and
    somebody can train as an ECT and as a mentor at once. The first and the last day belong to a period.
    """
    apart: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for period in periods:
        place = period.role, period.school_id if period.role == MENTOR else ""
        apart.setdefault(place, []).append((period.started_on, period.finished_on))
    return all(_are_in_order(sorted(days)) for days in apart.values())


def _are_in_order(days: list[tuple[str, str]]) -> bool:
    return all(first <= last for first, last in days) and all(last < first for (_, last), (first, _) in pairwise(days))
