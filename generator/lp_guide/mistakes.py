"""What a writer can get wrong, said so that it can be mended."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeVar

from lp_contract.source import Complaint, ContractError, Place

T = TypeVar("T")


class Blame(Protocol):
    """Takes a mistake, the words in the source that hold it, and their line where that is known."""

    def __call__(self, mistake: Mistake, words: str, line: int = 0, /) -> None:
        """Note it."""


FEW = 12
"""How many names can be listed before a list is no help."""


class Mistake(Exception):  # noqa: N818 - it is the writer's, not the program's
    """Something wrong whose place only the caller knows."""

    def __init__(self, check: str, message: str, remedy: str) -> None:
        self.check, self.message, self.remedy = check, message, remedy
        super().__init__(f"{message} {remedy}")

    def at(self, place: Place) -> ContractError:
        """Say where it stands."""
        return ContractError(Complaint(place, self.check, self.message, self.remedy))


def find(named: Mapping[str, T], name: str, kind: str) -> T:
    """Return what bears a name. Raises Mistake, with a suggestion, when nothing does."""
    if name not in named:
        raise Mistake("unknown-name", f"There is no {kind} `{name}`.", suggestion(name, named))
    return named[name]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say what may have been meant."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Known: {', '.join(names[:FEW])}{' and more' if len(names) > FEW else ''}."


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """Give the place to a mistake made inside."""
    try:
        yield
    except Mistake as mistake:
        raise mistake.at(place) from None
