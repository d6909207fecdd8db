"""A request to a control: what it can use of the sandbox, and how it reads what the client sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

import jsonschema_rs
import msgspec

from lp_contract.contract import Contract, Operation
from lp_contract.service_conventions import is_json
from lp_sandbox.controls.body_errors import describe_faults, describe_unreadable, describe_value
from lp_sandbox.request import query
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.refusals import Refusal, refusal
from lp_sandbox.request.request_and_answer import LARGEST_BODY, LARGEST_UPLOAD, Request
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.worlds.clock import read, shown
from lp_sandbox.worlds.records import Token, World
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.world_lifecycle import Worlds

ProblemName = Literal[
    "path_is_known",
    "method_is_allowed",
    "controls_are_open",
    "body_is_small",
    "store_is_usable",
    "world_is_found",
    "world_name_is_free",
    "world_is_not_default",
    "worlds_are_few",
    "snapshot_is_found",
    "snapshot_name_is_free",
    "snapshots_are_few",
    "clock_is_within_reach",
    "lead_provider_is_found",
    "scenario_is_found",
    "act_date_is_a_time",
    "edition_has_the_actor",
    "acts_agree",
]
"""The problems that the controls return, besides `bad_request_problem`. Their contract names exactly these."""


def bad_request_problem(operation: Operation) -> str | None:
    """Name the problem of a body or value that an operation cannot take."""
    return _first_problem(operation, "400")


def no_token_problem(operation: Operation) -> str | None:
    """Name the problem of a request without a token, for an operation that needs one."""
    return _first_problem(operation, "401")


def _first_problem(operation: Operation, status: str) -> str | None:
    """Name the problem that an operation lists first under a status."""
    return next(iter(operation.responses.get(status, {}).get("x-problems", ())), None)


def default_values(operation: Operation) -> dict[str, Any]:
    """Return the contract's default of each field that can be left out of a body."""
    fields = (operation.request or {})["properties"]
    return {name: schema["default"] for name, schema in fields.items() if "default" in schema}


@dataclass(frozen=True, slots=True)
class ControlContext:
    """What the controls of an edition work with."""

    contract: Contract
    """The contract of the controls."""
    edition: Edition
    store: Store
    worlds: Worlds
    editions: Sequence[str]
    """The names of all editions that the sandbox serves."""
    metrics: Metrics

    def refuse(self, problem: ProblemName) -> Refusal:
        """Make the refusal of a problem that the contract of the controls names."""
        return refusal(self.contract.problems[problem])


@dataclass(slots=False)
class ControlRequest:
    """One request to a control."""

    context: ControlContext
    operation: Operation
    shape: jsonschema_rs.Validator
    """Validates its body."""
    http: Request
    path: Mapping[str, str]
    opened: tuple[World, Token] | None = None
    """The world and the lead provider of its token, where the contract lets a token open the operation."""

    def refuse(self, problem: ProblemName) -> Refusal:
        """Make the refusal of a problem that the contract of the controls names."""
        return self.context.refuse(problem)

    @property
    def content(self) -> bytes:
        """The body as the client sent it."""
        largest = LARGEST_BODY if self.is_json else LARGEST_UPLOAD
        if self.http.body is None or len(self.http.body) > largest:
            raise self.refuse("body_is_small")
        return self.http.body

    @property
    def is_json(self) -> bool:
        """Whether the operation takes JSON, and not a file."""
        return is_json(self.operation.request_media_type)

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The fields of the body; empty when there is none. Raises the refusal of a body that breaks the contract."""
        try:
            decoded = msgspec.json.decode(self.content or b"{}")
        except (ValueError, RecursionError) as error:
            raise self.bad_request(describe_unreadable(error)) from None
        if not self.shape.is_valid(decoded):
            raise self.bad_request(describe_faults(self.operation.request or {}, self.shape.iter_errors(decoded)))
        return {name: _whole(value) for name, value in decoded.items()}

    def bad_request(self, fault: str) -> Refusal:
        """Make the refusal of a request that its operation cannot take; `fault` says where it is wrong, and how."""
        problem = self.context.contract.problems[str(bad_request_problem(self.operation))]
        return refusal(dataclasses.replace(problem, shows={"fault": fault}))

    def bad_value(self, field: str) -> Refusal:
        """Make the refusal of a field whose value has the right type but cannot be read."""
        return self.bad_request(describe_value(self.operation.request or {}, field, self.body[field]))

    def parameter(self, name: str) -> str:
        """Return a parameter of the query, or the field of the body with that name; empty when there is neither."""
        value = query.parameters(self.http.query).get(name) if self.http.query else None
        has_fields = self.operation.request is not None and self.is_json
        value = self.body.get(name) if value is None and has_fields else value
        return "" if value is None else str(value)  # a list is the name of nothing

    @property
    def named_world(self) -> World | None:
        """The world that the token opens, or that the path, the query or the body names; None without such a world."""
        if self.opened:
            return self.opened[0]
        name = self.path.get("id") or self.parameter("world")
        return self.context.worlds.get(name) if name else None

    @cached_property
    def world(self) -> World:
        """The world that the token opens or the request names, or else the default world of the edition."""
        if self.opened:
            return self.opened[0]
        default = self.context.edition.template.default_world
        return self.found(self.context.worlds.get(self.path.get("id") or self.parameter("world") or default))

    @property
    def used_world(self) -> str:
        """The name of the world that the control has looked up; empty where it has used none."""
        world = vars(self).get("world")
        return world.id if world else ""

    def seed_world(self) -> None:
        """Seed the world of the request, if it exists and was not used before."""
        with suppress(Refusal):
            self.world = self.context.worlds.seeded(self.world)

    @cached_property
    def server_date(self) -> datetime | None:
        """The time in the header X-With-Server-Date; None without the header. Raises the refusal of another text."""
        if b"x-with-server-date" not in self.http.headers:
            return None
        try:
            return self.parse_time(self.http.header(b"x-with-server-date"))
        except ValueError:
            raise self.refuse("act_date_is_a_time") from None

    def parse_time(self, text: str) -> datetime:
        """Parse a time, in the time zone of the service if it has none. Raises ValueError."""
        return read(text, ZoneInfo(self.context.edition.contract.conventions.zone))

    def now(self, world: World) -> datetime:
        """Return the time of the request in a world: the time in its header, or else the time of the world's clock."""
        return self.server_date or shown(world.clock, world.ahead)

    def found(self, world: World | None) -> World:
        """Return the world that a lookup found. Raises a refusal if it found none."""
        if world is None:
            raise self.refuse("world_is_found")
        return world


def _whole(value: Any) -> Any:
    """Turn 1.0 into 1: to JSON Schema both are the same whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
