"""Checks that every keyword of a schema has an effect where it is written."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY

from lp_contract.yaml_source import mapping
from lp_guide.contract_checks.openapi_structure import properties
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, meant, names, parts, sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OPENAPI = ("discriminator", "example", "externalDocs", "xml")
"""The keywords that OpenAPI 3.1 adds to those of JSON Schema."""

BY_TYPE = {
    "array": (
        *("items", "prefixItems", "contains", "unevaluatedItems"),
        *("maxItems", "minItems", "uniqueItems", "maxContains", "minContains"),
    ),
    "number": ("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
    "object": (
        *("properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties"),
        *("maxProperties", "minProperties", "required", "dependentRequired", "dependentSchemas", "discriminator"),
    ),
    "string": ("maxLength", "minLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
}
"""The keywords that affect values of one type only."""

LIMITS = {
    "array": ("minItems", "maxItems"),
    "number": ("minimum", "maximum"),
    "object": ("minProperties", "maxProperties"),
    "string": ("minLength", "maxLength"),
}
"""The keywords for the lower and the upper limit of each type."""

NEEDS = {
    "then": "if",
    "else": "if",
    "contentSchema": "contentMediaType",
    "maxContains": "contains",
    "minContains": "contains",
}
"""The keywords that have no effect without another one."""

REPLACED = {
    "nullable": 'Add `"null"` to the list in `type`, as in `type: [string, "null"]`.',
    "definitions": "Write `$defs`.",
    "dependencies": "Write `dependentRequired` or `dependentSchemas`.",
    "additionalItems": "Write `items` next to `prefixItems`.",
    "divisibleBy": "Write `multipleOf`.",
    "id": "Write `$id`.",
}
"""Keywords of earlier versions of OpenAPI and JSON Schema, with what replaces them."""


@cache
def json_schema_keywords() -> frozenset[str]:
    """Return every keyword of JSON Schema, from the meta-schemas of its vocabularies."""
    meta = Draft202012Validator.META_SCHEMA
    vocabularies = (REGISTRY.contents(urljoin(meta["$id"], each["$ref"])) for each in meta["allOf"])
    return frozenset(keyword for each in vocabularies for keyword in mapping(each)["properties"])


def unknown_keyword(draft: Draft) -> Iterator[Finding]:
    """Every keyword of a schema is one of OpenAPI 3.1."""
    known = {*json_schema_keywords(), *OPENAPI}
    for way, schema in draft.schemas:
        for keyword in schema:
            if keyword not in known and not keyword.startswith("x-"):
                message = f"`{keyword}` is not a keyword of OpenAPI 3.1, and has no effect."
                remedy = REPLACED.get(keyword) or meant(keyword, known)
                yield Finding(draft.place((*way, keyword)), message, remedy)


def keyword_without_effect(draft: Draft) -> Iterator[Finding]:
    """Every keyword affects values of a type that the schema allows, and has the keyword that it needs."""
    for way, schema in draft.schemas:
        types = _types(schema)
        own = {keyword for each in types for keyword in BY_TYPE.get(each, ())}
        for keyword in schema:
            if types and keyword in _typed() and keyword not in own:
                message = f"`{keyword}` has no effect on values of the type {' or '.join(types)}."
                yield Finding(draft.place((*way, keyword)), message, _remedy(keyword, types))
            elif NEEDS.get(keyword, keyword) not in schema:
                message = f"`{keyword}` has no effect without `{NEEDS[keyword]}`."
                remedy = f"Add `{NEEDS[keyword]}`, or remove `{keyword}`."
                yield Finding(draft.place((*way, keyword)), message, remedy)


def _remedy(keyword: str, types: Iterable[str]) -> str:
    """Suggest the same limit of a type that the schema allows."""
    position = next((limits.index(keyword) for limits in LIMITS.values() if keyword in limits), None)
    own = next((LIMITS[each] for each in types if each in LIMITS), None)
    if position is None or own is None:
        return "Remove it, or correct the type."
    return f"Did you mean `{own[position]}`?"


def _types(schema: Mapping[str, Any]) -> list[str]:
    """Return the types that a schema names. Keywords for numbers affect integers too."""
    given = schema.get("type")
    return ["number" if each == "integer" else each for each in names(sequence(given) or [given])]


@cache
def _typed() -> frozenset[str]:
    return frozenset(keyword for keywords in BY_TYPE.values() for keyword in keywords)


def read_only_request(draft: Draft) -> Iterator[Finding]:
    """No request must contain a field that only answers have."""
    roots = [each for endpoint in draft.endpoints for each in _bodies(draft, (*endpoint.way, "requestBody"))]
    for way, name in dict.fromkeys(_required(draft, roots)):
        if mapping(draft.follow(way)[1]).get("readOnly") is True:
            message = f"Requests must contain `{name}`, which is read-only."
            place = draft.place((*draft.follow(way)[0], "readOnly"))
            yield Finding(place, message, "Remove `readOnly`, or remove the field from `required`.")


def write_only_answer(draft: Draft) -> Iterator[Finding]:
    """No answer has a field that only requests have."""
    answers = dict.fromkeys(way for endpoint in draft.endpoints for _, way, _ in draft.responses(endpoint))
    for way, schema in _reachable(draft, [each for answer in answers for each in _bodies(draft, answer)]).items():
        if schema.get("writeOnly") is True:
            message = f"Answers contain `{way[-1]}`, which is write-only."
            remedy = "Remove `writeOnly`, or remove the field from the schema of the answer."
            yield Finding(draft.place((*way, "writeOnly")), message, remedy)


def _bodies(draft: Draft, way: Way) -> Iterator[Way]:
    """Yield the way to the schema of each media type of a request body or an answer."""
    at, body = draft.follow(way)
    yield from ((*at, "content", media, "schema") for media in mapping(mapping(body).get("content")))


def _required(draft: Draft, roots: Iterable[Way]) -> Iterator[tuple[Way, str]]:
    """Yield (way, name) of every required property, also where a part of `allOf` has it."""
    for way, schema in _reachable(draft, roots).items():
        together = [(way, schema)]
        together += [draft.follow((*way, "allOf", index)) for index, _ in enumerate(sequence(schema.get("allOf")))]
        required = {name for _, each in together for name in names(sequence(mapping(each).get("required")))}
        for at, each in together:
            for name in required & mapping(mapping(each).get("properties")).keys():
                yield (*at, "properties", name), name


def _reachable(draft: Draft, roots: Iterable[Way]) -> dict[Way, Mapping[str, Any]]:
    """Return every schema that is part of the given ones, with its way. Follows references."""
    found: dict[Way, Mapping[str, Any]] = {}
    open_ways = list(roots)
    while open_ways:
        way, schema = draft.follow(open_ways.pop())
        if way not in found:
            found[way] = mapping(schema)
            open_ways += [inner for inner, _ in parts(way, found[way])]
    return found


def discriminator(draft: Draft) -> Iterator[Finding]:
    """Every schema that a discriminator tells apart has the property of the discriminator."""
    for way, schema in draft.schemas:
        name = mapping(schema.get("discriminator")).get("propertyName")
        for alternative in _alternatives(way, schema) if isinstance(name, str) else ():
            known = set(properties(draft, alternative))
            if name not in known:
                label = "/".join(map(str, draft.follow(alternative)[0][-2:]))
                message = f"The discriminator names `{name}`, which is not a property of `{label}`."
                yield Finding(draft.place((*way, "discriminator", "propertyName")), message, meant(name, known))
                break


def _alternatives(way: Way, schema: Mapping[str, Any]) -> list[Way]:
    """Return the ways to the alternatives of a schema, or to the schema if it has none."""
    listed = ((keyword, sequence(schema.get(keyword))) for keyword in ("oneOf", "anyOf"))
    return [(*way, keyword, index) for keyword, each in listed for index, _ in enumerate(each)] or [way]
