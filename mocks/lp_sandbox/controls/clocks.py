"""The clock of a world: read, set, put forward, and given back to the real time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lp_sandbox.controls.context import ControlRequest
from lp_sandbox.worlds.clock import REAL, UNITS, Setting, advanced, parse, seconds_in, set_to, shown, stamp
from lp_sandbox.worlds.records import World

T = TypeVar("T")
TAG = "Clock"


def read(asked: ControlRequest) -> Any:
    """Answer with what the clock of a world shows."""
    return _shown(asked.world)


def set_(asked: ControlRequest) -> Any:
    """Set the clock of a world, or let it run or stand still from what it shows."""
    world, given = asked.world, asked.given()
    now = _read(asked, parse, "now") if "now" in given else shown(world.clock, world.ahead)
    return _set(asked, lambda _: set_to(now, running=given.get("running", False)))


def advance(asked: ControlRequest) -> Any:
    """Put the clock of a world forward."""
    given = asked.given()
    seconds = sum(UNITS[unit] * given.get(unit, 0) for unit in UNITS)
    seconds += _read(asked, seconds_in, "duration") if "duration" in given else 0
    return _set(asked, lambda world: advanced((world.clock, world.ahead), seconds))


def release(asked: ControlRequest) -> Any:
    """Give the clock of a world back to the real time."""
    return _set(asked, lambda _: REAL)


def _read(asked: ControlRequest, read: Callable[[str], T], field: str) -> T:
    try:
        return read(asked.given()[field])
    except ValueError:
        raise asked.meaningless(field) from None


def _set(asked: ControlRequest, setting: Callable[[World], Setting]) -> Any:
    try:
        return _shown(asked.desk.worlds.set_clock(asked.world, setting))
    except OverflowError:
        raise asked.refuse("clock_is_within_reach") from None


def _shown(world: World) -> Mapping[str, Any]:
    return {
        "world": world.id,
        "now": stamp(shown(world.clock, world.ahead)),
        "state": "still" if world.clock else "running" if world.ahead else "real",
    }
