"""Names the schemas inside other schemas, for the published document.

Client generators name a class after its component. An object or enum without a component gets a made-up name, such as
`Data17`, which changes with every other schema. So each becomes a component, named after the place where it was
written: `data` of `PartnershipCreateRequest` becomes `PartnershipCreateRequestData`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lp_contract.composed_examples import ALTERNATIVES
from lp_contract.yaml_source import MAPPINGS, mapping

REFERENCE = "#/components/schemas/{}"
NAMED = ("properties", "enum")
"""A schema with one of these keywords becomes a class."""


class NameTaken(Exception):  # noqa: N818 - says what is wrong
    """Two schemas would have the same name. Holds the name."""


def with_names(schemas: Mapping[str, Any], words: Collection[str] = NAMED) -> dict[str, Any]:
    """Return component schemas in which every object and enum is a component of its own, after its parent.

    `words` lists the keywords of the schemas to name. Raises NameTaken.
    """
    named: dict[str, Any] = {}
    for name, schema in schemas.items():
        for part, found in _split(name, schema, words):
            if part in named or (part != name and part in schemas):
                raise NameTaken(part)
            named[part] = found
    return named


def _split(name: str, schema: Any, words: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield a schema without the objects and enums inside it, and then these, each with its name."""
    taken_out: list[tuple[str, Any]] = []
    yield name, _without_inner(name, schema, words, taken_out)
    for part, inner in taken_out:
        yield from _split(part, inner, words)


def _without_inner(name: str, schema: Any, words: Collection[str], taken_out: list[tuple[str, Any]]) -> Any:
    """Put references in place of the schemas to name inside a schema, and add these to a list."""
    if not isinstance(schema, MAPPINGS):
        return schema

    def outer(part: str, inner: Any) -> Any:
        if any(word in mapping(inner) for word in words):
            taken_out.append((part, inner))
            return {"$ref": REFERENCE.format(part)}
        return _without_inner(part, inner, words, taken_out)

    changed: dict[str, Any] = {}
    if "properties" in schema:
        changed["properties"] = {
            key: outer(name + _capitalised(key), part) for key, part in schema["properties"].items()
        }
    if "items" in schema:
        changed["items"] = outer(f"{name}Item", schema["items"])
    for word in ALTERNATIVES:
        if word in schema:
            changed[word] = [outer(f"{name}Option{number}", part) for number, part in enumerate(schema[word], 1)]
    return {**schema, **changed}


def _capitalised(key: str) -> str:
    """Write `participant_type` as `ParticipantType`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", key))
