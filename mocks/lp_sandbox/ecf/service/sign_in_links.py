"""Links to sign in, and sessions."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from lp_sandbox.ecf.emails import ACCESS_INFO, SIGN_IN, send_to_address
from lp_sandbox.ecf.records import BrowserSession, SignInLink
from lp_sandbox.ecf.service.users import User, user_with_email, user_with_id
from lp_sandbox.worlds.clock import parse, real_time, shown, stamp
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Store, Where
from lp_sandbox.worlds.world_lifecycle import NOWHERE, Worlds

LINK_LASTS = timedelta(hours=24)
"""By the clock of the world."""
SESSION_LASTS = timedelta(hours=12)
"""In real time, because a user who advances the clock of a world continues to work."""
COOKIE = "lp_service_session"


class SignedIn(NamedTuple):
    """A session with what it opens."""

    session: BrowserSession
    world: World
    user: User


def send_link(store: Store, worlds: Worlds, world: World, email: str, return_to: str) -> None:
    """Send a link to sign in to a user, or an email about access to an address that no user has."""
    with worlds.changing(world) as found:
        now = stamp(now_in(found))
        user = user_with_email(store, found.id, email)
        if user is None:
            send_to_address(store, found, ACCESS_INFO, (email, ""), sent_at=now)
            return
        token = _secret()
        send_to_address(store, found, SIGN_IN, (user.email, user.full_name), sent_at=now, token=token)
        store.add(found.id, [SignInLink(token, user.id, return_to, now, None)])


def usable_link(store: Store, world: World, token: str) -> SignInLink | None:
    """Return the link of a token, unless it was used or has expired."""
    link = store.get(SignInLink, world.id, token)
    is_usable = link and link.used_at is None and now_in(world) < parse(link.sent_at) + LINK_LASTS
    return link if is_usable else None


def use_link(store: Store, worlds: Worlds, world: World, token: str) -> tuple[BrowserSession, SignInLink] | None:
    """Begin a session with a link; None where it cannot be used."""
    with worlds.changing(world) as found:
        link = usable_link(store, found, token)
        if link is None:
            return None
        store.put(found.id, msgspec.structs.replace(link, used_at=stamp(now_in(found))))
        session = BrowserSession(_secret(), found.id, link.user_id, stamp(real_time()))
        store.remove(BrowserSession, NOWHERE, Where("begun_at", "<=", stamp(real_time() - SESSION_LASTS)))
        store.add(NOWHERE, [session])
        return session, link


def session_of(store: Store, worlds: Worlds, id: str) -> SignedIn | None:
    """Return what the session of an id opens; None where there is none."""
    session = store.get(BrowserSession, NOWHERE, id) if id else None
    if session is None or parse(session.begun_at) + SESSION_LASTS <= real_time():
        return None
    world = worlds.get(session.world_id)
    if world is None:
        return None
    user = user_with_id(store, world.id, session.user_id)
    return SignedIn(session, world, user) if user else None


def end_session(store: Store, id: str) -> None:
    """End a session."""
    with store.writing():
        store.remove(BrowserSession, NOWHERE, Where("id", "=", id))


def _secret() -> str:
    """Return a random token. Everything else in a world derives from its seed, so a stranger could guess it."""
    return secrets.token_hex(16)


def now_in(world: World) -> datetime:
    """Return the time in a world."""
    return shown(world.clock, world.ahead)
