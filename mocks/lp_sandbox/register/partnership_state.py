"""How partnerships stand: how many train under them, when time last moved them, and how long that will hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lp_sandbox.programme.days import NEVER, day_after
from lp_sandbox.worlds.clock import day, parse, stamp
from lp_sandbox.worlds.records import FOREVER

COLUMNS = ("started_on", "finished_on", "created_at", "moved_at")
"""What `Spell` holds of a training period."""


class Spell(NamedTuple):
    """The days of a training period, and since when they are known."""

    first: str
    last: str
    recorded_at: str
    moved_at: str | None
    """When the first or last day last changed after it was recorded."""


class PartnershipState(NamedTuple):
    """How a partnership stands at the instants from `good_from` on until right before `good_until`."""

    training: int
    """How many participants train that day."""
    moved_at: str
    """When time last moved it; empty when it never did."""
    good_from: str
    good_until: str


UNCHANGED_BY_TIME = PartnershipState(0, "", "", NEVER)
"""How a partnership stands under which nobody ever trained."""


def standing(training: Collection[Spell], now: str) -> PartnershipState:
    """Say how a partnership stands at an instant, by all training under it.

    Who trains goes by the day in London. Time moves a partnership at 00:01 UTC when training starts that day or ended
    the day before. Training that is recorded, or ends, after that minute changes the number alone.
    """
    if not training:
        return UNCHANGED_BY_TIME
    turns = {turn for spell in training for turn in (spell.first, _day_after(spell.last))} - {NEVER}
    moves = set(_moves(training))
    instants = sorted({*map(_midnight, turns), *moves})
    past, today = bisect_right(instants, now), day(parse(now))
    return PartnershipState(
        training=sum(spell.first <= today <= spell.last for spell in training),
        moved_at=max((moved_at for moved_at in moves if moved_at <= now), default=""),
        good_from=instants[past - 1] if past else "",
        good_until=instants[past] if past < len(instants) else NEVER,
    )


def _moves(training: Iterable[Spell]) -> Iterator[str]:
    """Yield the minutes in which the service moves a partnership, by what it knows of the training then."""
    for spell in training:
        begins, is_over = _moment(spell.first), _moment(_day_after(spell.last))
        if spell.recorded_at <= begins:
            yield begins
        if spell.last != FOREVER and (spell.moved_at or spell.recorded_at) <= is_over:
            yield is_over


_day_after = lru_cache(maxsize=4096)(day_after)


@lru_cache(maxsize=4096)
def _midnight(turn: str) -> str:
    return stamp(parse(turn))


@lru_cache(maxsize=4096)
def _moment(turn: str) -> str:
    return f"{turn}T00:01:00Z"
