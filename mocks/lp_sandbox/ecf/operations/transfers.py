"""Transfers: participants who move from one school to another, from or to the lead provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.records import EcfSchool, TransferredParticipant
from lp_sandbox.ecf.resources.transfers import transfers_document
from lp_sandbox.ecf.transfers import relevant_to, transfers_of
from lp_sandbox.programme.records import LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the participants who move from or to the lead provider."""
    where = list(_filters(call))
    order = "updated_at" if call.since() else "created_at"
    part = call.part(((order, False),), tie_break="participant_id")
    return many(_documents(call, call.store.find(TransferredParticipant, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Show the transfers of one participant."""
    this_one = Where("participant_id", "=", read_id(call.path["id"]))
    found = call.store.find(TransferredParticipant, call.world.id, *_filters(call), this_one)
    return one(*_documents(call, [call.found(next(iter(found), None))]))


def _filters(call: Call) -> Iterator[Where]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)


def _documents(call: Call, transferred: Sequence[TransferredParticipant]) -> Iterator[bytes]:
    ids = [each.participant_id for each in transferred]
    histories = {each.participant.id: each for each in histories_of(call.store, call.world.id, ids)}
    schools = Where("id", "in", tuple({each.school_id for h in histories.values() for each in h.training_periods}))
    urns = dict(call.store.rows(EcfSchool, ("id", "urn"), call.world.id, schools))
    names = dict(call.store.rows(LeadProvider, ("id", "name"), call.world.id))
    for id_ in ids:
        relevant = relevant_to(call.lead_provider_id, transfers_of(histories[id_]))
        yield transfers_document(histories[id_], relevant, urns, names, call.today)
