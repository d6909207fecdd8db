"""Searches the site by the parameters of a query string. site/assets/search.js does the same in a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs

from lp_sandbox.web.search_index import Edition, Entry, Index

INDEX = "search.json"
MOST = 50
"""How many results a page shows: the best ones are first, and few readers look further."""
LONGEST = 200
"""How many characters of a query are used."""
MOST_FIELDS = 20
"""How many parameters a query can have: the page sends one."""


MOST_SECTIONS = 3
"""How many further sections of a page a result shows."""


class Result(NamedTuple):
    """The best entry of a page, and further sections of the page that match the query."""

    entry: Entry
    sections: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Found:
    """The results of a search."""

    query_text: str
    chosen: Edition | None
    """The edition that is searched; None for all."""
    number: int
    """How many results there are in all."""
    best: Sequence[Result]
    suggestion: str
    """The query that was probably meant, if a word is misspelt."""
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
    query_text = given.get("q", [""])[0].strip()[:LONGEST]
    index = read_index(file)
    chosen = next((each for each in index.editions if each.name == given.get("edition", [""])[0]), None)
    entries, suggestion = index.search(query_text)
    everything = by_page(entries)
    found = [each for each in everything if chosen is None or each.entry.edition in {"", chosen.name}]
    return Found(query_text, chosen, len(found), found[:MOST], suggestion, index.editions, len(everything) - len(found))


def by_page(entries: Sequence[Entry]) -> Sequence[Result]:
    """Join the sections of a page to one result. What the contract names stays a result of its own."""
    pages: dict[str, list[Entry]] = {}
    for entry in entries:
        pages.setdefault(entry.url if entry.name else entry.url.partition("#")[0], []).append(entry)
    return [
        Result(best, [other for other in others if "#" in other.url and other.url != best.url][:MOST_SECTIONS])
        for best, *others in pages.values()
    ]


def read_index(file: Path) -> Index:
    """Return the index in a file. Raises OSError for a missing file."""
    return _index(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _index(file: Path, written: int) -> Index:
    """Read an index once, and again after it was written again."""
    del written
    return Index(file.read_bytes())
