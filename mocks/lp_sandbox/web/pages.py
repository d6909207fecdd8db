"""The guidance pages, as the generator built them: files in a folder, in which the sandbox fills some places in.

What only a sandbox can do stands on no page that is published without one. A template says where it would stand,
between `<!--sandbox:try createPartnership-->` and `<!--/sandbox-->`, and what stands there otherwise. The template
`try.jinja` that is put there came with the site, under `.served/`, so that all HTML is written in one place.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from lp_sandbox.cache import cached
from lp_sandbox.request.http import Answer, Request
from lp_sandbox.web.publication import YAML

HTML = "text/html; charset=utf-8"
HEADERS = (
    # A page says itself what it may load, so that it does so wherever it is published. Who may frame it, it cannot say.
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
PACKED_BYTES = 16 * 1024 * 1024
"""How much of compressed answers is cached. Pages without a form are the same for everybody."""
PACKED = (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")
_TEXT = ("text/", "application/json", "application/yaml", "application/atom+xml", "application/xml", "image/svg+xml")
_NO_SITE = b"""<!doctype html><html lang="en"><title>Lead provider API sandbox</title>
<h1>Lead provider API sandbox</h1>
<p>The API is at /api/v3, and its contract at <a href="/api/docs/v3/openapi.yaml">/api/docs/v3/openapi.yaml</a> and
<a href="/api/docs/v3/openapi.json">/api/docs/v3/openapi.json</a>.</p>
<p>This sandbox has no guidance pages. Build them with <code>lp-guide build --out build/site</code>, and start the
sandbox with <code>--site build/site</code>.</p>
"""
_LOST = b'<!doctype html><html lang="en"><title>Page not found</title><h1>Page not found</h1>'
_SLOT = re.compile(rb"<!--sandbox:(\w+)(?: (\w+))?-->.*?<!--/sandbox-->", re.DOTALL)
_TEMPLATES = ".served"
LONGEST_PATH = 1000
"""Longer paths lead nowhere; to resolve one, every folder in it is looked up."""
_JSON = re.compile(r"""(?P<s2>"(?:[^"\\]+|\\.)*"?)(?P<colon>\s*:)?|(?P<mi>-?\d[\d.eE+-]*)|(?P<kc>true|false|null)""")
"""The tokens of JSON. A string may lack its end; else each of many quotes would be tried up to the end of the text."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is put into a page."""

    known: Mapping[str, Any]
    """What its template knows."""
    status: int = 200
    """That of the page that holds it."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Knows what to put into pages."""

    fill: Callable[[Request, str], Part]
    """Takes the request for the page, and the word that stands beside the name of the place."""
    takes_forms: bool = False


class Pages:
    """Answers requests for pages."""

    def __init__(self, folder: Path | None, fillers: Mapping[str, Filler]) -> None:
        """Take what fills the places of each name. Without a folder one page says how to build the others."""
        self._folder = folder.resolve() if folder else None
        self._fillers = fillers
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self._folder / _TEMPLATES) if self._folder else None,
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["coloured"] = coloured

    def answer(self, request: Request) -> Answer:
        """Answer with a file, the index of a folder, or the page for what is not found."""
        if self._folder is None:
            is_home = (request.method, request.path) == ("GET", "/")
            return Answer(200 if is_home else 404, _NO_SITE, HTML, HEADERS)
        try:
            return self._filled(_page(self._folder, request), request)
        except (OSError, ValueError):
            lost = self._folder / "404.html"
            return Answer(404, lost.read_bytes() if lost.is_file() else _LOST, HTML, HEADERS)

    def _filled(self, page: Answer, request: Request) -> Answer:
        """Fill the places of a page. Raises FileNotFoundError for a form to a page that takes none."""
        slots = dict.fromkeys(map(_slot, _SLOT.finditer(page.body))) if page.content_type == HTML else {}
        fillers = {slot: self._fillers[slot[0]] for slot in slots}
        if request.method != "GET" and not any(filler.takes_forms for filler in fillers.values()):
            raise FileNotFoundError(request.path)
        parts = {slot: filler.fill(request, slot[1]) for slot, filler in fillers.items()}
        shown = {slot: self._shown(slot[0], part) for slot, part in parts.items()}
        body = _SLOT.sub(lambda found: shown[_slot(found)], page.body) if slots else page.body
        return replace(page, body=body, status=max([page.status, *(part.status for part in parts.values())]))

    def _shown(self, name: str, part: Part) -> bytes:
        return self._templates.get_template(f"{name}.jinja").render(part.known).encode()


def _slot(found: re.Match[bytes]) -> tuple[str, str]:
    """Return the name of a place, and the word beside it."""
    return found[1].decode(), (found[2] or b"").decode()


def coloured(text: str) -> Markup:
    """Mark up what JSON is made of, as the guidance does."""
    parts: list[str] = []
    end = 0
    for match in _JSON.finditer(text):
        kind = "nt" if match["colon"] else match.lastgroup
        token = escape(match["s2"] or match[0])
        parts += (escape(text[end : match.start()]), f'<span class="hl-{kind}">{token}</span>', match["colon"] or "")
        end = match.end()
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - every part is escaped


def _page(folder: Path, request: Request) -> Answer:
    """Answer with a file or the index of a folder. Raises OSError or ValueError for what is not there to be seen."""
    path = request.path
    if len(path) > LONGEST_PATH:
        raise FileNotFoundError(path)
    if request.method not in ("GET", "POST") or any(step.startswith(".") for step in path.split("/")):
        raise FileNotFoundError(path)
    place = (folder / path.lstrip("/")).resolve()
    address = quote(place.relative_to(folder).as_posix())
    if place.is_dir() and not path.endswith("/") and request.method == "GET":
        asked = f"?{request.query}" if request.query else ""
        return Answer(308, b"", HTML, ((b"location", f"/{address}/{asked}".encode("latin-1")),))
    file = place / "index.html" if path.endswith("/") else place
    return Answer(200, file.read_bytes(), _type(file), HEADERS)


def _type(file: Path) -> str:
    if file.suffix == ".html":
        return HTML
    if file.suffix in (".yaml", ".yml"):
        return YAML
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def packed(answer: Answer, request: Request) -> Answer:
    """Pack an answer for who can unpack it."""
    is_wanted = b"gzip" in request.headers.get(b"accept-encoding", b"") and answer.content_type.startswith(_TEXT)
    if not is_wanted or not answer.body:
        return answer
    return replace(answer, body=_pack(answer.body), headers=(*answer.headers, *PACKED))


@cached(PACKED_BYTES, lambda plain, packed: len(plain) + len(packed))
def _pack(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
