"""Views of states and the steps between them, and of the values of enums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lp_contract.contract import Operation, Transition
from lp_guide import contract_links, contract_vocabulary
from lp_guide.contract_links import TIME
from lp_guide.coverage.contract_items import Thing
from lp_guide.reference_urls import state_anchor, state_tag
from lp_guide.state_diagrams import Step, draw
from lp_guide.views.view_types import Contracts, Known, operation_of
from lp_guide.writer_mistakes import Mistake, find

KINDS = ("you", "others", TIME)
"""The causes of a step, in the order of the words at an arrow."""
_NEXT_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Row(NamedTuple):
    """A row on a page: the steps from some states to another, with their causes."""

    sources: Sequence[str | None]
    target: str
    by: Sequence[Operation | None]
    """None means time."""
    when: str


def state_diagram(contracts: Contracts, field: str, *, words: bool = True) -> Known:
    """Draw the steps between the states of a field, named as `Declaration.state`, and describe them in words.

    With `words=false`, draw the diagram only.
    """
    field = _moving(contracts, field)
    steps = [_drawn(contracts, *step) for step in _steps(contracts, field)]
    return {
        "name": field.rpartition(".")[2],
        "rows": draw(steps),
        "kinds": [kind for kind in KINDS if kind in {step.kind for step in steps}],
        "words": words,
        "shows": _shown_states(contracts, field),
    }


def _drawn(contracts: Contracts, step: Transition, op: Operation | None) -> Step:
    """Return a step as a diagram shows it. An operation is named by the words of its id: `void declaration`."""
    if op is None:
        return Step(step.source, step.target, TIME, "")
    kind = "you" if op.id in contracts[0].operations else "others"
    return Step(step.source, step.target, kind, _NEXT_WORD.sub(" ", op.id).lower())


def state_table(contracts: Contracts, field: str, heading: int = 3) -> Known:
    """Show the states of a field, named as `Declaration.state`: what each means, a diagram, and every step.

    `heading` is the level of its heading.
    """
    field = _moving(contracts, field)
    meanings, steps = _meanings(contract_vocabulary.homes(contracts[0])[field].schema), _steps(contracts, field)
    states = [(state.value, state_anchor(*state), meanings.get(state.value, "")) for state in _states(contracts, field)]
    return {
        "field": field,
        "name": field.rpartition(".")[2],
        "heading": heading,
        "states": states,
        "steps": steps,
        "rows": _rows(steps),
        "shows": _shown_states(contracts, field),
    }


def _moving(contracts: Contracts, name: str) -> str:
    """Return the field with states for a name, as `Schema.field`."""
    moving = contracts[0].transitions
    names = {name: field for name, field in contract_vocabulary.field_names(contracts[0]).items() if field in moving}
    return find(names, name, "field with states called")


def _steps(contracts: Contracts, field: str) -> list[tuple[Transition, Operation | None]]:
    """Return the steps between the states of a field, with their operations if they have any.

    `contract_links` reports the steps by unknown operations.
    """
    steps = contracts[0].transitions[field]
    known = [step for step in steps if contract_links.has_cause(step, contracts)]
    return [(step, None if step.by == TIME else operation_of(contracts, step.by)) for step in known]


def _rows(steps: Iterable[tuple[Transition, Operation | None]]) -> list[Row]:
    """Merge steps that differ only in their source, and then rows that differ only in their cause."""
    sources: dict[tuple[str, str, str], list[str | None]] = {}
    operations: dict[str, Operation | None] = {}
    for step, op in steps:
        sources.setdefault((step.target, step.when, step.by), []).append(step.source)
        operations[step.by] = op
    by: dict[tuple[tuple[str | None, ...], str, str], list[Operation | None]] = {}
    for (target, when, who), some in sources.items():
        by.setdefault((tuple(some), target, when), []).append(operations[who])
    return [Row(some, target, tuple(ops), when) for (some, target, when), ops in by.items()]


def _shown_states(contracts: Contracts, field: str) -> set[Thing]:
    return {Thing("fields", field), *(Thing("states", f"{field}.{state.value}") for state in _states(contracts, field))}


def _states(contracts: Contracts, field: str) -> list[contract_vocabulary.State]:
    return [state for state in contract_vocabulary.states(contracts[0]) if state.field == field]


def state_tables(contracts: Contracts, tag: str) -> Known:
    """Show the steps between the values of every field in the answers of a tag."""
    return {"fields": [field for field in contracts[0].transitions if state_tag(contracts[0], field) == tag]}


def enum_list(contracts: Contracts, field: str) -> Known:
    """Show the values of a field, named as `Declaration.declaration_type`, or of a schema, and what each means."""
    homes = contract_vocabulary.homes(contracts[0])
    fields = {name: homes[owner].schema for name, owner in contract_vocabulary.field_names(contracts[0]).items()}
    schemas = fields | contracts[0].document["components"]["schemas"]
    meanings = _meanings(find(schemas, field, "field or schema"))
    if not meanings:
        raise Mistake("enum", f"`{field}` can have any value.", "Name a field with an enum.")
    owner = contract_vocabulary.field_names(contracts[0]).get(field, field)
    return {
        "caption": field,
        "values": meanings,
        "has_meanings": any(meanings.values()),
        "shows": _shown_states(contracts, owner),
    }


def _meanings(schema: Known) -> Mapping[str, str]:
    """Return the values that a schema allows, each with what it means if the contract says that."""
    meanings = schema.get("x-enumDescriptions", {})
    values = (value for value in schema.get("enum", meanings) if value is not None)
    return {str(value): meanings.get(value, "") for value in values}
