"""Searches the index with which the site was built. site/assets/search.js does the same in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec

INDEX = "search.json"
PROSE = "Section"
"""The kind of an entry that is prose and not a name of the contract."""
MOST = 50
"""How many results a page shows: the best ones are first, and few readers look further."""
LONGEST = 200
"""How many characters of a query are used."""
EXTRACT = 220
"""How many characters of an entry a result shows."""
MOST_FIELDS = 20
"""How many parameters a query can have: the page sends one."""
_WORD = re.compile(r"[a-z0-9]+")


@dataclass
class Entry:
    """Something that a search can find."""

    kind: str
    title: str
    url: str
    where: str
    """The page or section to which it belongs."""
    text: str
    edition: str = ""
    """The edition that it is about; empty for what the editions share."""

    @property
    def extract(self) -> str:
        """The beginning of its text."""
        return f"{self.text[:EXTRACT]}…" if len(self.text) > EXTRACT else self.text

    @cached_property
    def title_words(self) -> str:
        """The words of its title, as they are compared."""
        return spaced(words(self.title))

    @cached_property
    def all_words(self) -> str:
        """All words by which a search finds it."""
        return spaced(words(f"{self.title} {self.where} {self.text}"))

    def score(self, asked: str, tokens: Sequence[str], meant: Sequence[Sequence[str]]) -> int:
        """Return how well it matches a query; 0 where a word of the query and its synonyms are all missing.

        `tokens` are the words of the query as asked. A title in exactly these letters counts most: it is a field where
        an underscore is asked for, and the section that explains the words otherwise.
        """
        points = 0
        for alike in meant:
            best = max(map(self._points, alike))
            if not best:
                return 0
            points += best
        phrase = spaced(tokens)
        is_title, is_exact = self.title_words == phrase, self.title.lower() == asked.lower()
        weight = 20 if self.kind == PROSE else 40
        in_words = weight * (phrase in self.all_words) + 20 * (phrase in self.title_words)
        return points + 100 * is_title + 30 * is_exact + in_words

    def _points(self, token: str) -> int:
        for points, known in ((10, self.title_words), (2, self.all_words)):
            if f" {token} " in known:
                return points
            if f" {token}" in known:
                return points // 2
        return 0


class Edition(NamedTuple):
    """An edition that a reader can choose."""

    name: str
    text: str


class Index:
    """The index of a site."""

    def __init__(self, file: Path) -> None:
        """Read an index. Raises OSError for a missing file, and ValueError for one that is not an index."""
        read: dict[str, Any] = msgspec.json.decode(file.read_bytes())
        self._entries = [Entry(*row) for row in read["entries"]]
        self._ignored = frozenset(read["ignored"])
        self._alike = {word: alike for alike in read["alike"] for word in alike}
        self.editions = [Edition(each["edition"], each["text"]) for each in read["editions"]]

    def search(self, asked: str) -> list[Entry]:
        """Return the entries that match a query, the best first."""
        tokens = words(asked)
        meant = [self._meant(token) for token in tokens if token not in self._ignored] or [[each] for each in tokens]
        scored = [(entry.score(asked, tokens, meant), entry) for entry in self._entries] if tokens else []
        return [entry for points, entry in sorted(scored, key=lambda one: -one[0]) if points]

    def _meant(self, token: str) -> Sequence[str]:
        return [token, *self._alike.get(token, ())]


@dataclass(frozen=True, slots=True)
class Found:
    """The results of a search."""

    asked: str
    chosen: Edition | None
    """The edition that is searched; None for all."""
    count: str
    """The number of results, in words."""
    best: Sequence[Entry]
    editions: Sequence[Edition]
    """Those that a reader can choose from."""
    left_out: int
    """The number of results in the editions that are not searched."""

    @property
    def names(self) -> Mapping[str, str]:
        """What the editions are called, by their names."""
        return {each.name: each.text for each in self.editions}


def search(file: Path, query: str) -> Found:
    """Search an index by the parameters `q` and `edition` of a query string. Raises OSError for a missing index."""
    given = parse_qs(query, max_num_fields=MOST_FIELDS) if query.count("&") < MOST_FIELDS else {}
    asked = given.get("q", [""])[0].strip()[:LONGEST]
    index = _index(file, file.stat().st_mtime_ns)
    chosen = next((each for each in index.editions if each.name == given.get("edition", [""])[0]), None)
    everything = index.search(asked)
    found = [entry for entry in everything if chosen is None or entry.edition in ("", chosen.name)]
    count = counted(len(found), asked, chosen.text if chosen else "")
    return Found(asked, chosen, count, found[:MOST], index.editions, len(everything) - len(found))


@lru_cache(maxsize=1)
def _index(file: Path, written: int) -> Index:
    """Read an index once, and again after it was written again."""
    del written
    return Index(file)


def words(text: str) -> list[str]:
    """Split a text into the words that are compared."""
    return _WORD.findall(text.lower())


def spaced(several: Iterable[str]) -> str:
    """Join words with a space before and after each, so that a word is found by looking for text."""
    return f" {' '.join(several)} "


def counted(number: int, asked: str, edition: str = "") -> str:
    """Write the number of results in words, with the edition where one is searched."""
    what = f"“{asked}” in {edition}" if edition else f"“{asked}”"
    if not number:
        return f"Nothing was found for {what}"
    results = f"{number} result{'' if number == 1 else 's'} for {what}"
    return f"{results}, the best {MOST} of them below" if number > MOST else results
