"""Checks every link inside the site: its file, its fragment, and that it does not go through a redirect."""

from __future__ import annotations

import difflib
import mimetypes
import posixpath
import re
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lp_guide.site_files import is_page

_NAMING = re.compile(r"""\s(id|href|src|action)="([^"]*)\"""")
"""An attribute with an id or a link. Built pages have quotes in markup only: in text they are escaped."""
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")


class Fault(NamedTuple):
    """A link without a target, a link to a former address, or an id that occurs twice."""

    file: str
    line: int
    target: str
    message: str
    remedy: str = "Correct the link, or create the page or heading."


class _Link(NamedTuple):
    """A link inside the site."""

    target: str
    """The link as it is in the file."""
    path: str
    file: str
    """The name of the target file."""
    fragment: str


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The ids and the links of a page. Equal links on several pages are one object, because menus have the most."""

    ids: frozenset[str]
    doubled: Sequence[tuple[str, int]]
    """The ids that occur again, with their positions."""
    links: Sequence[_Link]
    places: Sequence[int]
    """The position of each link."""


def read_links(name: str, text: str) -> PageLinks:
    """Read the ids and the links of a page."""
    ids: set[str] = set()
    doubled: list[tuple[str, int]] = []
    links: list[_Link] = []
    places = array("I")
    for match in _NAMING.finditer(text):
        value = unescape(match[2])
        if match[1] != "id":
            link = _link("" if value.startswith("/") else name, value)
            if link:
                links.append(link)
                places.append(match.start())
        elif value in ids:
            doubled.append((value, match.start()))
        else:
            ids.add(sys.intern(value))
    return PageLinks(frozenset(ids), tuple(doubled), tuple(links), places)


def faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield the faults of the links of a site, given as its files by name."""
    return faults_of(files, {name: read_links(name, data.decode()) for name, data in files.items() if is_page(name)})


def faults_of(
    files: Mapping[str, bytes],
    pages: Mapping[str, PageLinks],
    unmade: Collection[str] = (),
    moved: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Fault]:
    """Yield the faults of the links of a site whose pages have been read.

    `unmade` has the names of the files that have a mistake. Links to them may be correct. `moved` has the new address
    by the name of a former file, or by that name with `#` and a former anchor.
    """
    judged: dict[_Link, Sequence[str]] = {}
    """What is wrong with a link: most pages have the same links in their menus."""
    for name, page in pages.items():
        for known, place in page.doubled:
            message = f"The id `{known}` occurs twice."
            yield Fault(name, _line(files[name], place), known, message, "Rename one of the two.")
        for link, place in zip(page.links, page.places, strict=True):
            if link not in judged:
                is_unsure = link.file in unmade
                judged[link] = () if is_unsure else _moved(link, pages, moved) or _missing(link, files, pages)
            if judged[link] and name not in moved:
                yield Fault(name, _line(files[name], place), link.target, *judged[link])
    for name in files:
        if name.endswith(".css"):
            yield from _style_faults(name, files[name].decode(), files)


def _line(data: bytes, place: int) -> int:
    """Return the line of a place in the text of a file."""
    return data.decode().count("\n", 0, place + 1) + 1


@lru_cache(maxsize=4096)
def _link(name: str, target: str) -> _Link | None:
    """Return a link of a page; None for a target on another site. Most links are in the menu, the same on every page.

    `name` is that of the page, and empty for a link that does not depend on it.
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path = urljoin(f"/{name}", parts.path)
    return _Link(target, path, _file(path) if parts.path else name, parts.fragment)


def _moved(link: _Link, pages: Mapping[str, PageLinks], moved: Mapping[str, str]) -> Sequence[str]:
    """Return a message and a remedy for a link to a former address; otherwise nothing."""
    new = moved.get(f"{link.file}#{link.fragment}") or moved.get(link.file)
    if new is None:
        return ()
    page = pages.get(_file(new))
    anchor = f"#{link.fragment}" if page and link.fragment in page.ids else ""
    return f"`{link.target}` has moved to `{new}{anchor}`.", "Change the link."


def _missing(link: _Link, files: Mapping[str, bytes], pages: Mapping[str, PageLinks]) -> Sequence[str]:
    """Return a message for a link without a target, with a suggestion if a name is similar; otherwise nothing."""
    target, wanted = link.target, link.fragment
    if link.file not in files and _is_other_file(link.path):
        return f"There is no file `{target}`.", _find_file(link.path, files)
    if link.file not in files:
        return f"There is no page `{target}`.", *_did_you_mean(_near_page(link.path, pages))
    known = pages[link.file].ids if link.file in pages else frozenset[str]()
    if wanted and wanted not in known and unquote(wanted) not in known:
        near = difflib.get_close_matches(wanted, known, n=1)
        return f"The page of `{target}` has no `{wanted}`.", *_did_you_mean([f"#{name}" for name in near])
    return ()


def _is_other_file(path: str) -> bool:
    """Whether a path is that of a picture, or of another file that is not a page."""
    return mimetypes.guess_type(path)[0] not in (None, "text/html", "text/markdown")


def _find_file(path: str, files: Iterable[str]) -> str:
    """Suggest the file most similar to a path, or else say where files belong."""
    near = difflib.get_close_matches(path, [f"/{name}" for name in files], n=1, cutoff=0.9)
    kind = "picture" if str(mimetypes.guess_type(path)[0]).startswith("image/") else "file"
    return next(iter(_did_you_mean(near)), f"Put the {kind} in the folder site/assets, or correct its name.")


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
