"""Looks for words in the index that the site was built with. site/assets/search.js does the same in a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec

INDEX = "search.json"
PROSE = "Section"
"""The kind of what is no name."""
MOST = 50
"""How many results are shown."""
LONGEST = 200
"""How much of what was asked is looked for."""
SHOWN = 220
MOST_FIELDS = 20
_WORD = re.compile(r"[a-z0-9]+")


@dataclass
class Entry:
    """What can be found."""

    kind: str
    title: str
    url: str
    where: str
    """What it is a part of."""
    text: str

    @property
    def extract(self) -> str:
        """The beginning of what it says."""
        return f"{self.text[:SHOWN]}…" if len(self.text) > SHOWN else self.text

    @cached_property
    def title_words(self) -> list[str]:
        """The words of its title."""
        return words(self.title)

    @cached_property
    def all_words(self) -> list[str]:
        """All words by which it is found."""
        return words(f"{self.title} {self.where} {self.text}")

    def score(self, tokens: Sequence[str], meant: Sequence[Sequence[str]]) -> int:
        """Tell how well it answers what was asked; 0 where none of the words is there that can be meant by one."""
        points = [max(map(self._points, alike)) for alike in meant]
        if 0 in points:
            return 0
        is_title = self.title_words == tokens
        phrase = f" {' '.join(tokens)} "
        weight = 20 if self.kind == PROSE else 40
        return sum(points) + 100 * is_title + weight * (phrase in f" {' '.join(self.all_words)} ")

    def _points(self, token: str) -> int:
        for points, known in ((10, self.title_words), (2, self.all_words)):
            if token in known:
                return points
            if any(word.startswith(token) for word in known):
                return points // 2
        return 0


class Index:
    """What a site is searched by."""

    def __init__(self, file: Path) -> None:
        """Read an index. Raises OSError where it is not there, ValueError where it is none."""
        read: dict[str, Any] = msgspec.json.decode(file.read_bytes())
        self._entries = [Entry(*row) for row in read["entries"]]
        self._ignored = frozenset(read["ignored"])
        self._alike = {word: alike for alike in read["alike"] for word in alike}

    def search(self, asked: str) -> list[Entry]:
        """Return what answers, the best first."""
        tokens = words(asked)
        meant = [self._meant(token) for token in tokens if token not in self._ignored] or [[each] for each in tokens]
        scored = [(entry.score(tokens, meant), entry) for entry in self._entries] if tokens else []
        return [entry for points, entry in sorted(scored, key=lambda one: -one[0]) if points]

    def _meant(self, token: str) -> Sequence[str]:
        return [token, *self._alike.get(token, ())]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave."""

    asked: str
    count: str
    """How much was found, in words."""
    best: Sequence[Entry]


def search(file: Path, query: str) -> Found:
    """Look for what a query asks in an index. Raises OSError where that is not there."""
    given = parse_qs(query, max_num_fields=MOST_FIELDS) if query.count("&") < MOST_FIELDS else {}
    asked = given.get("q", [""])[0].strip()[:LONGEST]
    found = _index(file, file.stat().st_mtime_ns).search(asked)
    return Found(asked, counted(len(found), asked), found[:MOST])


@lru_cache(maxsize=1)
def _index(file: Path, written: int) -> Index:
    """Read an index once, and again when it was written anew."""
    del written
    return Index(file)


def words(text: str) -> list[str]:
    """Split a text into the words that are compared."""
    return _WORD.findall(text.lower())


def counted(number: int, asked: str) -> str:
    """Say how much was found."""
    if not number:
        return f"Nothing was found for “{asked}”"
    results = f"{number} result{'' if number == 1 else 's'} for “{asked}”"
    return f"{results}, the best {MOST} of them below" if number > MOST else results
