"""Looks up the participants on whom actors act."""

from __future__ import annotations

from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import Profile
from lp_sandbox.request.call import Call


def history_of(call: Call, participant_id: str) -> History | None:
    """Return the records of a participant; None when the world has no participant with this id."""
    return next(iter(histories_of(call.store, call.world.id, [participant_id])), None)


def profile_in(history: History | None, role: str) -> Profile | None:
    """Return the profile in a role; None when the participant has none."""
    return next((each for each in history.profiles if each.role == role), None) if history else None
