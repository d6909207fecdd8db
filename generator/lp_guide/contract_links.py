"""Finds the links in the texts of the contracts, and those without a target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.reference_urls import SCHEMES, Addresses
from lp_guide.writer_mistakes import Mistake

_INTO_CONTRACT = re.compile(rf"\]\(({'|'.join(SCHEMES)}):([\w.-]+)\)")


def refuse_unresolved(editions: Iterable[Sequence[Contract]]) -> None:
    """Raise ContractError for the links in the texts of each edition's contracts that name nothing."""
    found = [each for contracts in editions for each in unresolved(Addresses(contracts))]
    if found:
        raise ContractError(*found)


def unresolved(addresses: Addresses) -> Iterator[Complaint]:
    """Complain of every link in the texts of contracts, such as `[text](op:getSchools)`, that names nothing."""
    for place, line in _lines(addresses.contracts):
        for scheme, name in _INTO_CONTRACT.findall(line):
            try:
                SCHEMES[scheme](addresses, name)
            except Mistake as mistake:
                yield from mistake.at(place).complaints


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
