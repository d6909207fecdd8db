"""Mistakes in what people write, with remedies."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Protocol, TypeVar

from lp_contract.yaml_source import Complaint, ContractError, Place

T = TypeVar("T")


class Blame(Protocol):
    """Records a mistake with the words in the source that contain it, and their line if that is known."""

    def __call__(self, mistake: Mistake, words: str, line: int = 0, /) -> None:
        """Record it."""


FEW = 12
"""The number of known names that a suggestion lists: a longer list does not help."""


class Mistake(Exception):  # noqa: N818 - not an error of the program
    """A mistake in what a writer wrote. The caller adds its place."""

    def __init__(self, check: str, message: str, remedy: str | Callable[[], str]) -> None:
        """Take what is wrong and what to do, or a function that finds the remedy when it is needed."""
        self.check, self.message, self._remedy = check, message, remedy
        super().__init__(message)

    @cached_property
    def remedy(self) -> str:
        """What to do."""
        return self._remedy if isinstance(self._remedy, str) else self._remedy()

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"

    def at(self, place: Place) -> ContractError:
        """Return the error with its place."""
        return ContractError(Complaint(place, self.check, self.message, self.remedy))


def find(named: Mapping[str, T], name: str, kind: str) -> T:
    """Return the value of a name. Raises Mistake with a suggestion when there is none."""
    if name not in named:
        raise Mistake("unknown-name", f"There is no {kind} `{name}`.", suggestion(name, named))
    return named[name]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Suggest a similar name, or list the known ones."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean `{close[0]}`?"
    if not names:
        return "Remove it."
    return f"Known: {', '.join(names[:FEW])}{' and more' if len(names) > FEW else ''}."


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """Add the place to a mistake that is raised inside."""
    try:
        yield
    except Mistake as mistake:
        raise mistake.at(place) from None
