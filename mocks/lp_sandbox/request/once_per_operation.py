"""Keeps what is derived from an operation for as long as there is the operation: sandboxes of one contract share it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from lp_contract.contract import Operation

T = TypeVar("T")


def once_per_operation(derive: Callable[[Operation], T]) -> Callable[[Operation], T]:
    """Call a function once for each operation. What it returns must not hold the operation."""
    derived: WeakKeyDictionary[Operation, T] = WeakKeyDictionary()

    @wraps(derive)
    def look_up(operation: Operation) -> T:
        found = derived.get(operation)
        if found is None:
            found = derived[operation] = derive(operation)
        return found

    return look_up
