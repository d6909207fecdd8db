"""Converts JSON schemas to rows of a table: a row for every field, followed by the fields inside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a field table."""

    name: str
    parents: tuple[str, ...]
    kind: str
    description: str
    required: bool = False
    nullable: bool = False
    format: str = ""
    values: tuple[str, ...] = ()
    example: str = ""
    default: str = ""
    place: str = ""
    """The part of the request that has the parameter."""
    depth: int = 0
    """The number of fields and choices that contain it."""
    is_choice: bool = False
    has_states: bool = False
    """Whether the contract has transitions between its values."""
    anchor: str = ""
    """The anchor of its row; only the first row with its name has one."""
    varies: bool = False
    """Whether it differs between the bodies that a client can choose."""
    since: str = ""
    """The version of the contract that added it; empty for what its operation had from the start."""


def as_json(value: Any) -> str:
    """Write a value for a sentence on a page."""
    return json.dumps(value, ensure_ascii=False)


def _without_null(schema: Schema) -> tuple[Schema, bool]:
    """Remove `null` from a schema. Return the schema, and whether it allowed null."""
    for keyword in ("oneOf", "anyOf"):
        parts = [part for part in schema.get(keyword, ()) if part.get("type") != "null"]
        if len(parts) == 1 and len(schema[keyword]) > 1:
            return {**parts[0], **{k: v for k, v in schema.items() if k == "description"}}, True
    kind = schema.get("type")
    if isinstance(kind, list) and "null" in kind:
        rest = [one for one in kind if one != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest}, True
    return schema, False


def _kind(schema: Schema) -> str:
    if "items" in schema:
        return f"array of {_kind(schema['items'])}"
    choices = {_kind(part): None for part in schema.get("oneOf") or schema.get("anyOf") or ()}
    if choices:
        return " or ".join(choices)
    kind = schema.get("type") or ("object" if "properties" in schema else _kind_of_whole(schema))
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _kind_of_whole(schema: Schema) -> str:
    """Return the type that the first of the schemas in `allOf` has, or `any`."""
    return next(map(_kind, schema.get("allOf", ())), "any")


def _leaf(schema: Schema) -> Schema:
    leaf: Schema = schema.get("items", schema)
    return leaf


def _field(name: str, given: Schema, parents: tuple[str, ...], *, required: bool) -> Field:
    schema, nullable = _without_null(given)
    leaf = _leaf(schema)
    examples = schema.get("examples", ())
    shown = next((e for e in examples if e is not None), None)
    return Field(
        name=name,
        parents=parents,
        kind=_kind(schema),
        description=given.get("description", ""),
        required=required,
        nullable=nullable,
        format=leaf.get("format", ""),
        values=tuple(str(value) for value in leaf.get("enum", ()) if value is not None),
        example=as_json(shown) if shown is not None and "enum" not in leaf else "",
        default=as_json(schema["default"]) if "default" in schema else "",
        has_states="x-transitions" in schema,
    )


def fields(schema: Schema, parents: tuple[str, ...] = (), depth: int = 0) -> Iterator[Field]:
    """Yield a row for every property of a resolved schema, followed by the properties inside it."""
    leaf = _leaf(_without_null(schema)[0])
    for part in leaf.get("allOf", ()):
        yield from fields(part, parents, depth)
    required = leaf.get("required", ())
    for name, part in leaf.get("properties", {}).items():
        yield replace(_field(name, part, parents, required=name in required), depth=depth)
        yield from fields(part, (*parents, name), depth + 1)
    yield from _choices(leaf.get("oneOf") or leaf.get("anyOf") or (), parents, depth)


def _choices(parts: Sequence[Schema], parents: tuple[str, ...], depth: int) -> Iterator[Field]:
    for number, part in enumerate(parts, 1):
        name = part.get("x-choice", f"Choice {number} of {len(parts)}")
        inside = list(fields(part, parents, depth + 1))
        if inside:
            yield Field(name, parents, "", part.get("description", ""), depth=depth, is_choice=True)
            yield from inside


def parameter_fields(parameter: Schema) -> Iterator[Field]:
    """Yield a row for a parameter, or for each key of a parameter with keys: `filter[cohort]`."""
    name, place, schema = parameter["name"], parameter["in"], parameter["schema"]
    if parameter.get("style") == "deepObject":
        inside = [replace(row, name=f"{name}[{row.name}]", place=place) for row in fields(schema)]
        yield from inside
        return
    described = {**schema, "description": parameter.get("description", schema.get("description", ""))}
    if "example" in parameter:
        described["examples"] = [parameter["example"]]
    yield replace(_field(name, described, (), required=parameter.get("required", False)), place=place)
