"""A call: an authenticated request, as a handler reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import jsonschema_rs
import msgspec

from lp_contract.contract import Operation, Problem
from lp_contract.service_conventions import BodyConvention
from lp_sandbox.request import query
from lp_sandbox.request.media_types import bare
from lp_sandbox.request.once_per_operation import once_per_operation
from lp_sandbox.request.refusals import ProblemName, Refusal, raw_headers, refusal, unprocessable
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.request.rules import BoundRule, broken
from lp_sandbox.worlds.clock import Moment, day, stamp
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import Record, World
from lp_sandbox.worlds.store import Slice, Store, Where

T = TypeVar("T")
R = TypeVar("R", bound=Record)
FILTER: ProblemName = "filter_is_a_hash"


@dataclass(frozen=True, slots=True)
class Body:
    """How the body of an operation's requests is read."""

    fields: frozenset[str]
    """The fields under `data.attributes` that the operation takes."""
    convention: BodyConvention
    shape: jsonschema_rs.Validator
    """The schema that a body must fit."""

    @classmethod
    def of(cls, operation: Operation) -> Body:
        """Derive it from the operation's schema, and from what the edition needs: attributes, or data."""
        return cls(frozenset(operation.attributes), operation.conventions.body, _shape(operation))


@once_per_operation
def _shape(operation: Operation) -> jsonschema_rs.Validator:
    fields = sorted(operation.attributes)
    attributes = {"type": "object", "anyOf": [{"required": [field]} for field in fields]}
    needs: Mapping[str, Any] = {"required": ["attributes"], "properties": {"attributes": attributes}}
    data = {"type": "object", **(needs if operation.conventions.body.needs == "attributes" else {"minProperties": 1})}
    shape = {"type": "object", "required": ["data"], "properties": {"data": data}}
    return jsonschema_rs.validator_for(shape if fields else {})


