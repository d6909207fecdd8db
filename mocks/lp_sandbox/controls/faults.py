"""What is wrong with the body of a request to a control: which field, and what the contract says that it takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError

MOST = 5
"""So many faults are told at most."""
LONGEST_VALUE = 60
"""Longer values and names are cut."""
TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "null": "null",
}
FORMATS = {"date-time": "a date and time", "date": "a day", "uuid": "an id", "email": "an email address"}
Schema = Mapping[str, Any]


def unreadable(error: Exception) -> str:
    """Say why a body is no JSON, and at which byte where that is known."""
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    reason = reason.removeprefix("JSON is malformed: ")
    return f"The body is not JSON: {reason[:1].lower()}{reason[1:]}."


def faults(schema: Schema, errors: Iterable[ValidationError]) -> str:
    """Say what is wrong with a body that does not fit a schema, in one sentence for each fault."""
    sentences = dict.fromkeys(sentence for error in errors for sentence in _sentences(schema, error))
    return " ".join(list(sentences)[:MOST])


def wrong(schema: Schema, field: str, value: Any) -> str:
    """Say what a field takes, whose value fits the schema but means nothing."""
    return _wrong(schema["properties"][field], [field], value)


def _sentences(schema: Schema, error: ValidationError) -> Iterator[str]:
    way = error.instance_path
    here, details = _schema_at(schema, way), error.kind.as_dict()
    match error.kind.name:
        case "additionalProperties":
            known = _listed(list(here["properties"]), "and")
            yield from (f"{_pointer([*way, name])} is no field here. Known: {known}." for name in details["unexpected"])
        case "required":
            missing = details["property"]
            yield f"{_pointer([*way, missing])} is missing. It must be {_takes(here['properties'][missing])}."
        case "minProperties":
            yield f"The body must have at least one of {_listed(list(here['properties']), 'and')}."
        case _:
            yield _wrong(here, way, error.instance)


def _wrong(schema: Schema, way: Sequence[str | int], value: Any) -> str:
    return f"{_pointer(way)} is {_shown(value)} but must be {_takes(schema)}."


def _schema_at(schema: Schema, way: Sequence[str | int]) -> Schema:
    for step in way:
        schema = schema["properties"][step]
    return schema


def _pointer(way: Sequence[str | int]) -> str:
    """Write where something is as a JSON pointer."""
    steps = (_cut(str(step).replace("~", "~0").replace("/", "~1")) for step in way)
    return f"'#/{'/'.join(steps)}'" if way else "The body"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _takes(schema: Schema) -> str:
    """Say in words what a schema takes."""
    first, *others = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    words = [_form(schema, first), *map(TYPES.__getitem__, others)]
    example = schema["examples"][0] if _has_form(schema) else None
    return _listed(words, "or") + (f", such as {example}" if example else "")


def _has_form(schema: Schema) -> bool:
    return "x-form" in schema or "format" in schema


def _form(schema: Schema, kind: str) -> str:
    if "enum" in schema:
        return _listed(schema["enum"], "or")
    if _has_form(schema):
        return str(schema.get("x-form") or FORMATS[schema["format"]])
    if "minimum" in schema:
        return f"{TYPES[kind]} from {schema['minimum']} to {schema['maximum']}"
    if "maxLength" in schema:
        return f"{TYPES[kind]} of {schema['minLength']} to {schema['maxLength']} characters"
    return TYPES[kind]


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
