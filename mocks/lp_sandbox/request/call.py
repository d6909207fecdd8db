"""A call: everything an operation may know of the request it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import jsonschema_rs
import msgspec

from lp_contract.contract import Operation, Problem
from lp_sandbox.request import query
from lp_sandbox.request.problems import ProblemName, Refusal, refusal, unprocessable
from lp_sandbox.request.rules import BoundRule, broken
from lp_sandbox.worlds.clock import day, stamp
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Slice, Store

SORTABLE = {"created_at": "created_at", "updated_at": "updated_at"}
T = TypeVar("T")
_FORM = "application/x-www-form-urlencoded"
_JSON = ("application/json", "text/x-json", "application/jsonrequest")
"""The media types that Rails reads as JSON. It reads no other type that ends in +json."""


@dataclass(frozen=True, slots=True)
class Body:
    """The shape a body must have: `data.attributes` with at least one of the operation's fields."""

    fields: frozenset[str]
    shape: jsonschema_rs.Validator

    @classmethod
    def of(cls, operation: Operation) -> Body:
        """Derive it from the operation's schema."""
        fields = frozenset(operation.attributes)
        attributes = {"type": "object", "anyOf": [{"required": [field]} for field in sorted(fields)]}
        data = {"type": "object", "required": ["attributes"], "properties": {"attributes": attributes}}
        shape = {"type": "object", "required": ["data"], "properties": {"data": data}}
        return cls(fields, jsonschema_rs.validator_for(shape if fields else {}))


@dataclass(slots=False)
class Call:
    """One request, authenticated, on its way to be answered."""

    operation: Operation
    bound_rules: Sequence[BoundRule]
    body: Body
    problems: Mapping[str, Problem]
    store: Store
    world: World
    lead_provider_id: str
    now: datetime
    """In UTC and whole seconds: the server date of this request, or what the world's clock shows."""
    path: Mapping[str, str]
    parameters: Mapping[str, Any]
    content: bytes
    content_type: str

    @property
    def today(self) -> str:
        """The date in London."""
        return day(self.now)

    @property
    def stamp(self) -> str:
        """The instant as records and answers hold it."""
        return stamp(self.now)

    def problem(self, name: ProblemName) -> Refusal:
        """Make the refusal of a problem that the contract names."""
        return refusal(self.problems[name])

    def found(self, record: T | None) -> T:
        """Return the resource that the path names. Raises the refusal (404) of one that the client cannot see.

        What rules or keys guarantee goes through `lp_sandbox.worlds.records.required`.
        """
        if record is None:
            raise self.problem("resource_is_found")
        return record

    def judge(self, facts: Any) -> None:
        """Ask the rules of the operation. Raises the refusal that lists every one that is broken."""
        errors = broken(self.bound_rules, facts)
        if errors:
            raise unprocessable(errors)

    def attributes(self) -> Mapping[str, Any]:
        """Return the fields under `data.attributes` that the operation takes. Raises the refusal where there are none.

        Objects and lists count as absent.
        """
        return self._attributes

    @cached_property
    def _attributes(self) -> Mapping[str, Any]:
        given = _decoded(self.content, self.content_type)
        if not self.body.shape.is_valid(given):
            raise self.problem("body_has_attributes")
        attributes = given["data"]["attributes"]
        return {
            f: attributes[f] for f in self.body.fields & attributes.keys() if not isinstance(attributes[f], dict | list)
        }

    def text(self, field: str) -> str:
        """Return a field of the body as text, as it is written; empty when it is blank or absent."""
        value = self._attributes.get(field)
        text = "" if value is None or value is False else str(value)
        return "" if text.isspace() else text

    def id_in(self, field: str) -> str:
        """Return a field of the body as an id in its usual form; empty when it is none."""
        return read_id(self.text(field))

    @property
    def filters(self) -> Mapping[str, Any]:
        """What stands in `filter[...]`."""
        return self.parameters.get("filter") or {}

    def filter(self, name: str) -> str:
        """Return a filter that takes one value; empty when it is blank, a list or nested."""
        return query.one(self.filters.get(name))

    def part(self, order: tuple[tuple[str, bool], ...], tie_break: str = "id") -> Slice:
        """Return the page asked for, in the order asked for or else the usual one; ties go by a key."""
        offset, length = self._valid(query.page, self.parameters.get("page"), "page_is_positive")
        can_sort = any(parameter["name"] == "sort" for parameter in self.operation.parameters)
        asked = query.order(self.parameters.get("sort"), SORTABLE) if can_sort else ()
        return Slice((*(asked or order), (tie_break, False)), offset, length)

    def since(self) -> str | None:
        """Return the first instant that `filter[updated_since]` lets through; None when it is blank.

        Raises the refusal of what is no time.
        """
        return self._since

    @cached_property
    def _since(self) -> str | None:
        since: str | None = self._valid(query.since, self.filters.get("updated_since"), "updated_since_is_a_time")
        return since

    def _valid(self, read: Callable[[Any], Any], given: Any, problem: ProblemName) -> Any:
        try:
            return read(given)
        except ValueError:
            raise self.problem(problem) from None


def _decoded(content: bytes, content_type: str) -> Any:
    """Read a body of JSON or of a form; None for what is neither."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == _FORM:
            return query.parameters(content.decode())
        return msgspec.json.decode(content) if kind in _JSON else None
    except (ValueError, RecursionError):
        return None
