"""The search index: what can be found, every word that finds it, and how much each word counts.

All ranking is decided here, when the site is built. The sandbox and the script on the search page read the same file,
and only add up the points of the words that a reader types: mocks/lp_sandbox/web/site_search.py and
site/assets/site-search.js.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import snowballstemmer

from lp_contract.yaml_source import Complaint, Place
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.reference_urls import Addresses
from lp_guide.search_entries import Entry, edition_of, entries_of_contract, entries_of_page
from lp_guide.writer_mistakes import suggestion

INDEX = "search.json"
EXTRACT = 120
"""How many characters of an entry a result shows."""
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+")
"""An id of the seeded world. Nobody searches the guide for one, and each adds five words to the index."""
_APOSTROPHE = re.compile("['\u2019]")
_WORD = re.compile(r"[a-z0-9]+")
_PARTS = {"title": 5.0, "name": 2.0, "where": 1.5, "text": 1.0, "more": 0.3}
"""How much a word counts in each part of an entry."""
_LENGTH = 0.6
"""How much a long text lowers the points of each of its words: the `b` of BM25F."""
_SATURATION = 1.2
"""How soon more of the same word stops to count: the `k1` of BM25F."""
_PAGE = 1.25
"""How much more a page of the guide counts than a section of one."""
_POINTS = 3
"""Points are integers, so that Python and JavaScript get equal sums."""
_URL = 2
"""The place of the address in an entry of the written index."""
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Counts:
    """The words of an entry."""

    words: Sequence[str]
    parts: Mapping[str, tuple[int, Sequence[str], Sequence[int]]]
    """For each part that has words: how many they are, the stems, and how often each occurs."""


Counted = Mapping[Entry, Counts]


class Index:
    """Makes the index of a site. Pages that have not changed are not read again."""

    def __init__(self, addresses: Addresses, settings: Mapping[str, Any], texts: Mapping[str, Any]) -> None:
        """Take the contracts with their addresses, the settings of the site, and the texts in its language.

        `search` in the settings has the words that are `ignored`, those that are `alike`, the `weights` of the kinds
        of entries, and addresses that editions `share`.
        """
        self._settings = settings["search"]
        self._texts = texts
        self._editions = [{"edition": each["edition"], "text": each["text"]} for each in settings["switch"]]
        self._kinds = {section["href"]: section["text"] for section in settings["navigation"]}
        own = (replace(addresses, contracts=[contract]) for contract in addresses.contracts)
        self._named = [entry for each in own for entry in entries_of_contract(each, texts["where"])]
        self._read: dict[str, tuple[PackedText, list[Entry]]] = {}
        self._counted: Counted = {}

    def make(self, bodies: Iterable[tuple[Page, PackedText]]) -> bytes:
        """Write the index, given what each page says as HTML."""
        entries: dict[tuple[str, str], Entry] = {}
        for entry in self._named:
            entries.setdefault((entry.url, entry.title), entry)
        explained = {entry.url for entry in self._named}
        for entry in (entry for page, body in bodies for entry in self._of(page, body)):
            if not entry.name and entry.url not in explained:  # a section about a name: the contract's entries have it
                entries.setdefault((entry.url, entry.title), entry)
        self._counted = {entry: self._counted.get(entry) or _count(entry) for entry in entries.values()}
        return _written(self._index(self._counted))

    def complaints(self, pages: Iterable[Page], places: Mapping[str, Place]) -> Iterator[Complaint]:
        """Complain of weights for kinds of results and for folders that the site does not have."""
        kinds = {*self._kinds.values(), *(entry.kind for entry in self._named)}
        folders = {folder for page in pages for folder in (page.url, *page.parents)}
        for name, place in places.items():
            what, known = ("folder", folders) if name.startswith("/") else ("kind of result", kinds)
            if name not in known:
                yield Complaint(
                    place, "unknown-name", f"There is no {what} `{name}` for a weight.", suggestion(name, known)
                )

    def titles(self, page: Page, body: PackedText) -> Mapping[str, str]:
        """Return the titles of a page and of its sections by their addresses."""
        return {
            entry.url: f"{entry.where}: {entry.title}" if entry.where else entry.title for entry in self._of(page, body)
        }

    def _of(self, page: Page, body: PackedText) -> list[Entry]:
        read, entries = self._read.get(page.url, (None, []))
        if read is not body:
            edition = edition_of(page, self._settings.get("shared", ())) if len(page.editions) == 1 else ""
            kind = next((self._kinds[url] for url in (page.url, *reversed(page.parents)) if url in self._kinds), "Page")
            entries = [entry._replace(kind=kind, edition=edition) for entry in entries_of_page(page, body.text)]
            self._read[page.url] = (body, entries)
        return entries

    def _index(self, counted: Counted) -> Mapping[str, Any]:
        ignored, alike = self._settings["ignored"], self._settings["alike"]
        synonyms = _synonyms(alike)
        postings = _postings(counted, synonyms, self._settings.get("weights", {}))
        forms = _forms(set().union(*(each.words for each in counted.values()), *alike).difference(ignored))
        places = {stem: place for place, stem in enumerate(forms)}
        return {
            "texts": self._texts["search"],
            "kinds": self._texts["kind"],
            "editions": self._editions,
            "ignored": ignored,
            "forms": [[stem, *(_ending(word, stem) for word in of)] for stem, of in forms.items()],
            "alike": [[places[each] for each in (stem, *others)] for stem, others in synonyms.items()],
            "postings": [postings.get(stem, ()) for stem in forms],
            "entries": [
                [each.kind, each.title, each.url, each.where, _extract(each.text), each.edition, each.name]
                for each in counted
            ],
        }


def move_entries(index: bytes, path: str) -> bytes:
    """Put a path before the address of every entry of an index."""
    moved = json.loads(index)
    for entry in moved["entries"]:
        entry[_URL] = path + entry[_URL]
    return _written(moved)


def _written(index: Mapping[str, Any]) -> bytes:
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


def words(text: str) -> list[str]:
    """Split a text into the words that are compared."""
    return _WORD.findall(_APOSTROPHE.sub("", _ID.sub(" ", text.lower())))


@cache
def stem_of(word: str) -> str:
    """Return the stem of a word."""
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def _count(entry: Entry) -> Counts:
    """Count the words in an entry."""
    counts = {part: Counter(map(sys.intern, words(getattr(entry, part)))) for part in _PARTS}
    counts["more"] = Counter(counts["more"].keys() - counts["title"].keys() - counts["text"].keys())
    return Counts(
        tuple({word: None for each in counts.values() for word in each}),
        {part: (of.total(), *_by_stem(of)) for part, of in counts.items() if of},
    )


def _by_stem(counts: Counter[str]) -> tuple[Sequence[str], Sequence[int]]:
    """Return the stems, and how often each occurs."""
    found: Counter[str] = Counter()
    for word, number in counts.items():
        found[stem_of(word)] += number
    return tuple(found), tuple(found.values())


def _forms(several: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return the words that have each stem."""
    forms: dict[str, list[str]] = defaultdict(list)
    for word in sorted(several):
        forms[stem_of(word)].append(word)
    return forms


