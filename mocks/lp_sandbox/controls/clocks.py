"""The clock of a world: read it, set it, advance it, and return it to the real time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lp_sandbox.controls.control_request import ControlRequest
from lp_sandbox.worlds.clock import REAL, UNITS, Setting, advanced, seconds_in, set_to, shown, stamp
from lp_sandbox.worlds.records import World

T = TypeVar("T")
TAG = "Clock"


def read(request: ControlRequest) -> Any:
    """Answer with the time that the clock of a world shows to this request."""
    shown_time = _rendered(request.world)
    return {**shown_time, "now": stamp(request.server_date)} if request.server_date else shown_time


def set_(request: ControlRequest) -> Any:
    """Set the clock of a world, or let it run or stop at the time that it shows."""
    world, body = request.world, request.body
    now = _parsed(request, request.parse_time, "now") if "now" in body else shown(world.clock, world.ahead)
    return _set(request, lambda _: set_to(now, running=body.get("running", False)))


def advance(request: ControlRequest) -> Any:
    """Advance the clock of a world."""
    body = request.body
    seconds = sum(UNITS[unit] * body.get(unit, 0) for unit in UNITS)
    seconds += _parsed(request, seconds_in, "duration") if "duration" in body else 0
    return _set(request, lambda world: advanced((world.clock, world.ahead), seconds))


def release(request: ControlRequest) -> Any:
    """Return the clock of a world to the real time."""
    return _set(request, lambda _: REAL)


def _parsed(request: ControlRequest, parse: Callable[[str], T], field: str) -> T:
    try:
        return parse(request.body[field])
    except ValueError:
        raise request.bad_value(field) from None


def _set(request: ControlRequest, setting: Callable[[World], Setting]) -> Any:
    try:
        return _rendered(request.context.worlds.set_clock(request.world, setting))
    except OverflowError:
        raise request.refuse("clock_is_within_reach") from None


def _rendered(world: World) -> Mapping[str, Any]:
    return {
        "world": world.id,
        "now": stamp(shown(world.clock, world.ahead)),
        "state": "still" if world.clock else "running" if world.ahead else "real",
    }
