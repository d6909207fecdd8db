"""The state of a partnership: how many participants train under it, when time last changed it, and until when it holds.

All functions are pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lp_sandbox.programme.day_arithmetic import NEVER, day_after
from lp_sandbox.worlds.clock import day, parse, stamp
from lp_sandbox.worlds.records import FOREVER

COLUMNS = ("started_on", "finished_on", "created_at", "moved_at")
"""The columns of a training period that make up `TrainingDays`."""


class TrainingDays(NamedTuple):
    """The days of a training period, and since when they are known."""

    first: str
    last: str
    recorded_at: str
    moved_at: str | None
    """When the first or last day last changed after it was recorded."""


class PartnershipState(NamedTuple):
    """The state of a partnership from the instant `good_from` until just before `good_until`."""

    training: int
    """How many participants train that day."""
    moved_at: str
    """When time last changed the partnership; empty when it never did."""
    good_from: str
    good_until: str


UNCHANGED_BY_TIME = PartnershipState(0, "", "", NEVER)
"""The state of a partnership that has had no training."""


def partnership_state(training: Collection[TrainingDays], now: str) -> PartnershipState:
    """Return the state of a partnership at an instant, from all training under it.

    The number who train depends on the day in London. Time changes a partnership at 00:01 UTC when training starts that
    day or ended the day before. Training that is recorded, or ends, after that minute changes only the number.
    """
    if not training:
        return UNCHANGED_BY_TIME
    days = {changed for each in training for changed in (each.first, _day_after(each.last))} - {NEVER}
    moves = set(_moves(training))
    instants = sorted({*map(_midnight, days), *moves})
    past, today = bisect_right(instants, now), day(parse(now))
    return PartnershipState(
        training=sum(each.first <= today <= each.last for each in training),
        moved_at=max((moved_at for moved_at in moves if moved_at <= now), default=""),
        good_from=instants[past - 1] if past else "",
        good_until=instants[past] if past < len(instants) else NEVER,
    )


def _moves(training: Iterable[TrainingDays]) -> Iterator[str]:
    """Yield the minutes in which the service changes the partnership, from the training at that time."""
    for each in training:
        begins, is_over = _job_time(each.first), _job_time(_day_after(each.last))
        if each.recorded_at <= begins:
            yield begins
        if each.last != FOREVER and (each.moved_at or each.recorded_at) <= is_over:
            yield is_over


# A world has few different days and many training periods: each day is computed once.
_day_after = lru_cache(maxsize=4096)(day_after)


@lru_cache(maxsize=4096)
def _midnight(day: str) -> str:
    return stamp(parse(day))


@lru_cache(maxsize=4096)
def _job_time(day: str) -> str:
    return f"{day}T00:01:00Z"
