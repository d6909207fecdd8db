"""Checks transitions between states: `x-transitions` next to the enum of a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lp_contract.contract import STEP
from lp_contract.yaml_source import mapping
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, sequence
from lp_guide.writer_mistakes import suggestion


def transition(draft: Draft) -> Iterator[Finding]:
    """Every step has `from`, `to`, `by` and `when`, and its states are values of the field."""
    for name, schema in mapping(mapping(draft.document.get("components")).get("schemas")).items():
        for field, part in mapping(mapping(schema).get("properties")).items():
            way = ("components", "schemas", name, "properties", field)
            for place, step in enumerate(sequence(mapping(part).get("x-transitions"))):
                yield from _step(draft, (*way, "x-transitions", place), mapping(step), part)


def _step(draft: Draft, way: Way, step: Mapping[str, Any], field: Mapping[str, Any]) -> Iterator[Finding]:
    where = draft.place(way)
    for word in step.keys() - set(STEP):
        remedy = "If the condition contains a comma, put quotes around it."
        yield Finding(where, f"The step has the unknown word `{word}`.", remedy)
    for word in (word for word in STEP if word not in step):
        yield Finding(where, f"The step has no `{word}`.", "Add it.")
    states = [str(value).lower() if isinstance(value, bool) else value for value in _values(field)]
    for word in ("from", "to"):
        state = step.get(word)
        if word in step and state not in states and (word, state) != ("from", None):
            yield Finding(where, f"The field cannot be `{state}`.", suggestion(str(state), map(str, states)))


def _values(field: Mapping[str, Any]) -> list[Any]:
    return list(field.get("enum", (False, True) if field.get("type") == "boolean" else ()))
