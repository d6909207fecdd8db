"""The guidance pages, as the generator built them: files in a folder, with slots that the sandbox fills.

A slot is the place on a page for what only a running sandbox can do. It begins with a comment such as
`<!--sandbox:try register/createPartnership-->` and ends with `<!--/sandbox-->`; between them is what a page shows
without a sandbox. The sandbox fills it with the template `.served/try.jinja` of the site, so that all HTML is written
in one place.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import jinja2
import msgspec
from markupsafe import Markup, escape

from lp_contract.publications import Publication
from lp_contract.readable_code import readable_code
from lp_contract.texts import texts, written_day
from lp_sandbox.bounded_cache import cached
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.components import Components
from lp_sandbox.web.cookies import Cookie, set_cookies

HTML = "text/html; charset=utf-8"
HEADERS = (
    # A page says itself what it may load, so that it does so wherever it is published. Who may frame it, it cannot say.
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
PACKED_BYTES = 16 * 1024 * 1024
"""The limit of the cache of compressed answers. Pages without a form are the same for all readers."""
PACKED = (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")
_TEXT = ("text/", "application/json", "application/yaml", "application/atom+xml", "application/xml", "image/svg+xml")
YAML = "application/yaml; charset=utf-8"
_TYPES = {
    ".html": HTML,
    ".yaml": YAML,
    ".yml": YAML,
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",  # a browser shows it
}
"""The types of files by the ends of their names, where Python has none, or has no character set."""
_NO_SITE = """<!doctype html><html lang="en"><title>Lead provider API sandbox</title>
<h1>Lead provider API sandbox</h1>
{publications}
<p>This sandbox has no guidance pages. Build them with <code>lp-guide build --out build/site</code>, and start the
sandbox with <code>--site build/site</code>.</p>
"""
_LOST = b'<!doctype html><html lang="en"><title>Page not found</title><h1>Page not found</h1>'
_SLOT = re.compile(rb"<!--sandbox:(\w+)(?: ([\w/-]+))?-->.*?<!--/sandbox-->", re.DOTALL)
_PATH_AND_QUERY = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # visible ASCII without a backslash
_TEMPLATES = ".served"
_TEXTS = f"{_TEMPLATES}/texts.json"
LONGEST_PATH = 1000
"""Longer paths lead nowhere; to resolve one, every folder in it is looked up."""
_JSON = re.compile(r"""(?P<s2>"(?:[^"\\]+|\\.)*"?)(?P<colon>\s*:)?|(?P<mi>-?\d[\d.eE+-]*)|(?P<kc>true|false|null)""")
"""The tokens of JSON. A string may lack its end; else each of many quotes would be tried up to the end of the text."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What fills a slot of a page."""

    values: Mapping[str, Any]
    """The values for the template of the slot."""
    status: int = 200
    """The status of the page."""
    cookies: Sequence[Cookie] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """Sends the browser from a form to another page, so that a reload does not send the form again."""

    path: str
    """The path of the page from the root of the site, with a query if it has one."""
    cookies: Sequence[Cookie] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for what could lead to another site or break the header."""
        if not _PATH_AND_QUERY.fullmatch(self.path):
            raise ValueError(f"{self.path!r} is not a path of this site.")


@dataclass(frozen=True, slots=True)
class SlotFiller:
    """Fills the slots of one name."""

    fill: Callable[[Request, str], Fragment | Redirect | None]
    """Takes the request for the page, and the word after the name of the slot; None leaves the slot unchanged."""
    takes_forms: bool = False


class Pages:
    """Answers requests for pages."""

    def __init__(
        self, folder: Path | None, fillers: Mapping[str, SlotFiller], publications: Sequence[Publication]
    ) -> None:
        """Take what fills the slots of each name. Without a folder one page says how to build the others.

        That page names the addresses of the API and of its published documents.
        """
        self._no_site = _NO_SITE.format(
            publications="\n".join(_publication(each) for each in publications if each.files)
        ).encode()
        self._folder = folder.resolve() if folder else None
        self._fillers = fillers
        self._templates = served_templates(self._folder)

    def answer(self, request: Request) -> Answer:
        """Answer with a file, the index of a folder, or the page for what is not found."""
        if self._folder is None:
            is_home = (request.method, request.path) == ("GET", "/")
            return Answer(200 if is_home else 404, self._no_site, HTML, HEADERS)
        try:
            return self._filled(_page(self._folder, request), request)
        except (OSError, ValueError):
            lost = self._folder / "404.html"
            return Answer(404, lost.read_bytes() if lost.is_file() else _LOST, HTML, HEADERS)

    def _filled(self, page: Answer, request: Request) -> Answer:
        """Fill the slots of a page. Raises FileNotFoundError for a form to a page that takes none."""
        slots = dict.fromkeys(map(_slot, _SLOT.finditer(page.body))) if page.content_type == HTML else {}
        fillers = {slot: self._fillers[slot[0]] for slot in slots}
        if request.method != "GET" and not any(filler.takes_forms for filler in fillers.values()):
            raise FileNotFoundError(request.path)
        fragments: dict[tuple[str, str], Fragment] = {}
        for slot, filler in fillers.items():
            filled = filler.fill(request, slot[1])
            if isinstance(filled, Redirect):
                return redirected(filled, request)
            if filled:
                fragments[slot] = filled
        rendered = {slot: self._rendered(slot[0], fragment) for slot, fragment in fragments.items()}
        body = _SLOT.sub(lambda found: rendered.get(_slot(found), found[0]), page.body) if slots else page.body
        status = max([page.status, *(fragment.status for fragment in fragments.values())])
        cookies = [cookie for fragment in fragments.values() for cookie in fragment.cookies]
        return msgspec.structs.replace(
            page, body=body, status=status, headers=(*page.headers, *set_cookies(cookies, request))
        )

    def _rendered(self, name: str, fragment: Fragment) -> bytes:
        return readable_code(self._templates.get_template(f"{name}.jinja").render(fragment.values)).encode()


@lru_cache(maxsize=4)
def served_templates(site: Path | None) -> jinja2.Environment:
    """Return the templates that came with the site, which are filled in for each request.

    Sandboxes with one site share them: to compile a template takes much longer than to fill it in.
    """
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(site / _TEMPLATES) if site else None,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = texts_of(site)
    templates.filters |= {"coloured": coloured, "day": partial(written_day, known)}
    templates.globals["texts"] = known
    templates.globals["govuk"] = Components()
    return templates


@lru_cache(maxsize=4)
def texts_of(site: Path | None) -> SimpleNamespace:
    """Return the texts that came with the templates of a site; none if there is no site."""
    file = site / _TEXTS if site else None
    return texts(json.loads(file.read_bytes()) if file and file.is_file() else {})


def redirected(redirect: Redirect, request: Request) -> Answer:
    """Redirect the browser to another page of this site, at the address that it used for the sandbox."""
    location = (b"location", redirect.path.encode())
    return Answer(HTTPStatus.SEE_OTHER, b"", HTML, (location, *HEADERS, *set_cookies(redirect.cookies, request)))


def _publication(publication: Publication) -> str:
    """Write where the paths of a published document are, and a link to one file of each type."""
    first = {kind: name for name, kind in [*publication.files.items()][::-1]}
    paths = [f"/{publication.folder}{name}" for name in publication.files if name in first.values()]
    links = " and\n".join(f'<a href="{path}">{path}</a>' for path in paths)
    return f"<p>The API is at {publication.paths}, and its contract at {links}.</p>"


def _slot(found: re.Match[bytes]) -> tuple[str, str]:
    """Return the name of a slot, and the word after it."""
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
        query = f"?{request.query}" if request.query else ""
        return Answer(308, b"", HTML, ((b"location", f"/{address}/{query}".encode("latin-1")),))
    file = place / "index.html" if path.endswith("/") else place
    return Answer(200, file.read_bytes(), _type(file), HEADERS)


def _type(file: Path) -> str:
    return _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def packed(answer: Answer, request: Request) -> Answer:
    """Pack an answer for who can unpack it."""
    is_wanted = b"gzip" in request.headers.get(b"accept-encoding", b"") and answer.content_type.startswith(_TEXT)
    if not is_wanted or not answer.body:
        return answer
    return msgspec.structs.replace(answer, body=_pack(answer.body), headers=(*answer.headers, *PACKED))


@cached(PACKED_BYTES, lambda plain, packed: len(plain) + len(packed))
def _pack(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