def _ending(word: str, stem: str) -> str:
    """Return what a word adds to its stem, or a mark and the whole word if it changes the stem."""
    return word.removeprefix(stem) if word.startswith(stem) else f"={word}"


def _synonyms(alike: Iterable[Iterable[str]]) -> Mapping[str, Sequence[str]]:
    """Return the stems that mean the same as each."""
    found: dict[str, list[str]] = defaultdict(list)
    for group in alike:
        stems = {stem_of(word): None for word in group}
        for stem in stems:
            found[stem] += [other for other in stems if other != stem and other not in found[stem]]
    return found


def _postings(
    counted: Counted, synonyms: Mapping[str, Sequence[str]], weights: Mapping[str, float]
) -> Mapping[str, Sequence[int]]:
    """Return the points of each stem in each entry, by BM25F, as they are written."""
    frequencies = _frequencies(counted)
    factors = [_weight(entry, weights) for entry in counted]
    postings = {}
    for stem, found in frequencies.items():
        # A rare synonym of a common word says no more than that word.
        holders = len(set(found).union(*(frequencies.get(other, ()) for other in synonyms.get(stem, ()))))
        rarity = math.log(1 + (len(counted) - holders + 0.5) / (holders + 0.5))
        postings[stem] = _packed(
            {
                place: math.ceil(_POINTS * rarity * factors[place] * number / (number + _SATURATION))
                for place, number in found.items()
            }
        )
    return postings


def _frequencies(counted: Counted) -> Mapping[str, Mapping[int, float]]:
    """Count each stem in each entry. A word counts more in some parts than in others, and less in a long one."""
    totals = {part: [of.parts[part][0] for of in counted.values() if part in of.parts] for part in _PARTS}
    usual = {part: sum(several) / len(several) for part, several in totals.items() if several}
    frequencies: dict[str, dict[int, float]] = defaultdict(dict)
    for place, counts in enumerate(counted.values()):
        for part, (total, stems, numbers) in counts.parts.items():
            factor = _PARTS[part] / (1 - _LENGTH + _LENGTH * total / usual[part])
            for stem, number in zip(stems, numbers, strict=True):
                found = frequencies[stem]
                found[place] = found.get(place, 0) + number * factor
    return frequencies


def _weight(entry: Entry, weights: Mapping[str, float]) -> float:
    """Return the weight of an entry from the settings: for its address, or else for its kind."""
    folders = [each for each in weights if each.startswith("/") and entry.url.startswith(each)]
    return weights.get(max(folders, key=len, default=entry.kind), 1) * (_PAGE if entry.more else 1)


def _packed(points: Mapping[int, int]) -> list[int]:
    """Return the places of entries, each as the distance from the previous place, followed by its points."""
    packed = []
    last = 0
    for place in sorted(points):
        packed += [place - last, points[place]]
        last = place
    return packed


def _extract(text: str) -> str:
    if len(text) <= EXTRACT:
        return text
    return f"{text[:EXTRACT].rpartition(' ')[0]}…"
