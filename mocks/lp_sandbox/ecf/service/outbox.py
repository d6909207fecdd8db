"""The outbox as a page: the emails of a world, with links that work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from lp_sandbox.ecf.service.sandbox_key import closed
from lp_sandbox.ecf.service.visit import Visit
from lp_sandbox.request.query import leading_number
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page, prefers_page

EMAILS_ON_A_PAGE = 20


class Piece(NamedTuple):
    """Words of an email, and the address to which they lead if they are a link."""

    text: str
    href: str = ""


class ShownEmail(NamedTuple):
    """An email as the page shows it."""

    id: str
    details: Mapping[str, Any]
    paragraphs: Sequence[Sequence[Piece]]


def show(visit: Visit) -> Page | Redirect | None:
    """List the emails of a world, the newest first. Programs that do not accept HTML get JSON from the control."""
    if not prefers_page(visit.request.http):
        return None
    if not visit.may_use_controls:
        return closed(visit)
    emails = visit.call("listEmails").data[::-1]
    pages = max(1, -(-len(emails) // EMAILS_ON_A_PAGE))
    number = min(max(leading_number(visit.request.query.get("page", "1")), 1), pages)
    shown = emails[(number - 1) * EMAILS_ON_A_PAGE : number * EMAILS_ON_A_PAGE]
    return visit.page(
        "outbox", emails=[_shown(visit, each) for each in shown], count=len(emails), number=number, pages=pages
    )


def _shown(visit: Visit, email: Mapping[str, Any]) -> ShownEmail:
    details = email["attributes"]
    hrefs = [link["href"] for link in details["links"]]
    lines = filter(None, details["body"].splitlines())
    return ShownEmail(email["id"], details, [[*_pieces(line, hrefs, visit.world.id)] for line in lines])


def _pieces(line: str, hrefs: Sequence[str], world: str) -> Iterator[Piece]:
    """Split a line into words and links. Links name the world, as two worlds can have the same tokens."""
    if not hrefs:
        yield Piece(line)
        return
    for part in re.split(f"({'|'.join(map(re.escape, hrefs))})", line):
        named = f"{part}{'&' if '?' in part else '?'}{urlencode({'world': world})}" if part in hrefs else ""
        yield Piece(part, named)


def nominations(visit: Visit) -> Page:
    """Say that the sandbox has no page to nominate an induction tutor, to which some emails lead."""
    return visit.trouble(HTTPStatus.OK, "nomination")
