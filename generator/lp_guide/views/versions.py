"""Views that compare the versions of an API: operations, parameters, and fields of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lp_contract.contract import Contract, Operation
from lp_guide.schema_rows import fields, parameter_fields
from lp_guide.views.view_types import Contracts, Known, operation_of

Call = tuple[str, str]
"""A method and a path without the version."""
INSIDE = ("data", "attributes")
"""The place of the details in an answer."""


class Row(NamedTuple):
    """A parameter or a field, and whether each version has it."""

    name: str
    has: Sequence[bool]


def version_operations(contracts: Contracts) -> Known:
    """Show the operations of every version, and which versions lack them."""
    versions = _versions(contracts[0])
    calls = sorted({call for operations in versions.values() for call in operations}, key=lambda call: call[::-1])
    rows = [(method, path, [each.get((method, path)) for each in versions.values()]) for method, path in calls]
    return {"versions": list(versions), "rows": rows}


def version_fields(contracts: Contracts, operation: str) -> Known:
    """Show the fields of an operation's answer, and which versions of the operation have each of them."""
    return _compared(contracts, operation, _answered)


def version_parameters(contracts: Contracts, operation: str) -> Known:
    """Show the parameters of an operation, and which versions of the operation have each of them."""
    return _compared(contracts, operation, _asked)


def _versions(contract: Contract) -> Mapping[str, Mapping[Call, Operation]]:
    """Return the operations of each version, by the last part of the path that the version has."""
    return {
        document.paths.rpartition("/")[2]: {
            (op.method, op.path.removeprefix(document.paths)): op
            for op in contract.operations.values()
            if document.holds(op.path)
        }
        for document in sorted(contract.publications, key=lambda each: each.paths)
    }


def _compared(contracts: Contracts, operation: str, names: Callable[[Operation], Iterable[str]]) -> Known:
    op, versions = operation_of(contracts, operation), _versions(contracts[0])
    call = next(call for operations in versions.values() for call, each in operations.items() if each.id == op.id)
    found = {version: list(names(each[call])) for version, each in versions.items() if call in each}
    every = dict.fromkeys([*names(op), *(name for named in found.values() for name in named)])
    rows = [Row(name, [name in named for named in found.values()]) for name in every]
    return {"op": op, "versions": list(found), "rows": rows}


def _answered(op: Operation) -> Iterator[str]:
    for field in fields(op.response or {}):
        if field.parents[: len(INSIDE)] == INSIDE:
            yield ".".join([*field.parents[len(INSIDE) :], field.name])


def _asked(op: Operation) -> Iterator[str]:
    for parameter in op.parameters:
        yield from (field.name for field in parameter_fields(parameter))
