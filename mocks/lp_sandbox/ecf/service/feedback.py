"""The page on which anybody can say how satisfied they are with the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.visit import Visit
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

SENT = "/lead-providers/feedback/sent"
FIELDS = ("satisfaction", "comments")


def describe(visit: Visit) -> Page:
    """Show the form."""
    return _form(visit, {})


def send(visit: Visit) -> Page | Redirect:
    """Send the submitted feedback."""
    given = visit.request.form.fields
    reply = visit.call("sendFeedback", attributes={name: given.get(name, "") for name in FIELDS})
    return Redirect(f"{SENT}?world={visit.world.id}") if reply.is_done else _form(visit, given, reply.messages)


def _form(visit: Visit, given: Mapping[str, str], errors: Sequence[Message] = ()) -> Page:
    return visit.page("feedback", errors=errors, given=given, satisfactions=visit.context.words["satisfactions"])


def thank(visit: Visit) -> Page:
    """Say that the feedback was sent."""
    return visit.page("feedback_sent")
