"""The vocabulary of a search: word forms, the beginnings of words, and corrections of misspelt ones.

site/assets/site-search.js has the same functions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

SHORTEST = 3
"""How many letters a word needs to find words that begin with it, and to be the stem of an unknown form."""
COMMON = 10
"""How many stems of the site have an ending from which a search forms further words."""
TOLERANT = 4, 8
"""From how many letters on a word can have one mistake, and two."""
CHANGES = "="
"""Marks a form that is not its stem with an ending."""
_APOSTROPHE = re.compile("['\u2019]")
_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """Split a text into the words that are compared."""
    return _WORD.findall(_APOSTROPHE.sub("", text.lower()))


class Vocabulary:
    """The words of an index by the number of their stem."""

    def __init__(self, forms: Sequence[Sequence[str]], frequencies: Sequence[int]) -> None:
        """Take each stem with the endings of its words, and the number of entries that have it."""
        self._frequencies = frequencies
        self._stems = {stem: number for number, (stem, *_) in enumerate(forms)}
        self._words = {
            form.removeprefix(CHANGES) if form.startswith(CHANGES) else f"{stem}{form}": number
            for number, (stem, *endings) in enumerate(forms)
            for form in endings
        }
        endings = Counter(form for _, *of in forms for form in of if form and not form.startswith(CHANGES))
        common = [ending for ending, number in endings.items() if number >= COMMON]
        self._endings = sorted(common, key=lambda ending: (-len(ending), ending))
        self._letters = {word: _letters(word) for word in self._words if word.isalpha()}

    def stem(self, word: str) -> int | None:
        """Return the stem of a word, or of a form of it that the site does not have; None for an unknown word."""
        if word in self._words:
            return self._words[word]
        for ending in self._endings:
            stem = word.removesuffix(ending)
            if stem != word:
                undoubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem  # as in cancelling
                for likely in (stem, undoubled):
                    if len(likely) >= SHORTEST and likely in self._stems:
                        return self._stems[likely]
        return None

    def begun_with(self, beginning: str) -> list[int]:
        """Return the stems of the words that begin with some letters."""
        if len(beginning) < SHORTEST:
            return []
        return [stem for word, stem in self._words.items() if word.startswith(beginning)]

    def closest(self, word: str) -> str:
        """Return the known word that was probably meant by a misspelt one; empty if none is close."""
        if not word.isalpha():
            return ""
        most = tolerated(len(word))
        letters = _letters(word)
        close = [
            (distance, -len(known), -self._frequencies[self._words[known]], known)
            for known, others in self._letters.items()
            if (letters ^ others).bit_count() <= 2 * most and abs(len(known) - len(word)) <= most
            if (distance := edits(word, known)) <= most
        ]
        return min(close, default=(0, 0, 0, ""))[-1]


def tolerated(length: int) -> int:
    """Return how many mistakes a word of this length can have."""
    return sum(length >= least for least in TOLERANT)


def edits(one: str, other: str) -> int:
    """Count the letters to insert, remove, replace or swap with their neighbours to make one word of the other."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, compared in enumerate(other, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != compared))
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 1] + other[j - 2]:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def _letters(word: str) -> int:
    """Return a bit for each letter of a word: words with few letters in common are far from each other."""
    return sum(1 << (ord(letter) - ord("a")) for letter in set(word))
