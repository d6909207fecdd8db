"""Names, teacher reference numbers and addresses: all of them made, none of them anybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Names:
    """Makes names out of the contract's words; the same number gives the same name."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self.words = words

    def person(self, number: int) -> str:
        """Name somebody."""
        first, last = self.words["first"], self.words["last"]
        return f"{first[number % len(first)]} {last[number // len(first) % len(last)]}"

    def school(self, number: int) -> str:
        """Name a school."""
        places, endings, kinds = (self.words[kind] for kind in ("places", "endings", "kinds"))
        place = places[number % len(places)]
        ending = endings[number // len(places) % len(endings)]
        return f"{place}{ending} {kinds[number // len(places) // len(endings) % len(kinds)]}"


def names(seeds: Mapping[str, Any]) -> Names:
    """Take the words from the seeds."""
    return Names(seeds["world"]["names"])


def email(full_name: str, number: int | None = None) -> str:
    """Make an address for a name; a number tells people of the same name apart."""
    return f"{full_name.lower().replace(' ', '.')}{'' if number is None else number}@example.com"


def reference_number(number: int) -> str:
    """Make a TRN; numbers that differ by less than eight million give different ones."""
    return str(1_000_000 + number * 104_729 % 8_000_000)