@dataclass(slots=False)
class Call:
    """One authenticated request to an operation."""

    operation: Operation
    bound_rules: Sequence[BoundRule]
    body: Body
    problems: Mapping[str, Problem]
    store: Store
    world: World
    lead_provider_id: str
    now: datetime
    """In UTC and whole seconds: the server date of this request, or what the world's clock shows."""
    zone: ZoneInfo
    """In which the service's days begin."""
    path: Mapping[str, str]
    parameters: Mapping[str, Any]
    content: bytes
    content_type: str
    media_type: str = ""
    """The media type to answer in, one of the operation's."""

    @property
    def today(self) -> str:
        """The date in the time zone of the service."""
        return day(self.now, self.zone)

    @property
    def moment(self) -> Moment:
        """The time of the request and its date, from which the states of statements and declarations follow."""
        return Moment(self.stamp, self.today, self.zone)

    @property
    def stamp(self) -> str:
        """The time of the request, as records and answers write it."""
        return stamp(self.now)

    def problem(self, name: str) -> Refusal:
        """Make the refusal of a problem that the contract names, in the media type under which the answer lists it."""
        refused = refusal(self.problems[name])
        refused.content_type = self.operation.problem_media_types.get(name, refused.content_type)
        return refused

    def answer(self, body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Answer with another status than the usual one, or with headers.

        A handler that needs neither returns the body alone.
        """
        content_type = self.operation.conventions.content_type(self.media_type)
        status = status or int(self.operation.success)
        known = self.operation.id, self.world.id, self.world.edition
        return Answer(status, body, content_type, raw_headers(headers or {}), (), *known)

    def found(self, record: T | None) -> T:
        """Return the resource in the path. Raises the refusal (404) if the client cannot see the resource.

        Use `lp_sandbox.worlds.records.required` for what rules or keys guarantee.
        """
        if record is None:
            raise self.problem("resource_is_found")
        return record

    def by_id(self, kind: type[R], ids: Collection[str]) -> Mapping[str, R]:
        """Return the records of the world with some ids, by id: one query for a whole page."""
        records: list[Any] = self.store.find(kind, self.world.id, Where("id", "in", tuple(ids)))
        return {record.id: record for record in records}

    def grouped(self, kind: type[R], column: str, values: Collection[str], *, order: str) -> Mapping[str, list[R]]:
        """Return the records with some values in a column, grouped by the value and sorted by another column."""
        found: dict[str, list[R]] = defaultdict(list)
        where = Where(column, "in", tuple(values))
        for record in self.store.find(kind, self.world.id, where, part=Slice(((order, False),))):
            found[getattr(record, column)].append(record)
        return found

    def judge(self, facts: Any) -> None:
        """Check the rules of the operation. Raises the refusal that lists every broken rule."""
        errors = broken(self.bound_rules, facts)
        if errors:
            raise unprocessable(errors, self.operation.conventions)

    def attributes(self) -> Mapping[str, Any]:
        """Return the fields under `data.attributes` that the operation takes. Raises the refusal of a body without any.

        Objects and lists count as absent. By the edition's convention missing attributes can count as empty.
        """
        return self._attributes

    @cached_property
    def _attributes(self) -> Mapping[str, Any]:
        given = self._decoded()
        checks_filter = self.operation.conventions.filters.in_body and FILTER in self.operation.problems
        if checks_filter and not _has_readable_filter(given):
            raise self.problem(FILTER)
        if not self.body.shape.is_valid(given):
            raise self.problem(f"body_has_{self.body.convention.needs}")
        attributes = given["data"].get("attributes")
        if not isinstance(attributes, dict):
            return {}
        return {
            f: attributes[f] for f in self.body.fields & attributes.keys() if not isinstance(attributes[f], dict | list)
        }

    def _decoded(self) -> Any:
        """Read a body of JSON or of a form; None for what is neither. Raises the refusal of JSON with a mistake."""
        kind = bare(self.content_type)
        try:
            return decoded(self.content, kind, self.body.convention)
        except (ValueError, RecursionError):
            if "body_is_json" in self.problems and self.content and kind in self.body.convention.json:
                raise self.problem("body_is_json") from None
            return None

    def text(self, field: str) -> str:
        """Return a field of the body as text; empty when it is blank or absent."""
        value = self._attributes.get(field)
        text = "" if value is None or value is False else str(value)
        if self.body.convention.trim:
            return text.strip()
        return "" if text.isspace() else text

    def id_in(self, field: str) -> str:
        """Return a field of the body as an id in its usual form; empty when it is not an id."""
        return read_id(self.text(field))

    @property
    def filters(self) -> Mapping[str, Any]:
        """The values of `filter[...]`, by key."""
        return self.parameters.get("filter") or {}

    def filter(self, name: str) -> str:
        """Return a filter that takes one value; empty when it is blank, a list or nested."""
        return query.one(self.filters.get(name))

    def listed(self, name: str) -> tuple[Any, ...] | None:
        """Return the values of a filter that the contract calls a list; None when it is blank.

        The word `x-list` says whether the values are texts, ids, years or numbers.
        """
        return query.LISTS[self.operation.filter_lists[name]](self.filters.get(name))

    def part(self, order: tuple[tuple[str, bool], ...], tie_break: str = "id") -> Slice:
        """Return the page that the request names, in the order that it names or else the usual one.

        The key `tie_break` orders equal items. An operation without a parameter `page` has one page with every item.
        """
        limits = self.operation.page_limits
        if limits is None:
            return self.whole(order, tie_break)
        if self.operation.conventions.filters.time_before_page and "updated_since" in self.operation.filters:
            self.since()
        read = partial(query.page, limits=limits)
        offset, length = self._valid(read, self.parameters.get("page"), "page_is_positive")
        return Slice(self._order(order, tie_break), offset, length)

    def whole(self, order: tuple[tuple[str, bool], ...], tie_break: str = "id") -> Slice:
        """Return the whole list, in the order that the request names or else the usual one; no page is read."""
        return Slice(self._order(order, tie_break))

    def _order(self, usual: tuple[tuple[str, bool], ...], tie_break: str) -> tuple[tuple[str, bool], ...]:
        sortable = self.operation.sortable
        requested = query.order(self.parameters.get("sort"), sortable) if sortable else ()
        return (*(requested or usual), (tie_break, False))

    def since(self) -> str | None:
        """Return the first whole second that `filter[updated_since]` includes; None when it is blank.

        The time itself is not included where the contract has `x-exclusive`. Raises the refusal of a value that is not
        a time.
        """
        return self._since

    @cached_property
    def _since(self) -> str | None:
        conventions = self.operation.conventions
        read = partial(
            query.since,
            zone=self.zone,
            decodes_always=conventions.filters.decode_times == "again",
            is_exclusive=self.operation.since_is_exclusive,
        )
        since: str | None = self._valid(read, self.filters.get("updated_since"), "updated_since_is_a_time")
        return since

    def _valid(self, read: Callable[[Any], Any], given: Any, problem: ProblemName) -> Any:
        try:
            return read(given)
        except ValueError:
            raise self.problem(problem) from None


def _has_readable_filter(body: Any) -> bool:
    return not isinstance(body, dict) or isinstance(body.get("filter"), dict | None)


def decoded(content: bytes, media_type: str, convention: BodyConvention) -> Any:
    """Read a body of JSON or of a form; None for another media type. Raises ValueError or RecursionError."""
    if media_type in convention.json:
        return msgspec.json.decode(content)
    return query.parameters(content.decode()) if media_type in convention.forms else None
