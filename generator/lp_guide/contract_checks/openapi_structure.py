"""Checks that the document is valid OpenAPI, and that every operation has what a client must know."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lp_contract import contract_parts, merge_documents
from lp_contract.yaml_source import MAPPINGS, mapping
from lp_guide.contract_checks.examples import meta_schema
from lp_guide.contract_checks.unchecked_contract import (
    NOT_STRUCTURE,
    Draft,
    Endpoint,
    Finding,
    Way,
    found_in,
    meant,
    names,
    schema_roots,
    sequence,
)

SPECIFICATION = "See https://spec.openapis.org/oas/v3.1.0."
UNEXPECTED = re.compile(r"'([^']+)'(?=.* w(?:as|ere) unexpected)")
LONGEST = 160
"""A complaint quotes at most this many characters of the document, which is about a line."""


def openapi(draft: Draft) -> Iterator[Finding]:
    """Everything is valid OpenAPI 3.1 according to openapi-spec-validator, and every schema a valid JSON schema."""
    for way, message in _by_the_specification(draft.document):
        yield Finding(draft.place(way), message, SPECIFICATION)
    for way, schema in schema_roots(draft.document):
        for error in meta_schema().iter_errors(schema):
            yield Finding(draft.place((*way, *error.instance_path)), _sentence(error.message), SPECIFICATION)


def second_opinion(draft: Draft) -> Iterator[Finding]:
    """Prance resolves every reference as the sandbox does, and each refers to the right kind of component."""
    resolved = _resolved_by_prance(draft.document)
    if resolved != draft.resolved:
        message = "Prance resolves the references in another way than the sandbox."
        yield Finding(draft.place(()), message, "Report this mistake in `json_references.resolve`.")
    first: dict[Way, str] = {}
    for way, message in _by_the_specification(resolved):
        first.setdefault(draft.reference_on(way), message)
    for way, message in first.items():
        yield Finding(draft.place(way), f"After references are resolved: {message}", SPECIFICATION)


def _resolved_by_prance(document: Mapping[str, Any]) -> Mapping[str, Any]:
    from prance.util.resolver import RefResolver  # noqa: PLC0415 - it takes a fifth of a second

    resolver = RefResolver(dict(document), "file:///openapi.yaml")
    resolver.resolve_references()
    resolved: Mapping[str, Any] = resolver.specs
    return resolved


def _by_the_specification(document: Mapping[str, Any]) -> Iterator[tuple[Way, str]]:
    """Yield (way, message) of every mistake. The way ends at the word that is wrong."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415 - it takes half a second

    for error in OpenAPIV31SpecValidator.schema_validator.iter_errors(document):
        message = error.message.partition("\n")[0]
        for word in UNEXPECTED.findall(message) or [None]:
            yield tuple(error.absolute_path) + ((word,) if word else ()), _sentence(message)


def _sentence(message: str) -> str:
    return (message if len(message) <= LONGEST else f"{message[:LONGEST]}...").removesuffix(".") + "."


def operation_id(draft: Draft) -> Iterator[Finding]:
    """Every operation has an id, and no two have the same."""
    seen: dict[str, Endpoint] = {}
    for endpoint in draft.endpoints:
        place = draft.place((*endpoint.way, "operationId"))
        if "operationId" not in endpoint.entry:
            yield Finding(place, f"{endpoint.id} has no operationId.", "Give it one, such as `getSchools`.")
        elif endpoint.id in seen:
            other = draft.place((*seen[endpoint.id].way, "operationId"))
            yield Finding(place, f"The operation at {other} is called `{endpoint.id}` too.", "Rename one of them.")
        seen.setdefault(endpoint.id, endpoint)


def path_parameter(draft: Draft) -> Iterator[Finding]:
    """Every brace of a path is a parameter, and every path parameter a brace."""
    for endpoint in draft.endpoints:
        declared = dict(_path_parameters(draft, endpoint))
        strangers = declared.keys() - set(endpoint.braces)
        for name in strangers:
            message = f"The path {endpoint.path} has no `{{{name}}}`."
            yield Finding(draft.place((*declared[name], "name")), message, meant(name, endpoint.braces))
        for name in endpoint.braces:
            # An unknown parameter is most likely a misspelled one of the path, and one complaint is enough.
            if name not in declared and not strangers:
                message = f"{endpoint.id} does not declare the parameter `{name}` of its path."
                yield Finding(draft.place(endpoint.way), message, "Add it under `parameters`, with `in: path`.")


