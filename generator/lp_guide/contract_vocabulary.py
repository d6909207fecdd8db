"""The names in a contract: fields with the schemas that own them, states, values, headers and more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from lp_contract.contract import Contract, Operation
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import mapping

Schema = Mapping[str, Any]
ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_PLAIN = "Attributes"
"""The suffix of schema names that people leave out."""


_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))


class Home(NamedTuple):
    """The place of a field: in the answer or the body of an operation."""

    operation: Operation
    section: str
    path: tuple[str, ...]
    schema: Schema


class State(NamedTuple):
    """A value of a field that has states."""

    field: str
    """As in `Contract.transitions`: `Schema.field`."""
    value: str


@lru_cache(maxsize=8)
def homes(contract: Contract) -> Mapping[str, Home]:
    """Return the first place of each field, named `Schema.field`. Answers with one resource come before lists."""
    found: dict[str, Home] = {}
    for op in sorted(contract.operations.values(), key=_plainness):
        for section, schema in written(contract, op):
            for path, owner, part in owned(contract.document, schema, op.id):
                found.setdefault(owner, Home(op, section, path, _followed(contract.document, part)))
    return found


def schema_homes(
    contract: Contract, operations: Iterable[Operation]
) -> Mapping[str, tuple[Operation, str, tuple[str, ...]]]:
    """Return the first place of each named schema in some operations: operation, section and path."""
    schemas = mapping(mapping(contract.document.get("components")).get("schemas"))
    found: dict[str, tuple[Operation, str, tuple[str, ...]]] = {}
    for op in sorted(operations, key=_plainness):
        for section, schema in written(contract, op):
            for path, owner, _ in owned(contract.document, schema, op.id):
                name, _, field = owner.partition(".")
                if name in schemas and "." not in field:
                    found.setdefault(name, (op, section, path[:-1]))
    return found


def _plainness(op: Operation) -> tuple[bool, bool]:
    """Sort operations: those for one resource before lists, and reads before writes."""
    return op.is_write, not op.path.endswith("}")


def written(contract: Contract, op: Operation) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas of an operation's answer and body with their references as they are written."""
    entry = contract.document["paths"][op.path][op.method.lower()]
    answer = mapping(_followed(contract.document, mapping(entry.get("responses")).get(op.success, {})))
    for section, holder in (("response", answer), ("body", mapping(entry.get("requestBody")))):
        content = mapping(mapping(_followed(contract.document, holder)).get("content"))
        media = mapping(next((each for name, each in content.items() if is_json(name)), None))
        yield section, mapping(media.get("schema"))


def owned(
    document: Mapping[str, Any], schema: Schema, owner: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, Schema]]:
    """Yield the path of every property of a schema, its name as `Schema.field`, where `Schema` owns it, and its own."""
    if "$ref" in schema:
        owner = schema["$ref"].rpartition("/")[2]
        schema = _followed(document, schema)
    for name, part in mapping(schema.get("properties")).items():
        yield (*path, name), f"{owner}.{name}", part
        yield from owned(document, part, f"{owner}.{name}", (*path, name))
    for part in parts_of(schema):
        yield from owned(document, part, owner, path)


def parts_of(schema: Schema) -> list[Schema]:
    """Return the schemas of items and alternatives."""
    items = [schema["items"]] if "items" in schema else []
    return items + [part for word in ALTERNATIVES for part in schema.get(word, ())]


def _followed(document: Mapping[str, Any], value: Any) -> Any:
    """Resolve a reference, and references to references."""
    while isinstance(value, Mapping) and "$ref" in value:
        target: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        value = target
    return value


@lru_cache(maxsize=8)
def field_names(contract: Contract) -> Mapping[str, str]:
    """Return every field as `Schema.field` by its full name, and by each shorter name that is unambiguous."""
    shorter = _certain((name, owner) for owner in homes(contract) for name in _names(owner))
    return {**shorter, **{owner: owner for owner in homes(contract)}}


@lru_cache(maxsize=8)
def state_names(contract: Contract) -> Mapping[str, State]:
    """Return every state by each of its unambiguous names: `Declaration.paid`, `training_status.active`."""
    return _certain(
        (f"{prefix}.{state.value}", state)
        for state in states(contract)
        for prefix in _prefixes(*state.field.rsplit(".", 1))
    )


def states(contract: Contract) -> list[State]:
    """Return every state in the order of the transitions."""
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
    """Drop ambiguous names."""
    meant: dict[str, set[Any]] = defaultdict(set)
    for name, thing in named:
        meant[name].add(thing)
    return {name: next(iter(things)) for name, things in meant.items() if len(things) == 1}


def properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield every property of a resolved schema by name, at any depth and through every alternative."""
    for name, inner in mapping(schema.get("properties")).items():
        yield name, inner
        yield from properties(inner)
    for inner in parts_of(schema):
        yield from properties(inner)


@lru_cache(maxsize=8)
def field_types(contract: Contract) -> Mapping[str, frozenset[str]]:
    """Return the types of every field with a name. Fields of any type are left out."""
    return types_in(schema for op in contract.operations.values() for schema in (op.request, op.response))


def types_in(schemas: Iterable[Schema | None]) -> Mapping[str, frozenset[str]]:
    """Return the types that schemas have for fields with a name. Fields of any type are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for schema in schemas:
        for name, inner in properties(mapping(schema)):
            found[name] |= _types(inner)
    return {name: frozenset(types) for name, types in found.items() if "" not in types}


def _types(schema: Schema) -> set[str]:
    """Return the types that a schema allows; the empty name means any type."""
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    if "const" in schema or "enum" in schema:
        return {type_of(value) for value in schema.get("enum", [schema.get("const")])}
    return {kind for part in parts_of(schema) for kind in _types(part)} or {""}


def type_of(value: Any) -> str:
    """Name the type of a JSON value."""
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")


@lru_cache(maxsize=8)
def headers(contract: Contract) -> frozenset[str]:
    """Return the headers of requests."""
    parameters = (p for op in contract.operations.values() for p in op.parameters if p["in"] == "header")
    keys = _keys(contract)
    named = {each["name"] for each in (*parameters, *(key for key in keys if key.get("in") == "header"))}
    has_token = any(key["type"] == "http" for key in keys)
    return frozenset(named | {"Content-Type"} | ({"Authorization"} if has_token else set()))


def _keys(contract: Contract) -> list[Schema]:
    """Return the security schemes."""
    return list(mapping(mapping(contract.document.get("components")).get("securitySchemes")).values())


@lru_cache(maxsize=8)
def queries(contract: Contract) -> Mapping[str, Schema]:
    """Return the schema of everything that a query can contain: `sort`, `filter[cohort]`."""
    found: dict[str, Schema] = {}
    for parameter in (p for op in contract.operations.values() for p in op.parameters if p["in"] == "query"):
        name, schema = parameter["name"], parameter["schema"]
        found[name] = schema
        if parameter.get("style") == "deepObject":
            found |= {f"{name}[{key}]": inner for key, inner in schema["properties"].items()}
    return found


@lru_cache(maxsize=8)
def statuses(contract: Contract) -> frozenset[str]:
    """Return the statuses of answers."""
    listed = {status for op in contract.operations.values() for status in op.responses}
    return frozenset(listed | {str(problem.status) for problem in contract.problems.values()})


@lru_cache(maxsize=8)
def values(contract: Contract) -> frozenset[str]:
    """Return every value of a field or parameter in an enum, an example or a default."""
    schemas = [schema for op in contract.operations.values() for schema in _schemas(op)]
    return frozenset(str(value) for schema in schemas for value in _values(schema) if not isinstance(value, bool))


def _schemas(op: Operation) -> Iterator[Schema]:
    yield from (parameter["schema"] for parameter in op.parameters)
    contents = (mapping(answer.get("content")).values() for answer in op.responses.values())
    answers = (content["schema"] for each in contents for content in each if "schema" in content)
    yield from (op.request, *answers) if op.request else answers


def _values(schema: Schema) -> Iterator[Any]:
    for word in ("const", "default"):
        yield from [schema[word]] if word in schema else []
    for word in ("enum", "examples"):
        yield from (value for value in schema.get(word, ()) if isinstance(value, str | int | float))
    for inner in (*mapping(schema.get("properties")).values(), *parts_of(schema)):
        yield from _values(inner)


@lru_cache(maxsize=8)
def names(contract: Contract) -> frozenset[str]:
    """Return every name without a prefix: of fields, parameters, operations, rules, problems, scenarios and seeds."""
    inside = (properties(schema) for op in contract.operations.values() for schema in _schemas(op))
    return frozenset().union(
        (name for each in inside for name, _ in each),
        (parameter["name"] for op in contract.operations.values() for parameter in op.parameters),
        (rule.field for rule in contract.rules.values()),
        mapping(mapping(contract.document.get("components")).get("schemas")),
        field_names(contract),
        state_names(contract),
        *(contract.operations, contract.rules, contract.problems, queries(contract), headers(contract)),
        (op.method for op in contract.operations.values()),
        (key["scheme"].title() for key in _keys(contract) if "scheme" in key),
        (each["name"] for kind in contract.seeds.values() for each in _named(kind)),
    )


def _named(seeds: Any) -> list[Any]:
    return [each for each in seeds if "name" in each] if isinstance(seeds, list) else []
