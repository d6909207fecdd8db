"""Every link inside the site, every file it asks for and every fragment, looked up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
_REFERRING = ("href", "src", "action")


class Fault(NamedTuple):
    """A link that leads nowhere, or a name that stands twice."""

    file: str
    line: int
    target: str
    message: str


@dataclass
class _Names(HTMLParser):
    """The ids and the links of a page."""

    ids: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the names that a tag gives and asks for."""
        del tag
        line, _ = self.getpos()
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append((value, line))
            elif name in _REFERRING and value is not None:
                self.links.append((value, line))


def faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield what is wrong with the links of a site, given as its files by name."""
    pages = {name: _read(data) for name, data in files.items() if name.endswith(".html")}
    ids = {name: {known for known, _ in page.ids} for name, page in pages.items()}
    for name, page in pages.items():
        yield from _doubled(name, page)
        for target, line in page.links:
            missing = _missing(name, target, files, ids)
            if missing:
                yield Fault(name, line, target, missing)
    for name, data in files.items():
        if name.endswith(".css"):
            yield from _style_faults(name, data.decode(), files)


def _read(data: bytes) -> _Names:
    names = _Names()
    names.feed(data.decode())
    return names


def _doubled(name: str, page: _Names) -> Iterator[Fault]:
    seen: set[str] = set()
    for known, line in page.ids:
        if known in seen:
            yield Fault(name, line, known, f"The id `{known}` stands twice.")
        seen.add(known)


def _missing(name: str, target: str, files: Mapping[str, bytes], ids: Mapping[str, set[str]]) -> str:
    """Say what a link asks for in vain, or nothing."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    file = _file(urljoin(f"/{name}", parts.path)) if parts.path else name
    if file not in files:
        return f"`{target}` leads to no page."
    if parts.fragment and not {parts.fragment, unquote(parts.fragment)} & ids.get(file, set()):
        return f"`{target}` leads to a page that has no `{parts.fragment}`."
    return ""


def _file(path: str) -> str:
    return posixpath.join(path, "index.html").lstrip("/") if path.endswith("/") else path.lstrip("/")


def _style_faults(name: str, text: str, files: Mapping[str, bytes]) -> Iterator[Fault]:
    for match in _CSS_URL.finditer(text):
        target = match[1]
        if not target.startswith("data:") and _file(urljoin(f"/{name}", target)) not in files:
            line = text.count("\n", 0, match.start()) + 1
            yield Fault(name, line, target, f"`{target}` is no file of the site.")