def _path_parameters(draft: Draft, endpoint: Endpoint) -> Iterator[tuple[str, Way]]:
    for way, _ in endpoint.parameters():
        at, parameter = draft.follow(way)
        if mapping(parameter).get("in") == "path":
            yield str(parameter.get("name")), at


def doubled_parameter(draft: Draft) -> Iterator[Finding]:
    """No operation has a parameter twice, counting those of its path."""
    found: dict[Way, str] = {}
    for endpoint in draft.endpoints:
        seen = set()
        for way, _ in endpoint.parameters():
            parameter = mapping(draft.follow(way)[1])
            key = str(parameter.get("in")), str(parameter.get("name"))
            if key in seen:
                found.setdefault(way, f"{endpoint.id} has the parameter `{key[1]}` twice.")
            seen.add(key)
    yield from (Finding(draft.place(way), message, "Remove one of them.") for way, message in found.items())


def ambiguous_path(draft: Draft) -> Iterator[Finding]:
    """No request matches two paths with the same method, unless one path is more literal in every segment."""
    methods = dict(_methods(draft))
    found: dict[Way, str] = {}
    for first, second in itertools.combinations(methods, 2):
        shared = [method for method in methods[second] if method in methods[first]]
        (way, path), (_, other) = second, first
        if shared and (path == other or _ambiguous(other.split("/"), path.split("/"))):
            found.setdefault(way, f"A {' or '.join(shared)} request can fit {path} and {other}.")
    for way, message in found.items():
        yield Finding(draft.place(way), message, "Change one of the two paths.")


def _methods(draft: Draft) -> Iterator[tuple[tuple[Way, str], list[str]]]:
    """Yield every path with its place and its methods, including those that `x-also` and `x-also-at` add."""
    own: dict[str, list[str]] = {}
    further: dict[tuple[Way, str], list[str]] = {}
    for endpoint in draft.endpoints:
        also = endpoint.entry.get("x-also", ())
        methods = [endpoint.method, *(each.upper() for each in names(sequence(also) or [also]))]
        own.setdefault(endpoint.path, []).extend(methods)
        for index, path in enumerate(names(sequence(endpoint.entry.get("x-also-at")))):
            further[(*endpoint.way, "x-also-at", index), path] = methods
    yield from (((("paths", path), path), methods) for path, methods in own.items())
    yield from further.items()


def _ambiguous(first: list[str], second: list[str]) -> bool:
    if len(first) != len(second):
        return False
    pairs = [(a.startswith("{"), b.startswith("{"), a == b) for a, b in zip(first, second, strict=True)]
    both_fit = all(a or b or same for a, b, same in pairs)
    return both_fit and any(a and not b for a, b, _ in pairs) == any(b and not a for a, b, _ in pairs)


def unknown_property(draft: Draft) -> Iterator[Finding]:
    """Every name in `required` is a property."""
    for way, schema in draft.schemas:
        required = names(sequence(schema.get("required")))
        known = set(properties(draft, way)) if required and not _is_open(schema) else set(required)
        for index, name in enumerate(required):
            if name not in known:
                place = draft.place((*way, "required", index))
                yield Finding(place, f"`required` names `{name}`, which is not a property.", meant(name, known))


def _is_open(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("additionalProperties"), MAPPINGS) or "patternProperties" in schema


def properties(draft: Draft, way: Way) -> Iterator[str]:
    """Yield the properties of a schema, of its parts, and of the schema that has it as an alternative."""
    at, schema = draft.follow(way)
    yield from mapping(mapping(schema).get("properties"))
    for index, _ in enumerate(sequence(mapping(schema).get("allOf"))):
        yield from mapping(mapping(draft.follow((*at, "allOf", index))[1]).get("properties"))
    if len(way) > 1 and way[-2] in ("allOf", "anyOf", "oneOf"):
        yield from properties(draft, way[:-2])
    elif way[-1] in ("if", "then", "else", "not"):
        yield from properties(draft, way[:-1])


