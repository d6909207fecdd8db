"""Signing in with a link that an email brings, and signing out."""

from __future__ import annotations

from urllib.parse import urlencode

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.sign_in_links import COOKIE, end_session, send_link, usable_link, use_link
from lp_sandbox.ecf.service.users import all_users, user_with_id
from lp_sandbox.ecf.service.visit import SIGN_IN, Visit, home_of
from lp_sandbox.web.cookies import Cookie
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page
from lp_sandbox.worlds.records import required

LONGEST_ADDRESS = 254
"""The most characters of an email address. See RFC 5321."""


def show(visit: Visit) -> Page:
    """Ask for an email address, and list the users of the world for readers who can use the controls."""
    return _form(visit)


def _form(visit: Visit, email: str = "", *errors: Message) -> Page:
    users = all_users(visit.context.edges.store, visit.world.id) if visit.may_use_controls else ()
    return visit.page("sign_in", errors=errors, email=email, users=users)


def send(visit: Visit) -> Page | Redirect:
    """Send a link to the address, and show the same page for every address."""
    email = visit.request.form.fields.get("email", "").strip()
    name, at, host = email.rpartition("@")
    if not (name and at and host) or len(email) > LONGEST_ADDRESS or not email.isprintable() or " " in email:
        return _form(visit, email, visit.mistake("email"))
    edges = visit.context.edges
    send_link(edges.store, edges.worlds, visit.world, email, visit.return_to)
    return Redirect(f"/users/check_email?{urlencode({'world': visit.world.id})}")


def check_email(visit: Visit) -> Page:
    """Say that a link was sent."""
    return visit.page("check_email")


def offer(visit: Visit) -> Page:
    """Show a button to sign in with a link: programs that check emails follow links, but do not press buttons."""
    token = visit.request.query.get("token", "")
    if usable_link(visit.context.edges.store, visit.world, token) is None:
        return visit.page("link_not_usable")
    return visit.page("confirm_sign_in", token=token)


def sign_in(visit: Visit) -> Page | Redirect:
    """Use a link once, and begin a session under a new id."""
    edges = visit.context.edges
    begun = use_link(edges.store, edges.worlds, visit.world, visit.request.form.fields.get("token", ""))
    if begun is None:
        return visit.page("link_not_usable")
    session, link = begun
    if visit.session:
        end_session(edges.store, visit.session.session.id)
    user = required(user_with_id(edges.store, session.world_id, session.user_id))
    return Redirect(link.return_to or home_of(user), [Cookie(COOKIE, session.id)])


def sign_out(visit: Visit) -> Redirect:
    """End the session."""
    if visit.session:
        end_session(visit.context.edges.store, visit.session.session.id)
    return Redirect(SIGN_IN, [Cookie(COOKIE, "")])
