"""The texts that people write: pages, words of templates, and descriptions, stories and differences in a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lp_contract.yaml_source import Place, Source
from lp_guide.pages import Page

Way = tuple[str | int, ...]
"""The path to a value from the top of a file."""
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
    """Yield the texts of each file of which pages in English are made: its content, its title and its description."""
    in_english = (page for page in pages if not page.lang or page.lang.startswith(ENGLISH))
    for page in {page.file: page for page in in_english}.values():
        yield of_file(page.source, page.file)
        if not page.values:
            yield Text(f"# {page.title}\n", partial(_front_place, page, "title"))
            yield Text(page.description, partial(_front_place, page, "description"))


def _front_place(page: Page, word: str, *_: object) -> Place:
    return page.place_of_front(word)


def of_words(source: Source) -> Iterator[Text]:
    """Yield every text in a YAML file of words for templates."""
    return (Text(text, partial(_place_of, source, way)) for way, text in _strings(source.data))


def of_contracts(sources: Iterable[Source]) -> Iterator[Text]:
    """Yield the texts in some YAML files."""
    for source in {each.file: each for each in sources}.values():
        for way, text in _strings(source.data):
            if KEYWORDS.intersection(way[-2:]) or MEANINGS in way[-2:]:
                yield Text(text, partial(_place_of, source, way))


def _place_of(source: Source, way: Way, _: int, words: str) -> Place:
    """Return the first line with some words at or below a key: YAML can break the lines of a text anywhere."""
    key = source.place(way)
    below = source.text.split("\n")[key.line - 1 : key.line + _LONGEST_TEXT]
    return next((Place(key.file, line) for line, text in enumerate(below, key.line) if words in text), key)


def _strings(value: Any, way: Way = ()) -> Iterator[tuple[Way, str]]:
    if isinstance(value, str):
        yield way, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key not in _DATA:
            yield from _strings(item, (*way, key))


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
