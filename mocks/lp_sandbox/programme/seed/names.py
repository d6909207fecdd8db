"""Makes fictitious names, teacher reference numbers and email addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from lp_sandbox.worlds.ids import make_id

LONGEST_LOCAL_PART = 64
"""What RFC 5321 allows before the @."""
_UNDECOMPOSED = str.maketrans(
    {
        "æ": "ae",
        "ð": "d",
        "ø": "o",
        "þ": "th",
        "đ": "d",
        "ħ": "h",
        "\u0131": "i",
        "ł": "l",
        "ŋ": "ng",
        "œ": "oe",
        "ŧ": "t",
    }
)
"""Latin letters that Unicode does not decompose into another letter and a mark."""
_APOSTROPHES = re.compile("['`\u00b4\u02b9-\u02bc\u2018\u2019\u201b\u2032]")


class Names:
    """Makes names from the words of the seeds. Equal numbers give equal names."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self.words = words

    def person(self, number: int) -> str:
        """Return the name of a person."""
        first, last = self.words["first"], self.words["last"]
        return f"{first[number % len(first)]} {last[number // len(first) % len(last)]}"

    def school(self, number: int) -> str:
        """Return the name of a school."""
        places, endings, kinds = (self.words[kind] for kind in ("places", "endings", "kinds"))
        place = places[number % len(places)]
        ending = endings[number // len(places) % len(endings)]
        return f"{place}{ending} {kinds[number // len(places) // len(endings) % len(kinds)]}"


def names(seeds: Mapping[str, Any]) -> Names:
    """Return the names made from the words of the seeds."""
    return Names(seeds["world"]["names"])


def email(full_name: str, number: int | None = None) -> str:
    """Return a valid email address for any name; a number distinguishes people of the same name."""
    suffix = "" if number is None else str(number)
    local_part = _in_ascii(full_name)[: LONGEST_LOCAL_PART - len(suffix)].rstrip(".")
    return f"{local_part or f'person-{make_id(full_name)[:8]}'}{suffix}@example.com"


def _in_ascii(name: str) -> str:
    """Return a name in lower-case ASCII with dots between its words. Other characters are left out."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name.casefold()).translate(_UNDECOMPOSED))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub("[^a-z0-9-]+", ".", letters).strip(".")


def reference_number(number: int) -> str:
    """Return a TRN. Numbers that differ by less than eight million give different TRNs."""
    return str(1_000_000 + number * 104_729 % 8_000_000)
