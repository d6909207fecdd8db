"""Pages of a service in a browser, which the sandbox makes for each request from a table of functions.

A function takes a `PageRequest` and returns what the browser gets: a page of a template in the built site, a redirect
or a file. This module knows no edition: an edition gives the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jinja2

from lp_contract.links_below_path import PATH_FILE, move_links
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.routes import Routes
from lp_sandbox.web.cookies import Cookie, set_cookies
from lp_sandbox.web.forms import MOST_FIELDS, Form, FormError, read_form, refuse_foreign
from lp_sandbox.web.pages import HEADERS, HTML, Redirect, redirected, served_templates

NOT_STORED = (b"cache-control", b"no-store")
"""The browser loads a page again when the user goes back, so that the page is current and closed after sign-out."""
FOLDER = "service"
"""The templates of these pages, inside those that came with the site."""
_FILE_NAME = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request for a page."""

    http: Request
    path: Mapping[str, str]
    """The parameters in the path."""
    query: Mapping[str, str]
    """Of several parameters with one name the last counts."""

    @property
    def form(self) -> Form:
        """The form that the browser sent. Raises FormError."""
        return read_form(self.http)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show."""

    template: str
    """The name of its template in the folder of the service, without an ending."""
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = HTTPStatus.OK
    cookies: Sequence[Cookie] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file to save."""

    name: str
    content: bytes
    content_type: str

    def __post_init__(self) -> None:
        """Raise ValueError for a name that would break the header."""
        if not _FILE_NAME.fullmatch(self.name):
            raise ValueError(f"A file cannot be called {self.name!r}.")


PageFunction = Callable[[PageRequest], Page | Redirect | File | None]
"""None leaves the request to others that have its path."""


class ServicePages:
    """Answers the requests for the pages of a table."""

    def __init__(
        self,
        table: Mapping[str, PageFunction],
        site: Path | None,
        refused: Callable[[PageRequest, FormError], Page],
        failed: Callable[[PageRequest, int, str], Page],
    ) -> None:
        """Take the function of each `METHOD /path` and the folder of the built site.

        `refused` makes the page for a form that cannot be used, and `failed` that for a status and its reason when the
        sandbox failed.

        Without the templates of the site there are no such pages.
        """
        lines = ((line.split(" "), function) for line, function in table.items())
        self._routes = Routes((method, path, function) for (method, path), function in lines)
        self._refused, self._failed = refused, failed
        has_templates = site is not None and (site / ".served" / FOLDER).is_dir()
        self._templates = served_templates(site) if has_templates else None
        self._below = _path_of(site) if site else ""

    def answer(self, request: Request) -> Answer | None:
        """Answer a request; None where no page has its method and path, or wants it."""
        found = self._routes.find(request.method, request.path) if self._templates else None
        if found is None:
            return None
        function, path = found
        page_request = PageRequest(request, path, _query(request.query))
        return self._answer(page_request, function)

    def failed(self, request: Request, status: int, reason: str) -> Answer | None:
        """Say that the sandbox failed to make a page; None for a request that was not for a page."""
        found = self._routes.find(request.method, request.path) if self._templates else None
        if found is None or not prefers_page(request):
            return None
        return self._shown(self._failed(PageRequest(request, found[1], {}), status, reason), request)

    def _answer(self, page_request: PageRequest, function: PageFunction) -> Answer | None:
        try:
            if page_request.http.method != "GET":
                refuse_foreign(page_request.http)
            result = function(page_request)
        except FormError as error:
            result = self._refused(page_request, error)
        if result is None:
            return None
        if isinstance(result, Redirect):
            return redirected(result, page_request.http)
        if isinstance(result, File):
            return _file(result)
        return self._shown(result, page_request.http)

    def _shown(self, page: Page, request: Request) -> Answer:
        body = move_links(self._template(page.template).render(page.values).encode(), self._below)
        headers = (NOT_STORED, *HEADERS, *set_cookies(page.cookies, request))
        return Answer(page.status, body, HTML, headers)

    def _template(self, name: str) -> jinja2.Template:
        assert self._templates is not None
        return self._templates.get_template(f"{FOLDER}/{name}.jinja")


def _path_of(site: Path) -> str:
    """Return the path of its host below which a site is; empty at the root."""
    file = site / PATH_FILE
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def prefers_page(request: Request) -> bool:
    """Whether a request comes from a browser. Other programs do not accept HTML."""
    return "text/html" in request.header(b"accept")


def _query(text: str) -> Mapping[str, str]:
    """Parse a query. The result is empty if the query has more parameters than any link of the service."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def _file(file: File) -> Answer:
    disposition = f'attachment; filename="{file.name}"'
    headers = ((b"content-disposition", disposition.encode()), NOT_STORED, *HEADERS)
    return Answer(HTTPStatus.OK, file.content, file.content_type, headers)
