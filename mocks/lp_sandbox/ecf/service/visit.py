"""A visit to a page: the user, the world, and the operations that the user can call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from math import ceil
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from lp_sandbox.ecf.service.operations_client import Message, Operations, Reply
from lp_sandbox.ecf.service.sign_in_links import COOKIE, SignedIn, now_in, session_of
from lp_sandbox.ecf.service.users import ADMINISTRATOR, FINANCE, HOMES, LEAD_PROVIDER, User
from lp_sandbox.request.edition import ServiceEdges
from lp_sandbox.web.cookies import Cookie, cookie_in
from lp_sandbox.web.forms import FormError
from lp_sandbox.web.pages import LONGEST_PATH, Redirect
from lp_sandbox.web.service_pages import File, Page, PageFunction, PageRequest
from lp_sandbox.worlds.clock import day, stamp
from lp_sandbox.worlds.records import World

EDITION = DEFAULT_WORLD = "ecf"
SIGN_IN = "/users/sign_in"
MENUS: Mapping[str, Sequence[tuple[str, str]]] = {
    LEAD_PROVIDER: (("home", "/dashboard"), ("your_schools", "/lead-providers/your-schools")),
    ADMINISTRATOR: (("schools", "/admin/schools"), ("suppliers", "/admin/suppliers")),
    FINANCE: (("participants", "/finance/participants"), ("statements", "/finance/statements")),
}
"""The links in the menu of each role, with their names in the texts."""
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


class NotFound(Exception):  # noqa: N818 - says what it is
    """There is no such page for this reader."""


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What the pages work with."""

    edges: ServiceEdges
    operations: Operations
    words: Mapping[str, Mapping[str, str]]
    """What the service says for values of the API: `reasons` of challenges, and `satisfactions` with the service.

    They are in the seeds, because emails have them too.
    """
    texts: SimpleNamespace
    """The texts of the site."""


@dataclass(slots=False)
class Visit:
    """A request for a page, with everything that its function needs."""

    context: ServiceContext
    request: PageRequest

    @cached_property
    def world(self) -> World:
        """The world in the address, or else the world of the session, or else the default world. Raises NotFound."""
        named = self.request.query.get("world", "")
        if self.session and named in ("", self.session.world.id):
            return self.session.world
        world = self.context.edges.worlds.get(named or DEFAULT_WORLD)
        if world is None or world.edition != EDITION:
            raise NotFound
        return self.context.edges.worlds.seeded(world)

    @cached_property
    def session(self) -> SignedIn | None:
        """The session of the browser."""
        return session_of(self.context.edges.store, self.context.edges.worlds, cookie_in(self.request.http, COOKIE))

    @property
    def user(self) -> User | None:
        """Who has signed in to the world of the visit."""
        return self.session.user if self.session and self.session.world == self.world else None

    @property
    def made_for(self) -> str:
        """The world and the user of the page. Its forms send them back as `made_for`."""
        return f"{self.world.id}/{self.user.id}" if self.user else ""

    @property
    def now(self) -> str:
        """The time in the world."""
        return stamp(now_in(self.world))

    @property
    def today(self) -> str:
        """The day in the world."""
        return day(now_in(self.world))

    @property
    def menu(self) -> Sequence[Mapping[str, Any]]:
        """The links in the menu."""
        here = self.request.http.path
        links = MENUS.get(self.user.role, ()) if self.user else (("sign_in", SIGN_IN),)
        return [{"name": name, "href": href, "is_here": here == href} for name, href in links]

    @property
    def page_number(self) -> int:
        """The number of the page of a list. Raises NotFound for what is no such number."""
        given = self.request.query.get("page", "1")
        if not _PAGE_NUMBER.fullmatch(given):
            raise NotFound
        return int(given)

    def page_count(self, matching: int, per_page: int) -> int:
        """Return how many pages a list has. Raises NotFound where the page of the address is behind the last one."""
        pages = ceil(matching / per_page)
        if self.page_number > max(pages, 1):
            raise NotFound
        return pages

    @property
    def may_use_controls(self) -> bool:
        """Whether the reader can use the controls, and so see the outbox and the users of the world."""
        return self.context.edges.may_use_controls(self.request.http)

    @property
    def can_enter_key(self) -> bool:
        """Whether the controls would be open to the reader with the key of the sandbox."""
        return self.context.edges.pass_for_key is not None and not self.may_use_controls

    @property
    def worlds(self) -> Sequence[str]:
        """The names of the worlds among which the reader can choose."""
        found = self.context.edges.worlds.all() if self.may_use_controls else ()
        return [world.id for world in found if world.edition == EDITION]

    @property
    def here(self) -> str:
        """The address of the page, with its query."""
        http = self.request.http
        return http.path + (f"?{http.query}" if http.query else "")

    @property
    def return_to(self) -> str:
        """The path of this site to which the reader goes back after this page; empty for a link to another site."""
        path = self.request.query.get("return_to", "")
        try:
            return Redirect(path).path if len(path) <= LONGEST_PATH else ""
        except ValueError:
            return ""

    def call(self, operation_id: str, **request: Any) -> Reply:
        """Call an operation in the world of the visit, for the lead provider of the user if they have one."""
        return self.context.operations.call(operation_id, world=self.world.id, token=self._token, **request)

    @cached_property
    def _token(self) -> str:
        """The token of the user's lead provider; empty for other users."""
        if not self.user or not self.user.lead_provider_id:
            return ""
        tokens = self.context.edges.worlds.tokens(self.world)
        return next(each.token for each in tokens if each.lead_provider_id == self.user.lead_provider_id)

    def page(
        self, template: str, *, errors: Sequence[Message] = (), cookies: Sequence[Cookie] = (), **values: Any
    ) -> Page:
        """Return a page. Its errors come first, each with a link to the element whose id is its field.

        The template finds the first error of each field in `wrong`.
        """
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        wrong = {error.field: self._error_message(error) for error in reversed(errors)}
        return Page(template, {"visit": self, "errors": errors, "wrong": wrong, **values}, status, cookies)

    def mistake(self, field: str, name: str = "", **values: Any) -> Message:
        """Return what is wrong with a field that no operation refuses, in the text of its name or of another name."""
        return Message(field, getattr(self.context.texts.form_error, name or field)(**values))

    def _error_message(self, error: Message) -> Mapping[str, str]:
        return {"text": error.detail, "visuallyHiddenText": self.context.texts.form_error.label}

    def trouble(self, status: HTTPStatus, name: str, text: str = "") -> Page:
        """Return a page that says why nothing was done. `text` is the reason, if it depends on the fault."""
        return Page(f"trouble_{name}", {"visit": self, "errors": (), "text": text}, status)


