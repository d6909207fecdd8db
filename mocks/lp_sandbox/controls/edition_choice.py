"""Several editions in one sandbox: a new world can then belong to any of them."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from lp_contract.contract import Contract
from lp_sandbox.controls.control_request import ControlRequest

OPERATION, SCHEMA, FIELD = "createWorld", "NewWorld", "edition"


def with_edition_choice(controls: Contract, editions: Sequence[str]) -> Contract:
    """Return controls in which createWorld takes the edition of the new world, where there are several editions."""
    if len(editions) == 1:
        return controls
    field = {
        "type": "string",
        "description": "The edition to which it belongs.",
        "enum": [*editions],
        "default": editions[0],
        "examples": [editions[-1]],
    }
    operation = controls.operations[OPERATION]
    changed = dataclasses.replace(operation, request=_with_field(operation.request, field))
    document = copy.deepcopy(dict(controls.document))
    schemas = document["components"]["schemas"]
    schemas[SCHEMA] = _with_field(schemas[SCHEMA], field)
    return dataclasses.replace(
        controls,
        document=MappingProxyType(document),
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


def _with_field(schema: Any, field: Any) -> Any:
    """Return the schema of a new world with a field beside its name."""
    name, *others = schema["properties"].items()
    return {**schema, "properties": dict((name, (FIELD, field), *others))}
