"""Checks every link inside the site: its file and its fragment."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

_NAMING = re.compile(r"""\s(id|href|src|action)="([^"]*)\"""")
"""An attribute with an id or a link. Built pages have quotes in markup only: in text they are escaped."""
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")


class Fault(NamedTuple):
    """A link without a target, or an id that occurs twice."""

    file: str
    line: int
    target: str
    message: str
    remedy: str = "Correct the link, or create the page or heading."


class _Link(NamedTuple):
    """A link inside the site."""

    target: str
    """The link as it is in the file."""
    place: int
    path: str
    file: str
    """The name of the target file."""
    fragment: str


@dataclass(frozen=True, slots=True)
class _Page:
    """A page with its links, and with its ids and their positions."""

    data: bytes
    ids: list[tuple[str, int]] = field(default_factory=list)
    links: list[_Link] = field(default_factory=list)

    def line(self, place: int) -> int:
        """Return the line of a place in the text, which is not kept: decoded, it takes twice the memory."""
        return self.data.decode().count("\n", 0, place + 1) + 1


class Links:
    """Checks links. It parses a page again only when the page has changed."""

    def __init__(self) -> None:
        self._read: dict[str, _Page] = {}

    def faults(self, files: Mapping[str, bytes]) -> Iterator[Fault]:
        """Yield the faults of the links of a site, given as its files by name."""
        pages = {name: self._page(name, data) for name, data in files.items() if name.endswith(".html")}
        ids = {name: {known for known, _ in page.ids} for name, page in pages.items()}
        for name, page in pages.items():
            yield from _doubled(name, page)
            for link in page.links:
                missing = _missing(link, files, ids)
                if missing:
                    yield Fault(name, page.line(link.place), link.target, *missing)
        for name, data in files.items():
            if name.endswith(".css"):
                yield from _style_faults(name, data.decode(), files)

    def _page(self, name: str, data: bytes) -> _Page:
        page = self._read.get(name)
        if page is None or page.data != data:
            page = self._read[name] = _read(name, data)
        return page


def faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield the faults of the links of a site that is checked once."""
    return Links().faults(files)


def _read(name: str, data: bytes) -> _Page:
    page = _Page(data)
    for match in _NAMING.finditer(data.decode()):
        value = unescape(match[2])
        if match[1] == "id":
            page.ids.append((value, match.start()))
        else:
            page.links.extend(_link(name, value, match.start()))
    return page


def _link(name: str, target: str, place: int) -> Iterator[_Link]:
    """Yield a link of a page unless its target is on another site."""
    found = _target("" if target.startswith("/") else name, target)
    if found:
        yield _Link(target, place, *found)


@lru_cache(maxsize=4096)
def _target(name: str, target: str) -> tuple[str, str, str] | None:
    """Return the path, file and fragment of a link on a page; None for a target on another site.

    Most links are in the menu, the same on every page.
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path = urljoin(f"/{name}", parts.path)
    return path, _file(path) if parts.path else name, parts.fragment


def _doubled(name: str, page: _Page) -> Iterator[Fault]:
    seen: set[str] = set()
    for known, place in page.ids:
        if known in seen:
            yield Fault(name, page.line(place), known, f"The id `{known}` occurs twice.", "Rename one of the two.")
        seen.add(known)


def _missing(link: _Link, files: Mapping[str, bytes], ids: Mapping[str, set[str]]) -> Sequence[str]:
    """Return a message for a link without a target, with a suggestion if a name is similar; otherwise nothing."""
    target, wanted = link.target, link.fragment
    if link.file not in files:
        return f"There is no page `{target}`.", *_did_you_mean(_near_page(link.path, ids))
    known = ids.get(link.file, set())
    if wanted and wanted not in known and unquote(wanted) not in known:
        near = difflib.get_close_matches(wanted, known, n=1)
        return f"The page of `{target}` has no `{wanted}`.", *_did_you_mean([f"#{name}" for name in near])
    return ()


def _near_page(path: str, pages: Iterable[str]) -> list[str]:
    """Return the address of the page most similar to a path: by its last step, or else by the whole path."""
    known = [f"/{page.removesuffix('index.html')}" for page in pages]
    plain = posixpath.splitext(path.rstrip("/"))[0] + "/"
    by_name = {posixpath.basename(address.rstrip("/")): address for address in reversed(known)}
    close = difflib.get_close_matches(posixpath.basename(plain.rstrip("/")), by_name, n=1, cutoff=0.75)
    return [by_name[name] for name in close] or difflib.get_close_matches(plain, known, n=1, cutoff=0.75)


def _did_you_mean(near: Iterable[str]) -> list[str]:
    return [f"Did you mean `{each}`?" for each in near]


def _file(path: str) -> str:
    return posixpath.join(path, "index.html").lstrip("/") if path.endswith("/") else path.lstrip("/")


def _style_faults(name: str, text: str, files: Mapping[str, bytes]) -> Iterator[Fault]:
    for match in _CSS_URL.finditer(text):
        target = match[1]
        if not target.startswith("data:") and _file(urljoin(f"/{name}", target)) not in files:
            line = text.count("\n", 0, match.start()) + 1
            yield Fault(name, line, target, f"`{target}` is not a file of the site.")
