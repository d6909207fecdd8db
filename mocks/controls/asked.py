"""A request to a control: what it may know of the sandbox, and how it reads what it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs
import msgspec

from mocks import query
from mocks.edition import Edition
from mocks.http import Request
from mocks.problems import Refusal, refusal
from mocks.records import World
from mocks.store import Store
from mocks.worlds import DEFAULT, Worlds
from spec.contract import Contract, Operation


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands behind every control."""

    contract: Contract
    """The controls' own."""
    edition: Edition
    store: Store
    worlds: Worlds

    def refuse(self, problem: str) -> Refusal:
        """Make the refusal of a problem that the controls' contract names."""
        return refusal(self.contract.problems[problem])


@dataclass(slots=False)
class Asked:
    """One request to a control, on its way to be answered."""

    desk: Desk
    operation: Operation
    shape: jsonschema_rs.Validator
    """What its body must fit."""
    request: Request
    path: Mapping[str, str]

    def refuse(self, problem: str) -> Refusal:
        """Make the refusal of a problem that the controls' contract names."""
        return self.desk.refuse(problem)

    @property
    def content(self) -> bytes:
        """The body as it came in."""
        if self.request.body is None:
            raise self.refuse("body_is_small")
        return self.request.body

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """The body; empty when there is none. Raises the refusal of what does not fit the contract."""
        try:
            given = msgspec.json.decode(self.content or b"{}")
            self.shape.validate(given)
        except (ValueError, msgspec.DecodeError, jsonschema_rs.ValidationError, RecursionError):
            raise self.misdescribed from None
        return dict(given)

    @property
    def misdescribed(self) -> Refusal:
        """The refusal of a request that says what its operation cannot take: the first listed under 400."""
        return self.refuse(self.operation.responses["400"]["x-problems"][0])

    def parameter(self, name: str) -> str:
        """Return a parameter of the query, or what the body says under the same name; empty when there is none."""
        value = query.parameters(self.request.query).get(name) if self.request.query else None
        value = self.given.get(name) if value is None and self.operation.request is not None else value
        return value if isinstance(value, str) else ""

    @cached_property
    def world(self) -> World:
        """The world in the path, or else the one that the query or the body names, or else the default one."""
        return self.found(self.desk.worlds.get(self.path.get("id") or self.parameter("world") or DEFAULT))

    def found(self, world: World | None) -> World:
        """Return a world that was looked for. Raises the refusal for one that is not there."""
        if world is None:
            raise self.refuse("world_is_found")
        return world