VisitFunction = Callable[[Visit], Page | Redirect | File | None]


def for_users(function: VisitFunction) -> VisitFunction:
    """Let only users see a page. Others sign in first, and then come back to it."""

    def guarded(visit: Visit) -> Page | Redirect | File | None:
        if visit.user is None:
            return Redirect(f"{SIGN_IN}?{urlencode(_way_back(visit))}")
        return _signed_in_anew(visit) if _is_made_for_another(visit) else function(visit)

    return guarded


def _is_made_for_another(visit: Visit) -> bool:
    """Whether a form is of a page from before the browser signed in as another user or to another world."""
    if visit.request.http.method != "POST":
        return False
    with suppress(FormError):  # the page says what is wrong with the form
        return visit.request.form.fields.get("made_for", visit.made_for) != visit.made_for
    return False


def _signed_in_anew(visit: Visit) -> Page:
    return visit.trouble(HTTPStatus.CONFLICT, "other_user")


def for_role(role: str, function: VisitFunction) -> VisitFunction:
    """Let only users of a role see a page."""

    def guarded(visit: Visit) -> Page | Redirect | File | None:
        if visit.user and visit.user.role != role:
            raise NotFound
        return function(visit)

    return for_users(guarded)


def _way_back(visit: Visit) -> Mapping[str, str]:
    """Return the parameters with which a user comes back to a page after signing in."""
    return {"world": visit.world.id} | ({"return_to": visit.here} if visit.request.http.method == "GET" else {})


def home_of(user: User) -> str:
    """Return the page with which a user begins."""
    return HOMES[user.role]


def page_function(context: ServiceContext, function: VisitFunction) -> PageFunction:
    """Return a function for the table of the engine."""

    def answer(request: PageRequest) -> Page | Redirect | File | None:
        visit = Visit(context, request)
        try:
            _ = visit.world  # no page shows a world that is not there
            return function(visit)
        except NotFound:
            return not_found(context, request)

    return answer


def not_found(context: ServiceContext, request: PageRequest) -> Page:
    """Return the page for what is not there."""
    return _plain(context, request).trouble(HTTPStatus.NOT_FOUND, "not_found")


def refused(context: ServiceContext, request: PageRequest, error: FormError) -> Page:
    """Return the page for a form that cannot be used."""
    return _plain(context, request).trouble(error.status, "form", error.message)


def failed(context: ServiceContext, request: PageRequest, status: int, reason: str) -> Page:
    """Return the page for a request that the sandbox failed to answer."""
    return _plain(context, request).trouble(HTTPStatus(status), "sandbox", reason)


def _plain(context: ServiceContext, request: PageRequest) -> Visit:
    """Return a visit to the world of the session or the default one, as the address may name a world that is not."""
    return Visit(context, PageRequest(request.http, {}, {}))
