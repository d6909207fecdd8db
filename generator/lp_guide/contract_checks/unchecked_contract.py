"""The input of the checks: an edition, read as far as possible, whether it is sound or not.

Nothing here trusts the shape of the documents: a list in place of a mapping must cause a complaint, not a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from lp_contract import json_references, merge_documents, merge_versions
from lp_contract.file_reading import FILES, parse
from lp_contract.operation import READS
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import MAPPINGS, Complaint, Place, Source, mapping
from lp_guide.writer_mistakes import suggestion

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

Way = tuple[str | int, ...]
"""The path to a value from the top of a document."""

HTTP_SCHEME = "http"
"""The type of a security scheme for tokens in the header Authorization."""


class Finding(NamedTuple):
    """A mistake as a check reports it. `judge` adds the name of the check."""

    place: Place
    message: str
    remedy: str


@dataclass(frozen=True)
class Endpoint:
    """One method of one path, as it was written."""

    way: Way
    path: str
    method: str
    entry: Mapping[str, Any]
    path_parameters: Sequence[Any]
    """The parameters of the path, which all its methods share."""
    is_secured: bool
    """Whether the endpoint needs the token of a lead provider."""

    @property
    def id(self) -> str:
        """The operationId, or a substitute for messages."""
        return str(self.entry.get("operationId") or f"{self.method} {self.path}")

    @property
    def is_write(self) -> bool:
        """Whether the endpoint writes."""
        return self.method not in READS

    @property
    def braces(self) -> list[str]:
        """The names in braces in the path."""
        return re.findall(r"\{([^{}]*)\}", self.path)

    @property
    def rules(self) -> Sequence[Any]:
        """The names under `x-rules`."""
        return sequence(self.entry.get("x-rules"))

    def parameters(self) -> Iterator[tuple[Way, Any]]:
        """Yield the way to every parameter, those of the path first."""
        for index, parameter in enumerate(self.path_parameters):
            yield (*self.way[:-1], "parameters", index), parameter
        for index, parameter in enumerate(sequence(self.entry.get("parameters"))):
            yield (*self.way, "parameters", index), parameter


@dataclass(frozen=True)
class Draft:
    """An edition of the contract that may have mistakes."""

    edition: str
    sources: Mapping[str, Source]
    document: Mapping[str, Any]
    unread: tuple[Complaint, ...]
    """Complaints about unreadable files."""
    misplaced: tuple[Complaint, ...]
    """Complaints about paths that are not where the table of contents says."""

    def place(self, way: Way) -> Place:
        """Return the file and line of a value in the merged document, or of a rule or problem."""
        if merge_documents.TABLE_OF_CONTENTS not in self.sources:
            return Place(self.unread[0].place.file, 1)
        return merge_documents.place(self.sources, way)

    @cached_property
    def resolved(self) -> Mapping[str, Any]:
        """The document with all references resolved. Needs a document whose references can be resolved."""
        return json_references.resolve(self.document)

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every method of every path."""
        return tuple(_endpoints(self.document))

    @cached_property
    def schemas(self) -> tuple[tuple[Way, Mapping[str, Any]], ...]:
        """Every schema with the way to it: components, those of parameters and bodies, and all schemas inside these."""
        return tuple(found for way, schema in schema_roots(self.document) for found in subschemas(way, schema))

    @cached_property
    def texts(self) -> tuple[tuple[Way, str], ...]:
        """Every text in the document, in a rule and in a problem, with the way to it."""
        return tuple(_texts({**self.document, "rules": self.section("rules"), "problems": self.section("problems")}))

    def section(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the rules, or the problems, of all documents by name."""
        if name not in self._sections:
            entries = merge_documents.entries(self.sources, name)
            self._sections[name] = {str(key): mapping(entry) for key, entry in entries}
        return self._sections[name]

    @cached_property
    def _sections(self) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        """What `section` has returned for each name."""
        return {}

    def follow(self, way: Way) -> tuple[Way, Any]:
        """Return (way, value) of the value at a way. Follows references on the way, and a reference as the value."""
        if way not in self._followed:
            around, value = self.follow(way[:-1]) if way else ((), self.document)
            self._followed[way] = self._through((*around, *way[-1:]), look_up(value, way[-1:]))
        return self._followed[way]

    @cached_property
    def _followed(self) -> dict[Way, tuple[Way, Any]]:
        """What `follow` has returned for each way. The checks ask for the same ways many times."""
        return {}

    def reference_on(self, way: Way) -> Way:
        """Return the way to the last reference on the way to a value, or the way itself if it has none."""
        for end in range(len(way), 0, -1):
            around, value = self.follow(way[: end - 1])
            if "$ref" in mapping(look_up(value, way[end - 1 : end])):
                return (*around, way[end - 1])
        return way

    def _through(self, at: Way, value: Any) -> tuple[Way, Any]:
        seen: set[Way] = set()
        while isinstance(value, MAPPINGS) and isinstance(value.get("$ref"), str) and at not in seen:
            seen.add(at)
            at = json_references.steps(value["$ref"])
            value = look_up(self.document, at)
        return at, value

    def responses(self, endpoint: Endpoint) -> Iterator[tuple[str, Way, Mapping[str, Any]]]:
        """Yield (status, way, response) of every answer, with references followed."""
        for status in mapping(endpoint.entry.get("responses")):
            way, response = self.follow((*endpoint.way, "responses", status))
            yield str(status), way, mapping(response)

    def answers(self, endpoint: Endpoint) -> Iterator[tuple[Way, Mapping[str, Any]]]:
        """Yield (way, media type) of every successful answer, JSON or text."""
        for status, way, response in self.responses(endpoint):
            for name, media in mapping(response.get("content")).items():
                if status.startswith("2") and "schema" in mapping(media):
                    yield (*way, "content", name), media

    def request(self, endpoint: Endpoint) -> tuple[Way, Mapping[str, Any]] | None:
        """Return (way, media type) of the body, or None without one. Of several media types, JSON is returned."""
        if "requestBody" not in endpoint.entry:
            return None
        way, body = self.follow((*endpoint.way, "requestBody"))
        content = mapping(mapping(body).get("content"))
        name = next((each for each in content if is_json(each)), next(iter(content), ""))
        return (*way, "content", name), mapping(content.get(name))


def read_draft(edition: str, root: Path) -> Draft:
    """Read an edition as far as possible. Raises ContractError when there is no such edition."""
    sources, unread = merge_documents.read_all(edition, root)
    document, misplaced = merge_versions.merge(sources)
    return Draft(edition, sources, with_names(document), unread, misplaced)


def found_in(source: Source, find: Callable[[Any], Iterable[T]]) -> Sequence[T]:
    """Return what a function finds in the data of a file. When a contract is checked again, most files are the same."""
    found: Sequence[T] = _found_in(source.text, find)
    return found


@lru_cache(maxsize=8 * FILES)  # more than there are such functions for each file
def _found_in(text: str, find: Callable[[Any], Iterable[Any]]) -> Sequence[Any]:
    return tuple(find(parse(text)))


def sequence(value: Any) -> Sequence[Any]:
    """Return the value if it is a list, and an empty one otherwise."""
    return value if isinstance(value, list) else ()


def names(values: Iterable[Any]) -> list[str]:
    """Return the values that can be names."""
    return [value for value in values if isinstance(value, str)]


def meant(name: Any, known: Iterable[str]) -> str:
    """Suggest a known name in place of an unknown one."""
    return suggestion(str(name), dict.fromkeys(known))


def look_up(value: Any, way: Sequence[str | int]) -> Any:
    """Return the value at a way, or None. A position can be a number or text."""
    for step in way:
        if isinstance(value, list):
            index = int(step) if str(step).isdecimal() else len(value)
            value = value[index] if index < len(value) else None
        else:
            holder: Mapping[Any, Any] = mapping(value)
            value = holder[step] if step in holder else holder.get(str(step))
    return value


def with_names(value: Any) -> Any:
    """Convert every key to text, as JSON does. The check `key-is-text` complains about other keys."""
    if isinstance(value, MAPPINGS):
        return {str(key): with_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_names(item) for item in value]
    return value


def _endpoints(document: Mapping[str, Any]) -> Iterator[Endpoint]:
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    tokens = {name for name, scheme in schemes.items() if mapping(scheme).get("type") == HTTP_SCHEME}
    for path, item in mapping(document.get("paths")).items():
        for method in merge_documents.METHODS:
            entry = mapping(item).get(method)
            if isinstance(entry, MAPPINGS):
                yield Endpoint(
                    way=("paths", path, method),
                    path=path,
                    method=method.upper(),
                    entry=entry,
                    path_parameters=sequence(item.get("parameters")),
                    is_secured=any(
                        tokens & mapping(requirement).keys()
                        for requirement in sequence(entry.get("security", document.get("security")))
                    ),
                )


def _texts(value: Any, way: Way = ()) -> Iterator[tuple[Way, str]]:
    for key, item in value.items() if isinstance(value, MAPPINGS) else enumerate(value):
        if isinstance(item, str):
            yield (*way, key), item
        elif isinstance(item, dict | list):
            yield from _texts(item, (*way, key))


NOT_STRUCTURE = ("example", "examples", "default", "links", "enum", "const")
"""Keywords whose values are data, in which nothing is a schema."""


def holders(value: Any, way: Way = ()) -> Iterator[tuple[Way, Mapping[str, Any]]]:
    """Yield everything that has a schema: parameters, headers and media types."""
    if isinstance(value, MAPPINGS):
        if "schema" in value:
            yield way, value
        for key, item in value.items():
            if key not in (*NOT_STRUCTURE, "schema", "schemas") and not key.startswith("x-"):
                yield from holders(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from holders(item, (*way, index))


def schema_roots(document: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    """Yield every schema that is not inside another schema."""
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        yield ("components", "schemas", name), schema
    for way, holder in holders(document):
        yield (*way, "schema"), holder["schema"]


BY_NAME = ("properties", "patternProperties", "dependentSchemas", "$defs")
IN_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
ALONE = (
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)


def subschemas(way: Way, schema: Any) -> Iterator[tuple[Way, Mapping[str, Any]]]:
    """Yield a schema and every schema written inside it."""
    if isinstance(schema, MAPPINGS):
        yield way, schema
        for inner, part in parts(way, schema):
            yield from subschemas(inner, part)


def parts(way: Way, schema: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    """Yield the schemas written directly inside a schema."""
    for keyword in BY_NAME:
        yield from (((*way, keyword, name), part) for name, part in mapping(schema.get(keyword)).items())
    for keyword in IN_LISTS:
        yield from (((*way, keyword, index), part) for index, part in enumerate(sequence(schema.get(keyword))))
    yield from (((*way, keyword), schema[keyword]) for keyword in ALONE if keyword in schema)
