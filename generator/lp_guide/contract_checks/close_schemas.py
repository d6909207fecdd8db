"""Closes schemas, so that the check of our own answers refuses fields that a schema does not name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lp_contract.composed_examples import ALTERNATIVES
from lp_contract.yaml_source import MAPPINGS, mapping


def closed(schema: Any) -> Any:
    """Return a resolved schema that refuses unnamed fields. Clients must accept such fields, but we send none."""
    if not isinstance(schema, MAPPINGS):
        return schema
    made = _with_closed_parts(schema)
    is_open = "additionalProperties" in schema or "patternProperties" in schema
    return {**made, "unevaluatedProperties": False} if _names_fields(schema) and not is_open else made


def _with_closed_parts(schema: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    if isinstance(schema.get("properties"), MAPPINGS):
        made["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
    if "items" in schema:
        made["items"] = closed(schema["items"])
    for keyword in ALTERNATIVES:
        if isinstance(schema.get(keyword), list):
            made[keyword] = [_with_closed_parts(mapping(part)) for part in schema[keyword]]
    return made


def _names_fields(schema: Mapping[str, Any]) -> bool:
    parts = [part for keyword in ALTERNATIVES for part in schema.get(keyword, ())]
    return "properties" in schema or any(_names_fields(mapping(part)) for part in parts)
