"""What a contract holds, as frozen values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lp_contract.example import ALTERNATIVES, example_of
from lp_contract.source import mapping

READS = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing."""
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule: what it guards, what a client is told, and a request that breaks it."""

    name: str
    field: str
    """The `title` of the error: the field that is wrong."""
    detail: str
    """The exact message; `{name}` stands for what the facts of that name hold."""
    when: str
    """The condition under which a request breaks the rule, in plain English."""
    broken_by: Mapping[str, Any]
    """What differs from the operation's example request: attributes, or path parameters by their name.

    Empty where the server date alone breaks the rule, and where no request does."""
    needs_clean: tuple[str, ...]
    """The fields that must have no error yet for the rule to be asked; EVERYTHING stands for all."""
    brings: tuple[str, ...] = ()
    """Rules that `broken_by` cannot but break as well."""
    at: str | None = None
    """The server date of the request that breaks it, where the rule depends on the date."""
    shows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What stands in the message for `{name}` when `broken_by` is sent."""
    unreachable: str | None = None
    """Why no request can break the rule; None for a rule that `broken_by` breaks."""

    @property
    def message(self) -> str:
        """The message that `broken_by` is answered with."""
        return self.detail.format_map(self.shows) if self.shows else self.detail

    @property
    def error_entry(self) -> Mapping[str, str]:
        """The error that a client gets when a request breaks this rule."""
        return {"title": self.field, "detail": self.message}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a request can be refused with beside rules."""

    name: str
    status: int
    when: str
    title: str | None = None
    detail: str | None = None
    error: str | None = None
    """The whole message, where the answer is `{"error": ...}`."""
    text: str | None = None
    """The whole message, where the answer is plain text."""
    broken_by: Mapping[str, Any] | None = None
    """A request that meets it: `operation`, and `path`, `query`, `headers`, `body` or `padding` in bytes."""
    shows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What stands in the detail for `{name}` when `broken_by` is sent."""

    @property
    def message(self) -> str:
        """The message that `broken_by` is answered with."""
        if self.detail is not None:
            return self.detail.format_map(self.shows) if self.shows else self.detail
        return self.error or self.text or ""

    @property
    def body(self) -> Mapping[str, Any] | str:
        """The body of the answer: an object, or plain text."""
        if self.text is not None:
            return self.text
        if self.error is not None:
            return {"error": self.error}
        return {"errors": [{"title": self.title, "detail": self.message}]}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the sandbox answers otherwise than the department's service or guidance."""

    subject: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another."""

    source: str | None
    """None for the state in which things begin."""
    target: str
    by: str
    """An operationId, `time`, or an actor of the sandbox."""
    when: str
    """The condition, in plain English."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    """In capitals."""
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    """Every parameter object, those of the path first, resolved."""
    request: Mapping[str, Any] | None
    """The JSON schema of the body, resolved."""
    request_example: Mapping[str, Any] | None
    responses: Mapping[str, Mapping[str, Any]]
    """The response objects by status, resolved."""
    rules: tuple[Rule, ...]
    """In the order in which they are asked."""
    is_one_answer: bool = False
    """Whether identical requests that come at the same moment get the answer of one."""

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method not in READS

    @property
    def success(self) -> str:
        """The status of the answer when all is well."""
        return next((status for status in self.responses if status.startswith("2")), "200")

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The JSON schema of the answer when all is well, resolved; None where it has no body."""
        return self._answer.get("schema")

    @property
    def answer_example(self) -> Any:
        """An answer when all is well: the one written for the operation, or one composed from its schema."""
        answer = self._answer
        return answer["example"] if "example" in answer else example_of(answer.get("schema", {"const": None}))

    @property
    def breakable_rules(self) -> tuple[Rule, ...]:
        """The rules that a request can break, in the order in which they are checked."""
        return tuple(rule for rule in self.rules if rule.unreachable is None)

    def refusal(self, rule: Rule) -> Mapping[str, Any]:
        """Return the body of the answer to the request that breaks a rule: the errors of one field stand together."""
        broken = [asked for asked in self.rules if asked.name in (rule.name, *rule.brings)]
        fields = dict.fromkeys(asked.field for asked in broken)
        return {"errors": [asked.error_entry for name in fields for asked in broken if asked.field == name]}

    @property
    def _answer(self) -> Mapping[str, Any]:
        content = mapping(mapping(self.responses.get(self.success)).get("content"))
        return mapping(content.get("application/json"))

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The schemas of the fields that the body can have, by name; empty where it takes no body."""
        return MappingProxyType(dict(attribute_schemas(self.request or {})))

    @property
    def path_example(self) -> Mapping[str, str]:
        """The example of each path parameter, by name."""
        return {p["name"]: p["example"] for p in self.parameters if p["in"] == "path"}

    @property
    def filters(self) -> tuple[str, ...]:
        """The keys that `filter[...]` takes."""
        return tuple(key for p in self.parameters if p["name"] == "filter" for key in p["schema"]["properties"])

    @property
    def needed_filters(self) -> tuple[str, ...]:
        """The keys that `filter[...]` must have."""
        return tuple(key for p in self.parameters if p["name"] == "filter" for key in p["schema"].get("required", ()))


def attribute_schemas(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields under `data.attributes`, through every alternative."""
    for data in _alternatives(mapping(request.get("properties")).get("data", {})):
        for attributes in _alternatives(mapping(data.get("properties")).get("attributes", {})):
            yield from mapping(attributes.get("properties")).items()


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for keyword in ALTERNATIVES:
        for part in schema.get(keyword, ()):
            yield from _alternatives(part)
