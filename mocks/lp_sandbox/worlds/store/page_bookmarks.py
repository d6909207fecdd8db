"""Bookmarks: where pages of long lists begin.

To read the page at an offset, everything before it has to be read too. But a page that was read once, or that follows
one, begins at a row that is known, and an index leads there at once. That holds until something is written.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from lp_sandbox.bounded_cache import Cache

FAR = 200
"""The first offset at which a bookmark is quicker than counting rows."""
MOST = 8 * 1024 * 1024
"""How many bytes of bookmarks are cached."""
A_ROW = 1000
"""The most bytes of a bookmark, without the values of the filters."""


class Bookmark(NamedTuple):
    """A page holds what comes from a row on (">="), or what comes after it (">")."""

    side: str
    row: tuple[Any, ...]
    """Its values in the columns that the list is sorted by."""


class Bookmarks:
    """The bookmarks in lists that have not changed since."""

    def __init__(self) -> None:
        self._version = 0
        self._by_page: Cache[tuple[Hashable, int], Bookmark] = Cache(MOST)

    def drop(self) -> None:
        """Drop all bookmarks."""
        self._by_page.clear()

    def keep_those_of(self, version: int) -> None:
        """Drop the bookmarks of another version of the store."""
        if version != self._version:
            self._version = version
            self.drop()

    def find(self, listed: Hashable, offset: int) -> Bookmark | None:
        """Return the bookmark of the page at an offset of a list, if there is one."""
        return self._by_page.entries.get((listed, offset))

    def put(self, listed: Hashable, offset: int, first: tuple[Any, ...], last: tuple[Any, ...], length: int) -> None:
        """Save bookmarks for a page and the next one: the sorted values of its first and its last row."""
        weight = A_ROW + len(repr(listed))
        self._by_page.put((listed, offset), Bookmark(">=", first), weight)
        self._by_page.put((listed, offset + length), Bookmark(">", last), weight)
