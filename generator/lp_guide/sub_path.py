"""Moves a finished site below the path of its address, such as `/guide` of `https://example.com/guide`.

Pages are made, linked and checked as if the site had its own host. Only the finished files have the path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from lp_guide.markdown_pages import markdown_of
from lp_guide.search_index import INDEX, move_entries

_LINK = re.compile(rb'(\s(?:href|src|action|data-(?:document|from|index|to))="|\scontent="\d+; url=)(?=/(?!/))')
"""The text before a link to a page or file of the site. Built pages have quotes in markup only, as feeds do."""
_STYLE_LINK = re.compile(rb"""(\burl\(\s*["']?)(?=/(?!/))""")


def move_below(path: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Put the path before every link from the root of a site, given as its files by name."""
    if not path:
        return {**files}
    moved = {name: _moved(name, data, path) for name, data in files.items()}
    return moved | {name: markdown_of(moved[page]) for name in files if (page := _page_of(name)) in moved}


def _moved(name: str, data: bytes, path: str) -> bytes:
    if name == INDEX:
        return move_entries(data, path)
    pattern = _LINKS.get(PurePosixPath(name).suffix)
    return pattern.sub(lambda found: found[1] + path.encode(), data) if pattern else data


def _page_of(name: str) -> str:
    """Return the name of the page of a Markdown file; empty for any other file."""
    return f"{name.removesuffix('.md')}.html" if PurePosixPath(name).name == "index.md" else ""


_LINKS: Mapping[str, re.Pattern[bytes]] = {
    ".html": _LINK,
    ".jinja": _LINK,
    ".xml": _LINK,
    ".css": _STYLE_LINK,
}
"""The pattern for each type of file."""
