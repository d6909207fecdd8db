"""Worlds as programs see them: listed, made, forked, reset and removed; their snapshots likewise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lp_sandbox.controls.context import ControlRequest, usual
from lp_sandbox.worlds.clock import parse, stamp
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Conflict
from lp_sandbox.worlds.worlds import DEFAULT


def list_(asked: ControlRequest) -> Any:
    """Answer with every world."""
    return [_shown(asked, world) for world in asked.desk.worlds.all()]


def create(asked: ControlRequest) -> Any:
    """Make a world."""
    described = {**usual(asked.operation), **asked.given()}
    if described.get("clock") is not None:
        described["clock"] = _instant(asked, described["clock"])
    try:
        return _shown(asked, asked.desk.worlds.create(**described))
    except Conflict:
        raise asked.refuse("world_name_is_free") from None


def fork(asked: ControlRequest) -> Any:
    """Make another world that holds the same."""
    try:
        return _shown(asked, asked.desk.worlds.fork(asked.world, asked.given().get("id")))
    except Conflict:
        raise asked.refuse("world_name_is_free") from None


def reset(asked: ControlRequest) -> Any:
    """Put a world back to its beginning."""
    return _shown(asked, asked.desk.worlds.reset(asked.world))


def remove(asked: ControlRequest) -> None:
    """Remove a world."""
    if asked.world.id == DEFAULT:
        raise asked.refuse("world_is_not_default")
    asked.desk.worlds.remove(asked.world)


def list_snapshots(asked: ControlRequest) -> Any:
    """Answer with the snapshots of a world."""
    return [_snapshot_shown(asked.world, snapshot) for snapshot in asked.desk.worlds.snapshots(asked.world)]


def take_snapshot(asked: ControlRequest) -> Any:
    """Keep what a world is now."""
    try:
        return _snapshot_shown(asked.world, asked.desk.worlds.take_snapshot(asked.world, asked.given().get("id")))
    except Conflict:
        raise asked.refuse("snapshot_name_is_free") from None


def restore(asked: ControlRequest) -> Any:
    """Put a world back to what it was when a snapshot was taken."""
    return _shown(asked, asked.desk.worlds.restore(asked.world, _snapshot(asked)))


def remove_snapshot(asked: ControlRequest) -> None:
    """Remove a snapshot."""
    asked.desk.worlds.remove_snapshot(asked.world, _snapshot(asked))


def _instant(asked: ControlRequest, text: str) -> str:
    try:
        return stamp(parse(text))
    except ValueError:
        raise asked.meaningless("clock") from None


def _snapshot(asked: ControlRequest) -> World:
    snapshot = asked.desk.worlds.snapshot(asked.world, asked.path["snapshot"])
    if snapshot is None:
        raise asked.refuse("snapshot_is_found")
    return snapshot


def _shown(asked: ControlRequest, world: World) -> Mapping[str, Any]:
    tokens = [
        {"token": token.token, "lead_provider": token.lead_provider, "world": world.id}
        for token in asked.desk.worlds.tokens(world)
    ]
    fields = ("id", "edition", "size", "seed", "clock", "created_at")
    return {field: getattr(world, field) for field in fields} | {"tokens": tokens}


def _snapshot_shown(world: World, snapshot: World) -> Mapping[str, Any]:
    return {"id": snapshot.id, "world": world.id, "clock": snapshot.clock, "taken_at": snapshot.created_at}
