"""Worlds and their snapshots: list, create, fork, reset, restore and remove them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lp_sandbox.controls.control_request import ControlRequest, default_values
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Conflict


def list_(request: ControlRequest) -> Any:
    """Answer with every world."""
    return [_rendered(request, world) for world in request.context.worlds.all()]


def create(request: ControlRequest) -> Any:
    """Create a world of the edition."""
    fields = {**default_values(request.operation), **request.body}
    fields["edition"] = request.context.edition.contract.edition
    if fields.get("clock") is not None:
        fields["clock"] = _instant(request, fields["clock"])
    try:
        return _rendered(request, request.context.worlds.create(**fields))
    except Conflict:
        raise request.refuse("world_name_is_free") from None


def fork(request: ControlRequest) -> Any:
    """Create another world that holds the same."""
    try:
        return _rendered(request, request.context.worlds.fork(request.world, request.body.get("id")))
    except Conflict:
        raise request.refuse("world_name_is_free") from None


def reset(request: ControlRequest) -> Any:
    """Return a world to its beginning."""
    return _rendered(request, request.context.worlds.reset(request.world))


def remove(request: ControlRequest) -> None:
    """Remove a world."""
    if request.context.worlds.is_default(request.world):
        raise request.refuse("world_is_not_default")
    request.context.worlds.remove(request.world)


def list_snapshots(request: ControlRequest) -> Any:
    """Answer with the snapshots of a world."""
    return [_rendered_snapshot(request.world, snapshot) for snapshot in request.context.worlds.snapshots(request.world)]


def take_snapshot(request: ControlRequest) -> Any:
    """Take a snapshot of a world."""
    try:
        snapshot = request.context.worlds.take_snapshot(request.world, request.body.get("id"))
    except Conflict:
        raise request.refuse("snapshot_name_is_free") from None
    return _rendered_snapshot(request.world, snapshot)


def restore(request: ControlRequest) -> Any:
    """Return a world to the state that a snapshot holds."""
    return _rendered(request, request.context.worlds.restore(request.world, _snapshot(request)))


def remove_snapshot(request: ControlRequest) -> None:
    """Remove a snapshot."""
    request.context.worlds.remove_snapshot(request.world, _snapshot(request))


def _instant(request: ControlRequest, text: str) -> str:
    try:
        return stamp(request.parse_time(text))
    except ValueError:
        raise request.bad_value("clock") from None


def _snapshot(request: ControlRequest) -> World:
    snapshot = request.context.worlds.snapshot(request.world, request.path["snapshot"])
    if snapshot is None:
        raise request.refuse("snapshot_is_found")
    return snapshot


def _rendered(request: ControlRequest, world: World) -> Mapping[str, Any]:
    tokens = [
        {"token": token.token, "lead_provider": token.lead_provider, "world": world.id}
        for token in request.context.worlds.tokens(world)
    ]
    fields = ("id", "edition", "size", "seed", "clock", "created_at")
    return {field: getattr(world, field) for field in fields} | {"tokens": tokens}


def _rendered_snapshot(world: World, snapshot: World) -> Mapping[str, Any]:
    return {"id": snapshot.id, "world": world.id, "clock": snapshot.clock, "taken_at": snapshot.created_at}
