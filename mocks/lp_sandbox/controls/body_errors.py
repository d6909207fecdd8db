"""Describes the mistakes in the body of a request to a control: the wrong fields, and the values that they accept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError

MOST_FAULTS = 5
"""A message names at most this many mistakes: more would hide the first ones."""
LONGEST_VALUE = 60
"""A message quotes at most this many characters of a value or name, so that it stays on about one line."""
TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
FORMATS = {"date-time": "a date and time", "date": "a day", "uuid": "an id", "email": "an email address"}
Schema = Mapping[str, Any]


def describe_unreadable(error: Exception) -> str:
    """Return why a body is not JSON, with the position of the mistake if it is known."""
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    reason = reason.removeprefix("JSON is malformed: ")
    return f"The body is not JSON: {reason[:1].lower()}{reason[1:]}."


def describe_faults(schema: Schema, errors: Iterable[ValidationError]) -> str:
    """Return a sentence for each mistake in a body that does not fit a schema."""
    sentences = dict.fromkeys(sentence for error in errors for sentence in _sentences(schema, error))
    return " ".join(list(sentences)[:MOST_FAULTS])


def describe_value(schema: Schema, field: str, value: Any) -> str:
    """Return the values that a field accepts, for a value that fits the schema but cannot be parsed."""
    return _wrong_value(schema["properties"][field], [field], value)


def _sentences(schema: Schema, error: ValidationError) -> Iterator[str]:
    way = error.instance_path
    here, details = _schema_at(schema, way), error.kind.as_dict()
    match error.kind.name:
        case "additionalProperties":
            known = _joined(list(here["properties"]), "and")
            yield from (
                f"{_pointer([*way, name])} is an unknown field. Known fields: {known}."
                for name in details["unexpected"]
            )
        case "required":
            missing = details["property"]
            yield f"{_pointer([*way, missing])} is missing. It must be {_takes(here['properties'][missing])}."
        case "minProperties":
            yield f"The body must have at least one of {_joined(list(here['properties']), 'and')}."
        case _:
            yield _wrong_value(here, way, error.instance)


def _wrong_value(schema: Schema, way: Sequence[str | int], value: Any) -> str:
    return f"{_pointer(way)} is {_quoted(value)} but must be {_takes(schema)}."


def _schema_at(schema: Schema, way: Sequence[str | int]) -> Schema:
    for step in way:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema


def _pointer(way: Sequence[str | int]) -> str:
    """Return the way to a value as a JSON pointer."""
    steps = (_cut(str(step).replace("~", "~0").replace("/", "~1")) for step in way)
    return f"'#/{'/'.join(steps)}'" if way else "The body"


def _quoted(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _takes(schema: Schema) -> str:
    """Return a description of the values that a schema accepts."""
    first, *others = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    words = [_form(schema, first), *map(TYPES.__getitem__, others)]
    example = schema["examples"][0] if _has_form(schema) else None
    return _joined(words, "or") + (f", such as {example}" if example else "")


def _has_form(schema: Schema) -> bool:
    return "x-form" in schema or "format" in schema


def _form(schema: Schema, kind: str) -> str:
    if "enum" in schema:
        return _joined(schema["enum"], "or")
    if _has_form(schema):
        return str(schema.get("x-form") or FORMATS[schema["format"]])
    if "minimum" in schema:
        return f"{TYPES[kind]} from {schema['minimum']} to {schema['maximum']}"
    if "maxLength" in schema:
        return f"{TYPES[kind]} of {schema['minLength']} to {schema['maxLength']} characters"
    return TYPES[kind]


def _joined(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
