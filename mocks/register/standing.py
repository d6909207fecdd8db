"""How partnerships stand: how many train under them, when time last moved them, and how long that will hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from mocks.clock import day, parse, stamp
from mocks.register.people.days import NEVER, day_after

Days = tuple[str, str]
"""The first and the last day of a training period."""


class Standing(NamedTuple):
    """How a partnership stands at the instants from `good_from` on until right before `good_until`."""

    training: int
    """How many participants train that day."""
    moved_at: str
    """When time last moved it; empty when it never did."""
    good_from: str
    good_until: str


UNMOVED = Standing(0, "", "", NEVER)
"""How a partnership stands under which nobody ever trained."""


def standing(training: Collection[Days], now: str) -> Standing:
    """Say how a partnership stands at an instant, by the days of all training under it.

    Who trains goes by the day in London. Time moves a partnership at 00:01 UTC when training starts that day or ended
    the day before.
    """
    if not training:
        return UNMOVED
    turns = {turn for first, last in training for turn in (first, day_after(last))} - {NEVER}
    today = day(parse(now))
    instants = sorted(instant for turn in turns for instant in (_midnight(turn), _moment(turn)))
    past = bisect_right(instants, now)
    return Standing(
        training=sum(first <= today <= last for first, last in training),
        moved_at=max((moved_at for moved_at in map(_moment, turns) if moved_at <= now), default=""),
        good_from=instants[past - 1] if past else "",
        good_until=instants[past] if past < len(instants) else NEVER,
    )


@lru_cache(maxsize=4096)
def _midnight(turn: str) -> str:
    return stamp(parse(turn))


def _moment(turn: str) -> str:
    return f"{turn}T00:01:00Z"
