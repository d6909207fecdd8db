"""Which pages of a long list a reader can go to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

NEIGHBOURS = 1
"""How many pages on each side of the present page have a link, besides the first and the last page."""


def pagination(path: str, query: Mapping[str, str], number: int, pages: int) -> Mapping[str, Any]:
    """Return the values for the component of the Design System; none for a list that fits on one page.

    `query` is that of every page, without the number of the page.
    """
    if pages <= 1:
        return {}

    def link(to: int) -> str:
        return f"{path}?{urlencode({**query, 'page': str(to)})}"

    items = [
        {"number": each, "href": link(each), "current": each == number} if each else {"ellipsis": True}
        for each in _shown(number, pages)
    ]
    previous = {"previous": {"href": link(number - 1)}} if number > 1 else {}
    following = {"next": {"href": link(number + 1)}} if number < pages else {}
    return {"items": items, **previous, **following}


def _shown(number: int, pages: int) -> Iterator[int | None]:
    """Yield the numbers of the pages that have a link, and None where some are left out."""
    near = {each for each in range(number - NEIGHBOURS, number + NEIGHBOURS + 1) if 1 <= each <= pages}
    before = 0
    for each in sorted({1, pages, *near}):
        if each > before + 1:
            yield None
        yield each
        before = each
