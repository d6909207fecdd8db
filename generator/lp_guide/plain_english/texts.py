"""The texts that people write: pages, and the descriptions, stories and differences in a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lp_contract.yaml_source import Place, Source
from lp_guide.pages import Page

KEYWORDS = frozenset(
    ("description", "summary", "when", "story", "try", "theirs", "ours", "in_file_remedy", "unreachable")
)
"""The keywords of a contract and its seeds for text. Messages of the service are not ours to improve."""
ENGLISH = "en"
MEANINGS = "x-enumDescriptions"
_LONGEST_TEXT = 30
"""How many lines of a file a text can have."""
_DATA = frozenset(("example", "examples", "default", "enum", "const", "broken_by"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Markdown."""

    markdown: str
    place_of: Callable[[int, str], Place]
    """Returns the place of a line of the text, and of words on it."""
    is_page: bool = False


def of_file(markdown: str, file: Path) -> Text:
    """Return the text of a Markdown file."""
    return Text(markdown, lambda line, _: Place(file, line), is_page=True)


def of_pages(pages: Iterable[Page]) -> Iterator[Text]:
    """Yield the text of each file of which pages in English are made."""
    sources = {page.file: page.source for page in pages if not page.lang or page.lang.startswith(ENGLISH)}
    return (of_file(markdown, file) for file, markdown in sources.items())


def of_contracts(sources: Iterable[Source]) -> Iterator[Text]:
    """Yield the texts in some YAML files."""
    for source in {each.file: each for each in sources}.values():
        for way, text in _texts(source.data):
            yield Text(text, partial(_place_of, source, way))


def _place_of(source: Source, way: tuple[str | int, ...], _: int, words: str) -> Place:
    """Return the first line with some words at or below a key: YAML can break the lines of a text anywhere."""
    key = source.place(way)
    below = source.text.split("\n")[key.line - 1 : key.line + _LONGEST_TEXT]
    return next((Place(key.file, line) for line, text in enumerate(below, key.line) if words in text), key)


def _texts(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str) and (KEYWORDS.intersection(way[-2:]) or MEANINGS in way[-2:]):
        yield way, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key not in _DATA:
            yield from _texts(item, (*way, key))


def names(documents: Iterable[Any]) -> frozenset[str]:
    """Return the words that contracts use as names: keys, values of one word, and the names of people and schools."""
    return frozenset(word.lower() for document in documents for name in _names(document) for word in name.split())


def _names(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str) and (" " not in value or key.endswith("name")):
        yield value
    if isinstance(value, Mapping):
        for word, item in value.items():
            yield from (str(word), *_names(item, str(word)))
    elif isinstance(value, list):
        for item in value:
            yield from _names(item, key)
