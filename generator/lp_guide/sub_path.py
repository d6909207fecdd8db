"""Moves a finished site below the path of its address, such as `/guide` of `https://example.com/guide`.

Pages are made, linked and checked as if the site had its own host. Only the finished files have the path.
A sandbox that serves the site reads the path from PATH_FILE, and moves the links on the pages of a service itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from lp_contract.links_below_path import PATH_FILE, SERVICE_TEMPLATES, move_links
from lp_guide.markdown_pages import main_of, markdown_of
from lp_guide.search_index import INDEX, move_entries
from lp_guide.site_files import SiteFiles

_STYLE_LINK = re.compile(rb"""(\burl\(\s*["']?)(?=/(?!/))""")


def move_below(path: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Put the path before every link from the root of a site, given as its files by name."""
    return SiteFiles.pack(_all_moved(path, files)) if path else files


def _all_moved(path: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name in files:
        page = _page_of(name)
        if page in files:
            yield name, markdown_of(main_of(_moved(page, files[page], path).decode())).encode()
        else:
            yield name, _moved(name, files[name], path)
    if any(name.startswith(SERVICE_TEMPLATES) for name in files):
        yield PATH_FILE, path.encode()


def _moved(name: str, data: bytes, path: str) -> bytes:
    if name == INDEX:
        return move_entries(data, path)
    if name.startswith(SERVICE_TEMPLATES):
        return data
    move = _MOVES.get(PurePosixPath(name).suffix)
    return move(data, path) if move else data


def _move_in_styles(css: bytes, path: str) -> bytes:
    return _STYLE_LINK.sub(lambda found: found[1] + path.encode(), css)


def _page_of(name: str) -> str:
    """Return the name of the page of a Markdown file; empty for any other file."""
    return f"{name.removesuffix('.md')}.html" if PurePosixPath(name).name == "index.md" else ""


_MOVES: Mapping[str, Callable[[bytes, str], bytes]] = {
    ".html": move_links,
    ".jinja": move_links,
    ".xml": move_links,
    ".css": _move_in_styles,
}
"""How to move the links in each type of file."""
