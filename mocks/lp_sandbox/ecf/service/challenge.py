"""A school reports that a confirmation is incorrect, with the link in an email. It does not sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

START = "/report-incorrect-partnership"
CHALLENGE = "challengePartnership"
REASON = "reason"
CHALLENGED, EXPIRED = "/already-challenged", "/link-expired"
PAGES = {"partnership_is_unchallenged": CHALLENGED, "challenge_is_in_time": EXPIRED}
"""The page for each rule that a school can do nothing about."""


def show(visit: Visit) -> Page | Redirect:
    """Ask for the reason, if the link can still be used. The address of the form names its world."""
    closed = _closing_page(visit, _refusals(visit))
    return _form(visit) if not closed and "world" in visit.request.query else _to(visit, closed)


def report(visit: Visit) -> Page | Redirect:
    """Challenge the partnership."""
    _ = _link(visit)
    reason = visit.request.form.fields.get(REASON, "")
    reply = visit.call(CHALLENGE, attributes={"token": _token(visit), REASON: reason})
    if reply.is_done:
        return _to(visit, "/success")
    closed = _closing_page(visit, reply.messages)
    return _to(visit, closed) if closed else _form(visit, *reply.messages)


def _form(visit: Visit, *errors: Message) -> Page:
    return visit.page("challenge", errors=errors, link=_link(visit), reasons=visit.context.words["reasons"])


def _refusals(visit: Visit) -> Sequence[Message]:
    """Return what the rules say of the link: a challenge without a reason is always refused, and changes nothing."""
    _ = _link(visit)
    return visit.call(CHALLENGE, attributes={"token": _token(visit), REASON: ""}).messages


def _closing_page(visit: Visit, messages: Sequence[Message]) -> str:
    """Return the page that says why the link cannot be used; empty where only the reason is missing."""
    operations = visit.context.operations
    by_message = {operations.message_of(CHALLENGE, rule): page for rule, page in PAGES.items()}
    return next((by_message[each.detail] for each in messages if each.detail in by_message), "")


def already_challenged(visit: Visit) -> Page | Redirect:
    """Say that the confirmation was reported before."""
    return _closed(visit, CHALLENGED, "challenge_already")


def link_expired(visit: Visit) -> Page | Redirect:
    """Say that the link has expired."""
    title = visit.context.operations.message_of(CHALLENGE, "challenge_is_in_time")
    return _closed(visit, EXPIRED, "challenge_expired", title=title)


def success(visit: Visit) -> Page | Redirect:
    """Say that the report was submitted."""
    return _closed(visit, CHALLENGED, "challenge_success")


def _closed(visit: Visit, page: str, template: str, **values: Any) -> Page | Redirect:
    """Return a page if it is true of the link now, and else lead back to the start."""
    is_true = _closing_page(visit, _refusals(visit)) == page
    return visit.page(template, link=_link(visit), **values) if is_true else _to(visit, "")


def _to(visit: Visit, page: str) -> Redirect:
    return Redirect(f"{START}{page}?{urlencode({'token': _token(visit), 'world': visit.world.id})}")


def _token(visit: Visit) -> str:
    return visit.request.query.get("token", "")


def _link(visit: Visit) -> Any:
    """Return what the link is about. Raises NotFound."""
    reply = visit.call("showChallengeLink", query={"token": _token(visit)}) if _token(visit) else None
    if reply is None or not reply.is_done:
        raise NotFound
    return reply.data["attributes"]
