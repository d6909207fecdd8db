"""Chooses the pages that a browser must visit so that it sees every kind of element that the site has.

A site has hundreds of pages that one template makes. What a browser finds on one of them it finds on all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>|<!--.*?-->", re.DOTALL)
NAME_OR_VALUE = re.compile(r"([a-z][\w-]*)(?:=\"([^\"]*)\")?")
TOLD_APART = {"class", "role", "type", "aria-current", "width", "open"}
"""The attributes whose values make a kind. Of others only the names count."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CELLS = {"td", "th"}
FITS = 20
"""Letters of a word that fits into any column of the smallest screen."""
NEAR = 4
"""The element itself and three around it decide how it is shown."""
STEP = 10
"""A word that is longer by fewer letters than this is not wider by as much as a margin."""
LONG = 70_000
"""A page with more letters of HTML than this may be too high."""
Kinds = dict[str, int]
"""How long the longest word in each kind of element is, in steps."""


def kinds(html: str) -> Kinds:
    """Return the kinds of elements on a page.

    Elements of one kind have the same tag, classes, roles and names of attributes, and so have the three elements
    around them. Cells of a table are in the same column.
    """
    found: Kinds = {}
    for kind, text in _elements(html):
        longest = max(map(len, text.split()), default=0)
        found[kind] = max(found.get(kind, 0), max(0, longest - FITS + STEP - 1) // STEP)
    return found


def worth_a_visit(pages: Mapping[str, str]) -> list[str]:
    """Return few pages that have every kind of element, each with the longest word in any element of the kind.

    `pages` has the HTML of each page by its address. The next page is always the one with the most kinds that are still
    missing.
    """
    found = {page: kinds(html) for page, html in pages.items()}
    longest: Kinds = {}
    for steps in found.values():
        longest |= {kind: max(number, longest.get(kind, 0)) for kind, number in steps.items()}
    shown = {page: {kind for kind in steps if steps[kind] == longest[kind]} for page, steps in found.items()}
    left, chosen = set(longest), []
    while left:
        page = min(pages, key=lambda page: (-len(shown[page] & left), len(pages[page]), page))
        chosen.append(page)
        left -= shown[page]
    return chosen


def long_pages(pages: Mapping[str, str]) -> list[str]:
    """Return the pages whose height must be looked at."""
    return [page for page, html in pages.items() if len(html) > LONG]


def _elements(html: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of the element that each piece of text is in, and the text."""
    open_tags: list[str] = []
    column = 0
    places = [*TAG.finditer(html)]
    for tag, following in zip(places, [*places[1:], None], strict=True):
        closes, name, attributes = tag.groups()
        if closes:
            _close(open_tags, name)
        elif name:
            column = 0 if name == "tr" else column + (name in CELLS)
            open_tags.append(f"{_own(name, attributes)}{column if name in CELLS else ''}")
        text = html[tag.end() : following.start() if following else len(html)]
        yield " ".join(open_tags[-NEAR:]), text
        if name in VOID and not closes:
            open_tags.pop()


def _close(open_tags: list[str], name: str) -> None:
    """Leave an element, and those in it whose end HTML lets out."""
    while open_tags and open_tags.pop().partition("[")[0] != name:
        pass


def _own(name: str, attributes: str) -> str:
    words = (f"{key}={value}" if key in TOLD_APART else key for key, value in NAME_OR_VALUE.findall(attributes))
    return f"{name}[{','.join(sorted(words))}]"
