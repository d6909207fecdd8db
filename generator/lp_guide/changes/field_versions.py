"""The version of the contract that first has a field or a parameter, found in the contracts of released versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from typing import NamedTuple

from lp_contract.contract import Contract, Operation, load
from lp_contract.merge_documents import TABLE_OF_CONTENTS
from lp_guide.changes.git_revisions import released_versions
from lp_guide.schema_rows import Field, fields, parameter_fields

DISTRIBUTION = "lead-provider-api-sandbox"
NEXT = "next"
"""The name of a version that has no number yet."""


class Spot(NamedTuple):
    """The place of a field in an operation."""

    operation: str
    section: str
    parents: tuple[str, ...]
    name: str


SECTIONS: Mapping[str, Callable[[Operation], Iterator[Field]]] = {
    "parameters": lambda op: (row for parameter in op.parameters for row in parameter_fields(parameter)),
    "body": lambda op: fields(op.request or {}),
    "response": lambda op: fields(op.response or {}),
}
"""Returns the rows of the table for a section of an operation."""


def rows(contract: Contract, op: Operation, section: str) -> Iterator[Field]:
    """Yield the rows of the table for a section of an operation, with the versions in which they were added."""
    added = added_in(contract)
    for row in SECTIONS[section](op):
        yield replace(row, since=added.get(Spot(op.id, section, row.parents, row.name), ""))


@lru_cache(maxsize=8)
def added_in(contract: Contract) -> Mapping[Spot, str]:
    """Return the version in which each field was added. The fields that an operation had from the start have none."""
    return compare([*_released(contract), (_present(), contract)])


def compare(versions: Sequence[tuple[str, Contract]]) -> Mapping[Spot, str]:
    """Return the version in which each field was added, given the contracts of all versions, the oldest first."""
    known: set[Spot] = set()
    operations: set[str] = set()
    added: dict[Spot, str] = {}
    for version, contract in versions:
        spots = set(_spots(contract))
        added |= {spot: version for spot in spots - known if spot.operation in operations}
        known |= spots
        operations |= contract.operations.keys()
    return added


def _spots(contract: Contract) -> Iterator[Spot]:
    for op in contract.operations.values():
        for section, rows_of in SECTIONS.items():
            yield from (Spot(op.id, section, row.parents, row.name) for row in rows_of(op) if not row.is_choice)


def _released(contract: Contract) -> Iterator[tuple[str, Contract]]:
    """Yield the released versions of an edition, the oldest first."""
    folders = sorted(released_versions().items(), key=lambda each: [int(part) for part in each[0].split(".")])
    for version, folder in folders:
        if (folder / contract.edition / TABLE_OF_CONTENTS).is_file():
            yield version, load(contract.edition, folder)


def _present() -> str:
    """Return the version of this contract; NEXT if that is released already, or not known."""
    try:
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return NEXT
    return NEXT if version in released_versions() else version
