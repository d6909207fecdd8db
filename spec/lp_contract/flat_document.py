"""Rewrites a published document for tools that read only part of OpenAPI.

Many generators of clients send the filter `filter[cohort]` under the name `cohort`, and some refuse a document that has
links or a field that is always null. So each key of such a parameter becomes a parameter with the name that is sent,
links are left out, a field that is always null becomes a text or null, and every choice between schemas has a name.
Paths, answers and examples stay the same.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from lp_contract.composed_examples import example_of
from lp_contract.extract_inline_schemas import REFERENCE, with_names
from lp_contract.json_references import look_up, references, steps
from lp_contract.merge_documents import METHODS

UNREFERENCED = "securitySchemes"
"""The components that are used by name, without a reference."""
CHOICES = ("anyOf", "oneOf")
"""The keywords of a schema that generators make a union type of."""


def flattened(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a published document with one parameter for each key of a filter, without links or unnamed choices."""
    flat = copy.deepcopy(dict(document))
    components = flat["components"]
    for op in _operations(flat):
        op["parameters"] = [part for given in op.get("parameters", ()) for part in _split(document, given)]
    for response in _responses(flat):
        response.pop("links", None)
        for content in response.get("content", {}).values():
            _name_choice(content, components["schemas"])
    components["schemas"] = _without_only_null(with_names(components["schemas"], words=CHOICES))
    flat["components"] = used_components(flat)
    return flat


def used_components(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the components of a document that its paths use, directly or through others."""
    used: set[tuple[str, ...]] = set()
    new = {steps(target) for _, target in references(document["paths"])}
    while new:
        used |= new
        parts = [look_up(document, way) for way in new]
        new = {steps(target) for part in parts for _, target in references(part)} - used
    kept = {
        kind: {name: part for name, part in named.items() if kind == UNREFERENCED or ("components", kind, name) in used}
        for kind, named in document["components"].items()
    }
    return {kind: named for kind, named in kept.items() if named}


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def _responses(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every response that is written out, in an operation or as a component."""
    for op in _operations(document):
        yield from op["responses"].values()
    yield from document["components"].get("responses", {}).values()


def _split(document: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a parameter for each key of a parameter with several keys, and any other parameter unchanged."""
    parameter = _target(document, given)
    if parameter.get("style") != "deepObject":
        yield given
        return
    keys = _target(document, parameter["schema"])
    for key, written in keys["properties"].items():
        (schema,) = written.get("allOf", [written])
        full = {**_target(document, schema), **written}
        yield {
            "name": f"{parameter['name']}[{key}]",
            "in": parameter["in"],
            "description": full["description"],
            "required": key in keys.get("required", ()),
            "schema": schema,
            "example": parameter.get("example", {}).get(key, example_of(full)),
        }


def _target(document: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference refers to, and any other value itself."""
    found: Mapping[str, Any] = look_up(document, steps(value["$ref"])) if "$ref" in value else value
    return found


def _name_choice(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Make a choice between components a component, named after them."""
    schema = content.get("schema", {})
    for word in set(CHOICES) & schema.keys():
        name = "Or".join(steps(part["$ref"])[-1] for part in schema[word])
        schemas[name] = schema
        content["schema"] = {"$ref": REFERENCE.format(name)}


def _without_only_null(value: Any) -> Any:
    """Allow a text where a schema allows nothing but null."""
    if isinstance(value, Mapping):
        kept = {key: _without_only_null(part) for key, part in value.items()}
        return {**kept, "type": ["string", "null"]} if value.get("type") == "null" else kept
    return [_without_only_null(part) for part in value] if isinstance(value, list) else value
