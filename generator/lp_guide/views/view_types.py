"""The parameters and the result of views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lp_contract.contract import Contract, Operation
from lp_guide.reference_urls import holder

Known = Mapping[str, Any]
"""What the template of a view knows. Under `shows` it says what it shows of the contract, beside what stands in it."""
Contracts = Sequence[Contract]
"""The first is the one that the page is about."""
View = Callable[..., Known]


def operation_of(contracts: Contracts, name: str) -> Operation:
    """Return an operation of any of the contracts."""
    return holder(contracts, "operations", name).operations[name]
