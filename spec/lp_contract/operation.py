"""An operation of a contract as a frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from lp_contract.composed_examples import ALTERNATIVES, example_of
from lp_contract.contract_parts import UNPROCESSABLE, Rule
from lp_contract.service_conventions import DEFAULTS, Conventions
from lp_contract.yaml_source import mapping

READS = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing."""
ListKind = Literal["texts", "ids", "years", "numbers"]
"""The kind of values of a filter that takes several (`x-list`). Only the leading digits of a number count."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How long the pages of a list are."""

    usual: int
    """The length of a page when the request names none."""
    largest: int | None
    """The greatest length; longer requests get this length. None if there is no limit."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path. It equals no other, so that it can be the key of what is derived from it."""

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
    request_example: Any
    """The body as JSON, or as text where its media type is not JSON; None without one."""
    responses: Mapping[str, Mapping[str, Any]]
    """The response objects by status, resolved."""
    rules: tuple[Rule, ...]
    """In the order in which they are checked."""
    is_one_answer: bool = False
    """Whether identical requests that arrive at the same moment are answered once."""
    also: tuple[str, ...] = ()
    """Further methods that the server takes for this one, in capitals. They are not published."""
    also_at: tuple[str, ...] = ()
    """Further paths at which the server answers it. They are not published."""
    request_media_type: str = "application/json"
    """The media type of the request's body in the contract."""
    body_title: str = ""
    """The name of a body that is not JSON, in errors and `broken_by`."""
    takes_token: bool = False
    """Whether a request to it needs the token of a lead provider."""
    is_public: bool = False
    """Whether it is open to everybody, because its `security` is empty."""
    version_of: str = ""
    """The operationId of the operation in another version from which it inherits; empty where there is none."""
    conventions: Conventions = DEFAULTS

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method not in READS

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that the server takes."""
        return (self.method, *self.also)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path at which the server answers it."""
        return (self.path, *self.also_at)

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """The names of the problems that its answers list, by status and then by media type."""
        return tuple(dict.fromkeys(name for _, name in self._problems()))

    @cached_property
    def problem_media_types(self) -> Mapping[str, str]:
        """The media type of a problem that is listed under one, and not for the whole answer, by the problem's name."""
        return {name: media_type for media_type, name in self._problems() if media_type}

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield the media type and name of each problem; the type is empty where the whole answer lists it."""
        for response in self.responses.values():
            yield from (("", name) for name in response.get("x-problems", ()))
            for media_type, content in mapping(response.get("content")).items():
                yield from ((media_type, name) for name in mapping(content).get("x-problems", ()))

    @cached_property
    def success(self) -> str:
        """The status of the answer when all is well."""
        return next((status for status in self.responses if status.startswith("2")), "200")

    @cached_property
    def media_types(self) -> tuple[str, ...]:
        """The media types of the answer when all is well, the usual one first; none where it has no body."""
        return tuple(self._content)

    @cached_property
    def media_type(self) -> str:
        """The media type of the usual answer when all is well; empty where it has no body."""
        return next(iter(self._content), "")

    @cached_property
    def endings(self) -> Mapping[str, str]:
        """The media types by the ending of the path, such as `.csv`, that requests them."""
        return {media["x-ending"]: name for name, media in self._content.items() if "x-ending" in media}

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The JSON schema of the usual answer when all is well, resolved; None where it has no body."""
        return self._answer.get("schema")

    @property
    def answer_example(self) -> Any:
        """The usual answer when all is well: the one written for the operation, or one composed from its schema."""
        return self.example_in(self.media_type)

    def example_in(self, media_type: str) -> Any:
        """Return an answer in one of the media types when all is well; text where the type is not JSON."""
        answer = mapping(self._content.get(media_type))
        return answer["example"] if "example" in answer else example_of(answer.get("schema", {"const": None}))

    @property
    def breakable_rules(self) -> tuple[Rule, ...]:
        """The rules that a request can break, in the order in which they are checked."""
        return tuple(rule for rule in self.rules if rule.unreachable is None)

    def broken_with(self, rule: Rule) -> tuple[Rule, ...]:
        """Return the other rules of the operation that a request breaks together with one."""
        return tuple(each for each in self.rules if each.name in rule.brings)

    def refusal(self, rule: Rule) -> Any:
        """Return the body of the answer to the request that breaks a rule, in the shape of the edition's errors."""
        broken = [each for each in self.rules if each in (rule, *self.broken_with(rule))]
        return self.conventions.errors.body_of(UNPROCESSABLE, [(each.field, each.message) for each in broken])

    @cached_property
    def _content(self) -> Mapping[str, Mapping[str, Any]]:
        content: Mapping[str, Mapping[str, Any]] = mapping(mapping(self.responses.get(self.success)).get("content"))
        return content

    @property
    def _answer(self) -> Mapping[str, Any]:
        return mapping(self._content.get(self.media_type))

    @cached_property
    def attributes(self) -> Mapping[str, Any]:
        """The schemas of the fields under `data.attributes`, by name; empty where it takes no body."""
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

    @cached_property
    def filter_lists(self) -> Mapping[str, ListKind]:
        """The filters that take several values, and what these are, by the name of the filter."""
        schemas = [p["schema"] for p in self.parameters if p["name"] == "filter"]
        properties = {name: part for schema in schemas for name, part in schema["properties"].items()}
        return {name: part["x-list"] for name, part in properties.items() if "x-list" in part}

    @cached_property
    def since_is_exclusive(self) -> bool:
        """Whether `filter[updated_since]` leaves out records that changed at exactly that time (`x-exclusive`)."""
        schemas = [p["schema"] for p in self.parameters if p["name"] == "filter"]
        return any(schema["properties"].get("updated_since", {}).get("x-exclusive", False) for schema in schemas)

    @cached_property
    def sortable(self) -> frozenset[str]:
        """The fields that `sort` can name; none where the operation has no such parameter."""
        schemas = [p["schema"] for p in self.parameters if (p["in"], p["name"]) == ("query", "sort")]
        values = [value for schema in schemas for value in mapping(schema.get("items", schema)).get("enum", ())]
        return frozenset(value.lstrip("-+") for value in values)

    @cached_property
    def page_limits(self) -> PageLimits | None:
        """How long its pages are; None where it has no parameter `page`."""
        schemas = [p["schema"] for p in self.parameters if (p["in"], p["name"]) == ("query", "page")]
        lengths = [mapping(schema.get("properties")).get("per_page", {}) for schema in schemas]
        return next((PageLimits(length["default"], length.get("x-largest")) for length in lengths if length), None)


def attribute_schemas(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields under `data.attributes`, in every alternative."""
    for data in alternatives(mapping(request.get("properties")).get("data", {})):
        for attributes in alternatives(mapping(data.get("properties")).get("attributes", {})):
            yield from mapping(attributes.get("properties")).items()


def alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and every schema of which it is composed."""
    yield schema
    for keyword in ALTERNATIVES:
        for part in schema.get(keyword, ()):
            yield from alternatives(part)
