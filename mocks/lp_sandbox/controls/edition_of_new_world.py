"""The edition of a new world: any of those that the sandbox serves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from lp_contract.contract import Contract
from lp_sandbox.controls.control_request import ControlRequest

OPERATION, SCHEMA, FIELD = "createWorld", "NewWorld", "edition"


def with_edition_choice(controls: Contract, editions: Sequence[str]) -> Contract:
    """Return controls in which createWorld takes the names of these editions, the first as default."""
    operation = controls.operations[OPERATION]
    changed = dataclasses.replace(operation, request=_with_choice(operation.request, editions))
    components = controls.document["components"]
    schemas = {**components["schemas"], SCHEMA: _with_choice(components["schemas"][SCHEMA], editions)}
    return dataclasses.replace(
        controls,
        document=MappingProxyType({**controls.document, "components": {**components, "schemas": schemas}}),
        operations=MappingProxyType({**controls.operations, OPERATION: changed}),
    )


def edition_of_new_world(request: ControlRequest) -> str:
    """Return the edition that the body of a new world names; empty when it names none.

    The body cannot be validated before: the sizes of worlds depend on the edition.
    """
    try:
        body = msgspec.json.decode(request.content or b"{}")
    except (ValueError, RecursionError):
        return ""
    return str(body.get(FIELD, "")) if isinstance(body, dict) else ""


def _with_choice(schema: Any, editions: Sequence[str]) -> Any:
    """Return the schema of a new world in which its edition is one of these."""
    choice = {
        "type": "string",
        "description": "The edition to which it belongs.",
        "enum": [*editions],
        "default": editions[0],
        "examples": [editions[-1]],
    }
    return {**schema, "properties": {**schema["properties"], FIELD: choice}}
