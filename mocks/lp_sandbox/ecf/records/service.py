"""Who may use the service in a browser: links to sign in, and sessions."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by("token", indexes=(("sent_at",),))
class SignInLink(Record, frozen=True):
    """A link with which a user signs in once. It is part of the world: a fork or snapshot has it too."""

    token: str
    user_id: str
    return_to: str
    """The path of the page that the user wanted to see."""
    sent_at: str
    used_at: str | None


@kept_by("id", indexes=(("begun_at",),))
class BrowserSession(Record, frozen=True):
    """A user who has signed in. Like tokens, sessions are outside of worlds.

    Those of a world stay when it is reset, and are removed with it. A fork has none, and the restored snapshot of a
    world brings none back.
    """

    id: str
    world_id: str
    user_id: str
    begun_at: str
    """In real time."""
