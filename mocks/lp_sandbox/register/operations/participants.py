"""Participants: the ECTs and mentors who train or trained with the lead provider under a partnership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.records import IdChange, Participant, Trainee
from lp_sandbox.register.listings import around_of, lives_of
from lp_sandbox.register.resources import trainee_shown
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import AnyOf, Condition, Where

STATUS_COLUMNS = {"active": "any_active", "deferred": "any_deferred", "withdrawn": "any_withdrawn"}


def list_(call: Call) -> bytes:
    """Answer with the lead provider's participants."""
    part = call.part((("created_at", False),), tie_break="participant_id")
    return many(shown(call, call.store.find(Trainee, call.world.id, *_filters(call), part=part)))


def get(call: Call) -> bytes:
    """Answer with one of the lead provider's participants."""
    return one(next(shown(call, [mine(call)])))


def mine(call: Call) -> Trainee:
    """Return the participant of the path, if the lead provider trains or trained them."""
    trainee = call.store.get(Trainee, call.world.id, call.lead_provider_id, call.path["id"])
    return call.found(trainee)


def _filters(call: Call) -> Iterator[Condition]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)
    cohorts = query.years(call.filters.get("cohort"))
    if cohorts is not None:
        yield AnyOf((Where("ect_cohort", "in", cohorts), Where("mentor_cohort", "in", cohorts)))
    status = call.filter("training_status")
    if status:
        column = STATUS_COLUMNS.get(status)
        yield Where(column, "=", 1) if column else Where("participant_id", "in", ())
    before = call.filter("from_participant_id")
    if before:
        yield Where("participant_id", "in", _now(call, read_id(before)))


def _now(call: Call, before: str) -> tuple[str, ...]:
    """Return the ids that who once had an id has now."""
    was = Where("from_participant_id", "=", before)
    return tuple(id_ for (id_,) in call.store.rows(IdChange, ("to_participant_id",), call.world.id, was))


def shown(call: Call, trainees: Sequence[Trainee]) -> Iterator[bytes]:
    """Yield the documents of participants: those that are kept, where they are good today."""
    others = iter(_shown_anew(call, [one for one in trainees if not _is_good(call, one)]))
    return (one.document if _is_good(call, one) else next(others).document for one in trainees)


def _is_good(call: Call, trainee: Trainee) -> bool:
    return trainee.good_from <= call.today < trainee.good_until


def _shown_anew(call: Call, trainees: Sequence[Trainee]) -> Sequence[Trainee]:
    """Show as they stand today, for whom time has moved on; nothing is written."""
    if not trainees:
        return ()
    ids = tuple(trainee.participant_id for trainee in trainees)
    participants = call.store.find(Participant, call.world.id, Where("id", "in", ids))
    lives = {life.participant.id: life for life in lives_of(call.store, call.world.id, participants)}
    around = around_of(call.store, call.world.id, lives.values())
    return [trainee_shown(one, lives[one.participant_id], around, call.today) for one in trainees]
