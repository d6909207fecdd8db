"""Transfers: participants who moved from one school to another, from or to the lead provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.records import Induction, LeadProvider, Participant, School, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.operations.participants import own_trainee
from lp_sandbox.register.people import relevant_to, transfers_of
from lp_sandbox.register.records import Trainee
from lp_sandbox.register.resources import transfers_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the participants who moved from or to the lead provider."""
    part = call.part((("created_at", False),), tie_break="participant_id")
    where = [Where("lead_provider_id", "=", call.lead_provider_id), Where("transferred", "=", 1)]
    since = call.since()
    if since:
        where.append(Where("boundary_at", ">=", since))
    return many(_documents(call, call.store.find(Trainee, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Show the transfers of one participant."""
    trainee = own_trainee(call)
    return one(next(_documents(call, [call.found(trainee if trainee.transferred else None)])))


def _documents(call: Call, trainees: Sequence[Trainee]) -> Iterator[bytes]:
    ids = [trainee.participant_id for trainee in trainees]
    participants = call.by_id(Participant, ids)
    school_periods = call.grouped(SchoolPeriod, "participant_id", ids, order="started_on")
    training_periods = call.grouped(TrainingPeriod, "participant_id", ids, order="started_on")
    inductions = call.grouped(Induction, "participant_id", ids, order="started_on")
    schools = call.by_id(School, {each.school_id for group in school_periods.values() for each in group})
    urns = {school.id: school.urn for school in schools.values()}
    names = dict(call.store.rows(LeadProvider, ("id", "name"), call.world.id))
    for id_ in ids:
        transfers = transfers_of(school_periods[id_], training_periods[id_], inductions[id_])
        relevant = relevant_to(call.lead_provider_id, transfers)
        yield transfers_document(participants[id_], relevant, urns, names, call.today)