LISTS_OF_NAMES = ("enum", "tags", "x-rules", "x-problems", "brings", "needs_clean")


def doubled_item(draft: Draft) -> Iterator[Finding]:
    """No list of names has a name twice."""
    for _, source in merge_documents.documents(draft.sources):
        for way, items in found_in(source, _lists):
            doubled = [name for name, count in Counter(map(str, items)).items() if count > 1]
            for name in doubled:
                index = len(items) - 1 - [str(item) for item in reversed(items)].index(name)
                message = f"`{name}` occurs twice in `{way[-1]}`."
                yield Finding(source.place((*way, index)), message, "Remove one of the two.")


def _lists(value: Any, way: Way = ()) -> Iterator[tuple[Way, list[Any]]]:
    if isinstance(value, MAPPINGS):
        for key, item in value.items():
            if key in LISTS_OF_NAMES and isinstance(item, list):
                yield (*way, key), item
            elif key not in NOT_STRUCTURE:
                yield from _lists(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _lists(item, (*way, index))


def missing_status(draft: Draft) -> Iterator[Finding]:
    """Every operation lists the answers that are possible for every operation of its kind."""
    for endpoint in draft.endpoints:
        listed = [str(status) for status in mapping(endpoint.entry.get("responses"))]
        place = draft.place((*endpoint.way, "responses"))
        if not any(status.startswith("2") for status in listed):
            yield Finding(place, f"{endpoint.id} lists no successful answer.", "Add its status, such as 200.")
        for status in _needed(endpoint):
            if status not in listed:
                message = f"{endpoint.id} does not list the answer {status}."
                yield Finding(place, message, "Add it. The shared answers are in common.yaml.")


def _needed(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.is_write and "requestBody" in endpoint.entry:
        yield "400"
    if endpoint.is_secured:
        yield "401"
    if endpoint.rules and endpoint.is_secured:
        yield str(contract_parts.UNPROCESSABLE)


def missing_rules(draft: Draft) -> Iterator[Finding]:
    """Every write of a lead provider lists its rules, or has an empty list."""
    for endpoint in draft.endpoints:
        is_list = isinstance(endpoint.entry.get("x-rules"), list)
        if endpoint.is_write and endpoint.is_secured and not is_list:
            place = draft.place((*endpoint.way, "x-rules"))
            yield Finding(place, f"{endpoint.id} does not list its rules.", "Add `x-rules:` with their names.")


def schema_title(draft: Draft) -> Iterator[Finding]:
    """No schema has a title: client generators would name classes after titles, and confuse equal ones."""
    for way, schema in draft.schemas:
        if "title" in schema:
            message = "A schema has a title. Client generators would use the title as the name of a class."
            yield Finding(draft.place((*way, "title")), message, "Name the component instead; pages show `x-choice:`.")


EXTENSIONS = (
    *("x-also", "x-also-at", "x-choice", "x-conventions", "x-ending", "x-enumDescriptions", "x-evidence"),
    *("x-exclusive", "x-first-request", "x-form", "x-largest", "x-list", "x-one-answer", "x-problems", "x-published"),
    *("x-rate-limit", "x-rules", "x-title", "x-titles", "x-transitions", "x-version-of"),
)


def unknown_extension(draft: Draft) -> Iterator[Finding]:
    """Every word that begins with `x-` is known to the generator or the sandbox."""
    for way in _extensions(draft.document, ()):
        word = str(way[-1])
        if word not in EXTENSIONS:
            yield Finding(draft.place(way), f"`{word}` is an unknown word.", meant(word, EXTENSIONS))


def _extensions(value: Any, way: Way) -> Iterator[Way]:
    if isinstance(value, MAPPINGS):
        for key, item in value.items():
            if key.startswith("x-"):
                yield (*way, key)
            elif key not in NOT_STRUCTURE:
                yield from _extensions(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _extensions(item, (*way, index))
