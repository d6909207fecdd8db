"""Composes examples from the examples of their parts, so that no example is written twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ALTERNATIVES = ("anyOf", "oneOf", "allOf")
"""The keywords that hold a list of schemas."""


def example_of(schema: Mapping[str, Any]) -> Any:
    """Return an example of a resolved JSON schema.

    The schema's own first example wins; then an object is made of its properties' examples, an array of one item,
    and an alternative of its first. Raises LookupError for a leaf that has none.
    """
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        return {name: example_of(part) for name, part in schema["properties"].items()}
    if "items" in schema:
        return [example_of(schema["items"])]
    for keyword in ALTERNATIVES:
        if keyword in schema:
            return example_of(schema[keyword][0])
    if "const" in schema:
        return schema["const"]
    raise LookupError(f"no example for {schema.get('description', 'a schema')!r}")
