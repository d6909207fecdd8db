"""The parameters and the result of views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lp_contract.contract import Contract, Operation
from lp_guide.reference_urls import holder

Known = Mapping[str, Any]
"""The variables of a view's template. `shows` lists further things of the contract that the view shows."""
Contracts = Sequence[Contract]
"""The first contract is that of the page."""
View = Callable[..., Known]


def operation_of(contracts: Contracts, name: str) -> Operation:
    """Return an operation of any of the contracts."""
    return holder(contracts, "operations", name).operations[name]
