"""Unfunded mentors: those who support the lead provider's ECTs, and whom it never trained itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.records import Participant, SchoolPeriod, UnfundedMentor
from lp_sandbox.register.operations.lookup import by_id
from lp_sandbox.register.resources import unfunded_mentor_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import many, one
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """Answer with the unfunded mentors of the lead provider's ECTs."""
    part = call.part((("created_at", False),), tie_break="participant_id")
    where = _today(call)
    since = call.since()
    if since:
        where.append(Where("updated_at", ">=", since))
    return many(_shown(call, call.store.find(UnfundedMentor, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Answer with one unfunded mentor of the lead provider's ECTs."""
    this_one = Where("participant_id", "=", call.path["id"])
    listed = call.store.find(UnfundedMentor, call.world.id, *_today(call), this_one)
    return one(next(_shown(call, [call.found(next(iter(listed), None))])))


def _today(call: Call) -> list[Where]:
    """Whom the lead provider's ECTs show as their mentor today."""
    return [
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("shown_from", "<=", call.today),
        Where("shown_until", ">=", call.today),
    ]


def _shown(call: Call, mentors: Sequence[UnfundedMentor]) -> Iterator[bytes]:
    participants = by_id(call, Participant, [mentor.participant_id for mentor in mentors])
    times = by_id(call, SchoolPeriod, [mentor.school_period_id for mentor in mentors])
    for mentor in mentors:
        yield unfunded_mentor_document(participants[mentor.participant_id], times[mentor.school_period_id])
