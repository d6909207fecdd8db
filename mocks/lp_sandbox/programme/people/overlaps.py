"""The invariant of training: the training periods of one participant do not overlap."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from lp_sandbox.programme.records import MENTOR, TrainingPeriod


def trains_once_at_a_time(training_periods: Iterable[TrainingPeriod]) -> bool:
    """Return whether no two training periods of one participant overlap, and none ends before it starts.

    The service checks this within one school period, and an ECT is at one school at a time. So the training periods
    of an ECT never overlap. A mentor can be at several schools at once, each with its own lead provider, and a
    participant can train as an ECT and as a mentor at once. The first and the last day belong to a training period.
    """
    separate: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for training_period in training_periods:
        group = training_period.role, training_period.school_id if training_period.role == MENTOR else ""
        separate.setdefault(group, []).append((training_period.started_on, training_period.finished_on))
    return all(_are_in_order(sorted(days)) for days in separate.values())


def _are_in_order(days: list[tuple[str, str]]) -> bool:
    return all(first <= last for first, last in days) and all(last < first for (_, last), (first, _) in pairwise(days))
