"""The sandbox's own controls, under /_sandbox/: worlds, and what the sandbox can do."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from functools import cache
from secrets import compare_digest
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import msgspec

from mocks.clock import parse, stamp
from mocks.edition import Edition
from mocks.http import Answer, Request, Routes
from mocks.problems import Refusal, refusal
from mocks.records import World
from mocks.store import Conflict
from mocks.worlds import DEFAULT, Worlds
from spec.contract import Contract, load

PREFIX = "/_sandbox/"
DOCUMENT = PREFIX + "openapi.yaml"
Act = Callable[["Controls", Request, Mapping[str, str]], Any]


@cache
def contract() -> Contract:
    """Load the controls' own contract."""
    return load("sandbox")


class Controls:
    """Answers the requests under /_sandbox/ as their own OpenAPI document says."""

    def __init__(self, edition: Edition, worlds: Worlds, key: str | None = None) -> None:
        """With a `key` the controls are open to whoever sends it; without, to programs on this machine."""
        self._contract = contract()
        self._edition, self._worlds, self._key = edition, worlds, key
        self._routes = Routes((o.method, o.path, o) for o in self._contract.operations.values())
        request = self._contract.operations["createWorld"].request
        self._description = jsonschema_rs.validator_for(dict(request or {}), validate_formats=True)

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises Refusal."""
        if not self._is_open(request):
            raise self._refuse("controls_are_open")
        if request.path == DOCUMENT:
            text = self._contract.sources["openapi.yaml"].text
            return Answer(200, text.encode(), "application/yaml; charset=utf-8")
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._refuse("path_is_known")
        operation, path = found
        result = ACTS[operation.id](self, request, path)
        return Answer(int(operation.success), b"" if result is None else msgspec.json.encode(result))

    def _refuse(self, problem: str) -> Refusal:
        return refusal(self._contract.problems[problem])

    def _is_open(self, request: Request) -> bool:
        if self._key is not None:
            return compare_digest(request.header(b"x-sandbox-key").encode(), self._key.encode())
        origin = request.header(b"origin")
        own = not origin or urlsplit(origin).netloc == request.header(b"host")
        return own and _is_loopback(request.client)

    def _world(self, path: Mapping[str, str]) -> World:
        world = self._worlds.get(path["id"])
        if world is None:
            raise self._refuse("world_is_found")
        return world

    def _described(self, request: Request) -> Mapping[str, Any]:
        if request.body is None:
            raise self._refuse("world_description_is_small")
        try:
            given = msgspec.json.decode(request.body or b"{}")
            self._description.validate(given)
            clock = given.get("clock")
            described: Mapping[str, Any] = given | {"clock": stamp(parse(clock)) if clock else None}
        except (ValueError, msgspec.DecodeError, jsonschema_rs.ValidationError, RecursionError):
            raise self._refuse("world_is_described") from None
        return described

    def _shown(self, world: World) -> Mapping[str, Any]:
        tokens = [
            {"token": token.token, "lead_provider": token.lead_provider, "world": world.id}
            for token in self._worlds.tokens(world)
        ]
        return msgspec.structs.asdict(world) | {"tokens": tokens}

    def list_worlds(self, _request: Request, _path: Mapping[str, str]) -> Any:
        """Answer with every world."""
        return [self._shown(world) for world in self._worlds.all()]

    def create_world(self, request: Request, _path: Mapping[str, str]) -> Any:
        """Make a world."""
        try:
            return self._shown(self._worlds.create(**self._described(request)))
        except Conflict:
            raise self._refuse("world_name_is_free") from None

    def reset_world(self, _request: Request, path: Mapping[str, str]) -> Any:
        """Put a world back to its beginning."""
        world = self._world(path)
        self._worlds.reset(world)
        return self._shown(world)

    def delete_world(self, _request: Request, path: Mapping[str, str]) -> Any:
        """Remove a world."""
        world = self._world(path)
        if world.id == DEFAULT:
            raise self._refuse("world_is_not_default")
        self._worlds.remove(world)

    def list_operations(self, _request: Request, _path: Mapping[str, str]) -> Any:
        """Answer with every operation of the contract."""
        return [
            {
                "operation_id": operation.id,
                "method": operation.method,
                "path": operation.path,
                "stateful": self._edition.is_stateful(operation.id),
            }
            for operation in self._edition.contract.operations.values()
        ]


ACTS: Mapping[str, Act] = {
    "listWorlds": Controls.list_worlds,
    "createWorld": Controls.create_world,
    "resetWorld": Controls.reset_world,
    "deleteWorld": Controls.delete_world,
    "listOperations": Controls.list_operations,
}


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
