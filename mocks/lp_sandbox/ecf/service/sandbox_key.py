"""The page on which a user enters the key of a sandbox, to use its controls in a browser."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.cookies import Cookie
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

PATH = "/users/sandbox_key"


def show(visit: Visit) -> Page:
    """Ask for the key."""
    if visit.context.edges.pass_for_key is None:
        raise NotFound
    return visit.page("sandbox_key")


def enter(visit: Visit) -> Page | Redirect:
    """Open the controls to this browser, if the key is right."""
    if visit.context.edges.pass_for_key is None:
        raise NotFound
    cookie = visit.context.edges.pass_for_key(visit.request.form.fields.get("key", "").strip())
    if cookie is None:
        return visit.page("sandbox_key", errors=[visit.mistake("key")])
    return Redirect(visit.return_to or "/users/sign_in", [Cookie(*cookie)])


def closed(visit: Visit) -> Page | Redirect:
    """Lead a reader who cannot use the controls to the page for the key, if there is one."""
    if visit.context.edges.pass_for_key:
        return Redirect(f"{PATH}?{urlencode({'return_to': visit.here, 'world': visit.world.id})}")
    return visit.trouble(HTTPStatus.FORBIDDEN, "emails")
