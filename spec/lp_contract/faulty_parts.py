"""What to do with a part of the documents that has a fault: refuse the documents, or leave the part out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lp_contract.yaml_source import Complaint, ContractError

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class FaultyParts:
    """Refuses faulty parts, or leaves them out."""

    are_left_out: bool

    def refuse(self, complaints: Iterable[Complaint]) -> None:
        """Raise ContractError with the complaints, unless faulty parts are left out."""
        found = () if self.are_left_out else tuple(complaints)
        if found:
            raise ContractError(*found)

    def value(self, read: Callable[[], T], otherwise: D) -> T | D:
        """Return what `read` returns. If it raises ContractError and faulty parts are left out, return `otherwise`."""
        try:
            return read()
        except ContractError:
            if not self.are_left_out:
                raise
            return otherwise


REFUSED = FaultyParts(are_left_out=False)
LEFT_OUT = FaultyParts(are_left_out=True)
