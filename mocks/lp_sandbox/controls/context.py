"""A request to a control: what it may know of the sandbox, and how it reads what it was sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import jsonschema_rs
import msgspec

from lp_contract.contract import Contract, Operation
from lp_sandbox.controls.faults import faults, unreadable, wrong
from lp_sandbox.request import query
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.http import Request
from lp_sandbox.request.problems import Refusal, refusal
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.worlds import DEFAULT, Worlds

ProblemName = Literal[
    "path_is_known",
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
"""The problems that the controls answer with, beside `misdescribed`. Their contract must name them and no others."""


def misdescribed(operation: Operation) -> str | None:
    """Name the problem of a request that says what its operation cannot take: the first listed under 400."""
    return next(iter(operation.responses.get("400", {}).get("x-problems", ())), None)


def usual(operation: Operation) -> dict[str, Any]:
    """Return what the contract says of each field that is left out of a body."""
    fields = (operation.request or {})["properties"]
    return {name: schema["default"] for name, schema in fields.items() if "default" in schema}


@dataclass(frozen=True, slots=True)
class ControlContext:
    """What stands behind every control."""

    contract: Contract
    """The controls' own."""
    edition: Edition
    store: Store
    worlds: Worlds

    def refuse(self, problem: ProblemName) -> Refusal:
        """Make the refusal of a problem that the controls' contract names."""
        return refusal(self.contract.problems[problem])


@dataclass(slots=False)
class ControlRequest:
    """One request to a control, on its way to be answered."""

    desk: ControlContext
    operation: Operation
    shape: jsonschema_rs.Validator
    """What its body must fit."""
    request: Request
    path: Mapping[str, str]

    def refuse(self, problem: ProblemName) -> Refusal:
        """Make the refusal of a problem that the controls' contract names."""
        return self.desk.refuse(problem)

    @property
    def content(self) -> bytes:
        """The body as it came in."""
        if self.request.body is None:
            raise self.refuse("body_is_small")
        return self.request.body

    def given(self) -> Mapping[str, Any]:
        """Return the body; empty when there is none. Raises the refusal of what does not fit the contract."""
        return self._given

    @cached_property
    def _given(self) -> Mapping[str, Any]:
        try:
            given = msgspec.json.decode(self.content or b"{}")
        except (ValueError, RecursionError) as error:
            raise self.misdescribed(unreadable(error)) from None
        if not self.shape.is_valid(given):
            raise self.misdescribed(faults(self.operation.request or {}, self.shape.iter_errors(given)))
        return {name: _whole(value) for name, value in given.items()}

    def misdescribed(self, fault: str) -> Refusal:
        """Make the refusal of a request that says what its operation cannot take; `fault` tells where, and what."""
        problem = self.desk.contract.problems[str(misdescribed(self.operation))]
        return refusal(dataclasses.replace(problem, shows={"fault": fault}))

    def meaningless(self, field: str) -> Refusal:
        """Make the refusal of a field whose value has the right type, but no meaning."""
        return self.misdescribed(wrong(self.operation.request or {}, field, self.given()[field]))

    def parameter(self, name: str) -> str:
        """Return a parameter of the query, or what the body says under the same name; empty when there is none."""
        value = query.parameters(self.request.query).get(name) if self.request.query else None
        value = self._given.get(name) if value is None and self.operation.request is not None else value
        return "" if value is None else str(value)  # a list names nothing that there is

    @cached_property
    def world(self) -> World:
        """The world in the path, or else the one that the query or the body names, or else the default one."""
        return self.found(self.desk.worlds.get(self.path.get("id") or self.parameter("world") or DEFAULT))

    def found(self, world: World | None) -> World:
        """Return a world that was looked for. Raises the refusal for one that is not there."""
        if world is None:
            raise self.refuse("world_is_found")
        return world


def _whole(value: Any) -> Any:
    """Read 1.0 as 1: JSON Schema takes both for the same whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
