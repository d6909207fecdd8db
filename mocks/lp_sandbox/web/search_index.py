"""The index with which a site was built, and how the entries that match a query are ranked.

The points of each word are in the index. This module finds out which words a reader means, and adds up their points.
site/assets/site-search.js does the same in a browser.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from lp_sandbox.web.search_vocabulary import Vocabulary, words

MOST_CORRECTIONS = 5
"""How many words of a query can be corrected. Each is compared with every word of the site."""
SAME_WORD, RELATED = 4, 3
"""The weight of a word: of the word in the query or its correction, and of a synonym or a longer word."""
SAME_TITLE, SAME_PHRASE, SAME_NAME = 2, 3, 6
"""The factors for an entry whose title has only words of the query, for one that has them in the same order, and
for one whose name is in the question."""
PHRASE = 4
"""How many words make a phrase."""
_ORDINARY = re.compile(r"[a-z]*")
"""A name such as `paid`: a question with an ordinary word looks for a task or a definition."""


class Entry(NamedTuple):
    """Something that a search can find."""

    kind: str
    title: str
    url: str
    where: str
    """The page or section to which it belongs."""
    extract: str
    """The beginning of its text."""
    edition: str
    """The edition that it is about; empty for what the editions share."""
    name: str
    """What the contract calls it."""


class Edition(NamedTuple):
    """An edition that a reader can choose."""

    name: str
    text: str


class Meaning(NamedTuple):
    """What a word of a query can mean."""

    stems: Mapping[int, int]
    """How much each stem counts; the likeliest is the first."""
    correction: str = ""
    """The probable correction, if the word in the question is misspelt."""

    def without(self, others: Collection[int]) -> Meaning:
        """Leave out what another word of the query says: one word of an entry then counts for one of the query."""
        likeliest = next(iter(self.stems))
        kept = {stem: weight for stem, weight in self.stems.items() if stem == likeliest or stem not in others}
        return self._replace(stems=kept)


class Results(NamedTuple):
    """The entries that match a query, the best first."""

    entries: Sequence[Entry]
    suggestion: str
    """The query that was probably meant, if a word of it is misspelt."""


class Index:
    """The index of a site."""

    def __init__(self, data: bytes) -> None:
        """Read an index. Raises ValueError for data that is not an index."""
        read: dict[str, Any] = msgspec.json.decode(data)
        self.editions = [Edition(each["edition"], each["text"]) for each in read["editions"]]
        self._entries = [Entry(*row) for row in read["entries"]]
        self._ignored = frozenset(read["ignored"])
        self._points = [list(zip(accumulate(row[::2]), row[1::2], strict=True)) for row in read["postings"]]
        self._vocabulary = Vocabulary(read["forms"], [len(row) for row in self._points])
        self._alike = {stem: others for stem, *others in read["alike"]}
        self._phrases = [" ".join(words(f"{each.title} {each.where if each.name else ''}")) for each in self._entries]
        self._titled = self._first_places(lambda entry: self._stems(entry.title) if entry.title != entry.name else ())
        self._named = self._first_places(lambda entry: "" if _ORDINARY.fullmatch(entry.name) else entry.name.lower())

    def address(self, kind: str, name: str, edition: str) -> str | None:
        """Return the address of the entry for a name of an edition's contract."""
        wanted = (kind, name, edition)
        return next((each.url for each in self._entries if (each.kind, each.name, each.edition) == wanted), None)

    def search(self, query_text: str) -> Results:
        """Search by the words of a query. An entry need not have all of them, but those with more come first."""
        tokens = words(query_text)
        meanings = self._meanings(self._meaningful(tokens))
        scores = self._scores([meaning.stems for meaning in meanings.values()])
        likeliest = tuple(next(iter(meaning.stems)) for meaning in meanings.values())
        corrected = {token: meaning.correction for token, meaning in meanings.items() if meaning.correction}
        meant = [corrected.get(token, token) for token in tokens]
        for factor, places in (
            (SAME_TITLE, self._titled.get(likeliest, ())),
            (SAME_NAME, self._named.get(query_text.lower(), ())),
            (SAME_PHRASE, self._with_phrase(meant)),
        ):
            scores |= {place: factor * scores[place] for place in places if place in scores}
        best = sorted(scores, key=lambda place: (-scores[place], place))
        return Results([self._entries[place] for place in best], " ".join(meant) if corrected else "")

    def _with_phrase(self, tokens: Sequence[str]) -> Iterator[int]:
        """Yield the places of entries with all words of a query in their order, if these are many enough."""
        if len(tokens) >= PHRASE:
            phrase = " ".join(tokens)
            yield from (place for place, text in enumerate(self._phrases) if phrase in text)

    def _first_places(self, key_of: Callable[[Entry], Hashable]) -> Mapping[Hashable, Sequence[int]]:
        """Return, for each key that is not empty, the first entry of each kind and edition that has it."""
        first: dict[tuple[Hashable, str, str], int] = {}
        for place, entry in enumerate(self._entries):
            first.setdefault((key_of(entry), entry.kind, entry.edition), place)
        places: dict[Hashable, list[int]] = defaultdict(list)
        for (key, _, _), place in first.items():
            if key:
                places[key].append(place)
        return places

    def _stems(self, title: str) -> tuple[int, ...]:
        stems = (self._vocabulary.stem(word) for word in self._meaningful(words(title)))
        return tuple(dict.fromkeys(stem for stem in stems if stem is not None))

    def _meaningful(self, tokens: Iterable[str]) -> list[str]:
        return [token for token in tokens if token not in self._ignored]

    def _meanings(self, tokens: Iterable[str]) -> Mapping[str, Meaning]:
        """Return what each word of a query means, without those that mean nothing on this site."""
        meanings: dict[str, Meaning] = {}
        corrections = 0
        for token in dict.fromkeys(tokens):
            meaning = self._known(token)
            if not meaning and corrections < MOST_CORRECTIONS:
                meaning = self._corrected(token)
                corrections += 1
            if meaning:
                meanings[token] = meaning
        likeliest_stems = {next(iter(meaning.stems)) for meaning in meanings.values()}
        return {token: meaning.without(likeliest_stems) for token, meaning in meanings.items()}

    def _known(self, token: str) -> Meaning | None:
        stem = self._vocabulary.stem(token)
        if stem is not None:
            return Meaning({stem: SAME_WORD, **dict.fromkeys(self._alike.get(stem, ()), RELATED)})
        begun = self._vocabulary.begun_with(token)
        return Meaning(dict.fromkeys(begun, RELATED)) if begun else None

    def _corrected(self, token: str) -> Meaning | None:
        correction = self._vocabulary.closest(token)
        meaning = self._known(correction) if correction else None
        return Meaning(meaning.stems, correction) if meaning else None

    def _scores(self, several: Sequence[Mapping[int, int]]) -> dict[int, int]:
        """Return the points of the entries that have at least half as many of the words as the best one has."""
        totals: dict[int, int] = defaultdict(int)
        matched: dict[int, int] = defaultdict(int)
        for stems in several:
            for place, points in self._best(stems).items():
                totals[place] += points
                matched[place] += 1
        most = max(matched.values(), default=0)
        return {place: total * matched[place] ** 2 for place, total in totals.items() if 2 * matched[place] >= most}

    def _best(self, stems: Mapping[int, int]) -> Mapping[int, int]:
        """Return the points of each entry for the stem that gives it most."""
        best: dict[int, int] = {}
        for stem, weight in stems.items():
            for place, points in self._points[stem]:
                best[place] = max(best.get(place, 0), weight * points)
        return best
