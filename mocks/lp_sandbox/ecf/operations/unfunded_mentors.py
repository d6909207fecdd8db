"""Unfunded mentors: the mentors of the lead provider's ECTs who do not train with it."""

from __future__ import annotations

from collections.abc import Iterator

from lp_sandbox.ecf.records import EcfUnfundedMentor
from lp_sandbox.ecf.resources.unfunded_mentors import unfunded_mentor_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the unfunded mentors of the lead provider's ECTs."""
    where = list(_filters(call))
    part = call.part((("created_at", False),), tie_break="participant_id")
    return many(map(unfunded_mentor_document, call.store.find(EcfUnfundedMentor, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Show one of these mentors. As in the service, a mentor who never trained as one is listed only."""
    this_one = Where("participant_id", "=", read_id(call.path["id"])), Where("has_training", "=", 1)
    found = call.store.find(EcfUnfundedMentor, call.world.id, *_filters(call), *this_one)
    return one(unfunded_mentor_document(call.found(next(iter(found), None))))


def _filters(call: Call) -> Iterator[Where]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)
