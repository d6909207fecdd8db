"""What a contract names, and where: every field with the schema that owns it, and every state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from spec.contract import Contract, Operation
from spec.source import mapping

Schema = Mapping[str, Any]
ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_PLAIN = "Attributes"
"""What the name of a schema may end with, and nobody says."""


class Home(NamedTuple):
    """Where a field is shown: in the answer or the body of an operation."""

    operation: Operation
    section: str
    path: tuple[str, ...]


class State(NamedTuple):
    """A value of a field whose values follow each other."""

    field: str
    """As in `Contract.transitions`: `Schema.field`."""
    value: str


@lru_cache(maxsize=8)
def homes(contract: Contract) -> Mapping[str, Home]:
    """Return where every field, named as `Schema.field`, is shown first: rather in an answer, rather of one thing."""
    found: dict[str, Home] = {}
    for op in sorted(contract.operations.values(), key=_plainness):
        for section, schema in written(contract, op):
            for path, owner in owned(contract.document, schema, op.id):
                found.setdefault(owner, Home(op, section, path))
    return found


def _plainness(op: Operation) -> tuple[bool, bool]:
    """Sort what shows one thing before what lists many, and that before what changes something."""
    return op.is_write, not op.path.endswith("}")


def written(contract: Contract, op: Operation) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas of an operation's answer and body with their references as they are written."""
    entry = contract.document["paths"][op.path][op.method.lower()]
    answer = mapping(_followed(contract.document, mapping(entry.get("responses")).get(op.success, {})))
    for section, holder in (("response", answer), ("body", mapping(entry.get("requestBody")))):
        content = mapping(mapping(_followed(contract.document, holder)).get("content"))
        yield section, mapping(mapping(content.get("application/json")).get("schema"))


def owned(document: Mapping[str, Any], schema: Schema, owner: str, path: tuple[str, ...] = ()) -> Iterator[Any]:
    """Yield the path of every property of a schema, and its name as `Schema.field`, where `Schema` is what owns it."""
    if "$ref" in schema:
        owner = schema["$ref"].rpartition("/")[2]
        schema = _followed(document, schema)
    for name, part in mapping(schema.get("properties")).items():
        yield (*path, name), f"{owner}.{name}"
        yield from owned(document, part, f"{owner}.{name}", (*path, name))
    for part in parts_of(schema):
        yield from owned(document, part, owner, path)


def parts_of(schema: Schema) -> list[Schema]:
    """Return the schemas of items, and those of which one, some or all must fit."""
    items = [schema["items"]] if "items" in schema else []
    return items + [part for word in ALTERNATIVES for part in schema.get(word, ())]


def _followed(document: Mapping[str, Any], value: Any) -> Any:
    """Follow a reference, as far as it leads."""
    while isinstance(value, Mapping) and "$ref" in value:
        target: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        value = target
    return value


@lru_cache(maxsize=8)
def field_names(contract: Contract) -> Mapping[str, str]:
    """Return every field as `Schema.field` by each name that means it alone."""
    return _certain((name, owner) for owner in homes(contract) for name in _names(owner))


@lru_cache(maxsize=8)
def state_names(contract: Contract) -> Mapping[str, State]:
    """Return every state by each name that means it alone: `Declaration.paid`, `training_status.active`."""
    return _certain(
        (f"{prefix}.{state.value}", state)
        for state in states(contract)
        for prefix in _prefixes(*state.field.rsplit(".", 1))
    )


def states(contract: Contract) -> list[State]:
    """Return every state in the order in which things come to them."""
    return list(
        dict.fromkeys(
            State(field, value)
            for field, steps in contract.transitions.items()
            for step in steps
            for value in (step.source, step.target)
            if value is not None
        )
    )


def _names(owner: str) -> tuple[str, ...]:
    schema, _, field = owner.partition(".")
    return tuple(dict.fromkeys((owner, f"{schema.removesuffix(_PLAIN)}.{field}")))


def _prefixes(schema: str, field: str) -> tuple[str, ...]:
    plain = schema.removesuffix(_PLAIN)
    return tuple(dict.fromkeys((f"{schema}.{field}", f"{plain}.{field}", field, plain)))


def _certain(named: Iterator[tuple[str, Any]]) -> Mapping[str, Any]:
    """Leave out what a name can mean twice."""
    meant: dict[str, set[Any]] = defaultdict(set)
    for name, thing in named:
        meant[name].add(thing)
    return {name: next(iter(things)) for name, things in meant.items() if len(things) == 1}
