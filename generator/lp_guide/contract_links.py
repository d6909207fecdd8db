"""Finds what contracts name and do not have: the targets of links in their texts, and the causes of transitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lp_contract.contract import Contract, Transition
from lp_contract.yaml_source import Complaint, Place
from lp_guide.reference_urls import SCHEMES, Addresses
from lp_guide.writer_mistakes import Mistake, suggestion

TIME = "time"
"""The name in `by` for transitions that time causes."""

_INTO_CONTRACT = re.compile(rf"\]\(({'|'.join(SCHEMES)}):([\w.-]+)\)")


def complaints(editions: Iterable[Sequence[Contract]]) -> Iterator[Complaint]:
    """Complain of every link and every transition in each edition's contracts that names nothing."""
    for contracts in editions:
        for place, _, mistake in _unresolved(Addresses(contracts), _lines(contracts)):
            yield from mistake.at(place).complaints
        for contract in contracts:
            yield from _without_cause(contract, contracts)


def _without_cause(contract: Contract, contracts: Sequence[Contract]) -> Iterator[Complaint]:
    """Complain of every transition of a contract whose operation none of the contracts of its edition has."""
    operations = [name for each in contracts for name in each.operations]
    for field, steps in contract.transitions.items():
        schema, _, name = field.partition(".")
        way = ("components", "schemas", schema, "properties", name, "x-transitions")
        for index, step in enumerate(steps):
            if not has_cause(step, contracts):
                message = f"There is no operation `{step.by}`."
                remedy = f"{suggestion(step.by, operations)} If time causes the transition, write `{TIME}`."
                yield Complaint(contract.place((*way, index)), "transition", message, remedy)


def has_cause(step: Transition, contracts: Sequence[Contract]) -> bool:
    """Whether time or an operation of some contracts causes a transition. Without controls, actors are not known."""
    is_complete = any(contract.is_controls for contract in contracts)
    return step.by == TIME or not is_complete or any(step.by in contract.operations for contract in contracts)


def unresolved(addresses: Addresses) -> frozenset[str]:
    """Return the links in the texts of contracts that name nothing, such as `op:getSchools`."""
    return frozenset(target for _, target, _ in _unresolved(addresses, _lines(addresses.contracts)))


def _unresolved(addresses: Addresses, lines: Iterable[tuple[Place, str]]) -> Iterator[tuple[Place, str, Mistake]]:
    """Yield the place, the link and the mistake of every link that names nothing."""
    for place, line in lines:
        for scheme, name in _INTO_CONTRACT.findall(line):
            try:
                SCHEMES[scheme](addresses, name)
            except Mistake as mistake:
                yield place, f"{scheme}:{name}", mistake


def places_of(target: str, contracts: Sequence[Contract]) -> list[Place]:
    """Return the places of an address in the texts of contracts."""
    return [place for place, line in _lines(contracts) if f"]({target})" in line]


def _lines(contracts: Sequence[Contract]) -> Iterator[tuple[Place, str]]:
    """Yield every line of the YAML of contracts that has a link, each file once."""
    files = {source.file: source for contract in contracts for source in contract.sources.values()}
    for source in files.values():
        for number, line in enumerate(source.text.split("\n"), 1):
            if "](" in line:
                yield Place(source.file, number), line
