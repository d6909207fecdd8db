"""Unfunded mentors: mentors of the lead provider's ECTs who never trained with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.records import Participant, SchoolPeriod
from lp_sandbox.register.records import UnfundedMentor
from lp_sandbox.register.resources import unfunded_mentor_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the unfunded mentors of the lead provider's ECTs."""
    part = call.part((("created_at", False),), tie_break="participant_id")
    where = _shown_today(call)
    since = call.since()
    if since:
        where.append(Where("updated_at", ">=", since))
    return many(_documents(call, call.store.find(UnfundedMentor, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Show one unfunded mentor of the lead provider's ECTs."""
    this_one = Where("participant_id", "=", call.path["id"])
    found = call.store.find(UnfundedMentor, call.world.id, *_shown_today(call), this_one)
    return one(next(_documents(call, [call.found(next(iter(found), None))])))


def _shown_today(call: Call) -> list[Where]:
    """Return the conditions for mentors that the lead provider's ECTs show today."""
    return [
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("shown_from", "<=", call.today),
        Where("shown_until", ">=", call.today),
    ]


def _documents(call: Call, mentors: Sequence[UnfundedMentor]) -> Iterator[bytes]:
    participants = call.by_id(Participant, [mentor.participant_id for mentor in mentors])
    school_periods = call.by_id(SchoolPeriod, [mentor.school_period_id for mentor in mentors])
    for mentor in mentors:
        yield unfunded_mentor_document(participants[mentor.participant_id], school_periods[mentor.school_period_id])
