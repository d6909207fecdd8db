"""The things of a contract that pages can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from lp_contract.contract import Contract, Transition
from lp_guide import contract_vocabulary


class Thing(NamedTuple):
    """A thing of a contract."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page, or a part of it, shows."""

    named: frozenset[Thing] = frozenset()
    """In its words, tables and links."""
    sent: frozenset[Thing] = frozenset()
    """With the requests that were sent for it."""

    @classmethod
    def union(cls, parts: Iterable[Self]) -> Self:
        """Return the union of what the parts of a page show."""
        listed = list(parts)
        named = frozenset[Thing]().union(*(each.named for each in listed))
        return cls(named, frozenset[Thing]().union(*(each.sent for each in listed)))


def inventory(contract: Contract) -> Mapping[str, Sequence[str]]:
    """Return everything that pages can show, by kind."""
    return {
        "operations": list(contract.operations),
        "states": [f"{state.field}.{state.value}" for state in contract_vocabulary.states(contract)],
        "transitions": list(
            dict.fromkeys(step_name(field, step) for field, steps in contract.transitions.items() for step in steps)
        ),
        "rules": [name for name, rule in contract.rules.items() if not rule.unreachable],
        "problems": list(contract.problems),
        "fields": list(contract_vocabulary.homes(contract)),
        "scenarios": [recipe["name"] for recipe in contract.seeds.get("scenarios", ())],
    }


def step_name(field: str, step: Transition) -> str:
    """Name a transition of a field."""
    return f"{field} from {step.source or 'nothing'} to {step.target} by {step.by}"


def ids(recipe: Any) -> Iterator[str]:
    """Yield every id that a recipe of the seeds fixes."""
    if isinstance(recipe, Mapping):
        if recipe.get("id"):
            yield recipe["id"]
        recipe = list(recipe.values())
    if isinstance(recipe, list):
        for part in recipe:
            yield from ids(part)


def reached(contract: Contract, schema: Mapping[str, Any], owner: str) -> set[Thing]:
    """Return the fields of a schema as things; `owner` has the fields of a schema without a name."""
    return {Thing("fields", name) for _, name, _ in contract_vocabulary.owned(contract.document, schema, owner)}
