"""The users of the service, and what each role can see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lp_sandbox.ecf.records import DfeUser, LeadProviderUser
from lp_sandbox.programme.records import LeadProvider
from lp_sandbox.worlds.store import Slice, Store

LEAD_PROVIDER, ADMINISTRATOR, FINANCE = "lead_provider", "administrator", "finance"
HOMES = {LEAD_PROVIDER: "/dashboard", ADMINISTRATOR: "/admin", FINANCE: "/finance"}
"""The page with which each role begins."""
BY_NAME = Slice((("full_name", False),))


class User(NamedTuple):
    """Somebody who can sign in."""

    id: str
    full_name: str
    email: str
    role: str
    organisation: str
    """The name of their lead provider; empty for users of DfE."""
    lead_provider_id: str = ""


def all_users(store: Store, world: str) -> Sequence[User]:
    """Return the users of a world: the users of lead providers by name, and the users of DfE."""
    names = dict(store.rows(LeadProvider, ("id", "name"), world))
    of_providers = [
        User(each.id, each.full_name, each.email, LEAD_PROVIDER, names[each.lead_provider_id], each.lead_provider_id)
        for each in store.find(LeadProviderUser, world, part=BY_NAME)
    ]
    of_dfe = [
        User(each.id, each.full_name, each.email, each.role, "") for each in store.find(DfeUser, world, part=BY_NAME)
    ]
    return [*of_providers, *of_dfe]


def user_with_email(store: Store, world: str, email: str) -> User | None:
    """Return the user with an email address, however it is capitalised."""
    wanted = email.casefold()
    return next((user for user in all_users(store, world) if user.email.casefold() == wanted), None)


def user_with_id(store: Store, world: str, id: str) -> User | None:
    """Return the user of an id."""
    return next((user for user in all_users(store, world) if user.id == id), None)
