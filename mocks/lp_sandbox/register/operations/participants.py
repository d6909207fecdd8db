"""Participants: the ECTs and mentors who train or trained with the lead provider under a partnership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from lp_sandbox.programme.records import IdChange
from lp_sandbox.register.history_lookups import histories_of, related_records
from lp_sandbox.register.records import Trainee
from lp_sandbox.register.resources import with_trainee_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import AnyOf, Condition, Where

STATUS_COLUMNS = {"active": "any_active", "deferred": "any_deferred", "withdrawn": "any_withdrawn"}


def list_(call: Call) -> bytes:
    """List the lead provider's participants."""
    part = call.part((("created_at", False),), tie_break="participant_id")
    return many(documents(call, call.store.find(Trainee, call.world.id, *_filters(call), part=part)))


def get(call: Call) -> bytes:
    """Show one of the lead provider's participants."""
    return answer(call, own_trainee(call))


def own_trainee(call: Call) -> Trainee:
    """Return the participant of the path. Raises the refusal (404) unless the lead provider trains or trained them."""
    return call.found(call.store.get(Trainee, call.world.id, call.lead_provider_id, call.path["id"]))


def answer(call: Call, trainee: Trainee) -> bytes:
    """Return the answer that shows a participant."""
    return one(next(documents(call, [trainee])))


def _filters(call: Call) -> Iterator[Condition]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)
    cohorts = call.listed("cohort")
    if cohorts is not None:
        yield AnyOf((Where("ect_cohort", "in", cohorts), Where("mentor_cohort", "in", cohorts)))
    status = call.filter("training_status")
    if status:
        column = STATUS_COLUMNS.get(status)
        yield Where(column, "=", 1) if column else Where("participant_id", "in", ())
    before = call.filter("from_participant_id")
    if before:
        yield Where("participant_id", "in", _current_ids(call, read_id(before)))


def _current_ids(call: Call, before: str) -> tuple[str, ...]:
    """Return the ids of the participants that replaced a participant."""
    was = Where("from_participant_id", "=", before)
    return tuple(id_ for (id_,) in call.store.rows(IdChange, ("to_participant_id",), call.world.id, was))


def documents(call: Call, trainees: Sequence[Trainee]) -> Iterator[bytes]:
    """Yield the documents of participants: stored ones where they are good today, others rendered again."""
    rendered = iter(_rendered(call, [trainee for trainee in trainees if not _is_good(call, trainee)]))
    return (trainee.document if _is_good(call, trainee) else next(rendered).document for trainee in trainees)


def _is_good(call: Call, trainee: Trainee) -> bool:
    return trainee.good_from <= call.today < trainee.good_until


def _rendered(call: Call, trainees: Sequence[Trainee]) -> Sequence[Trainee]:
    """Return trainees with the documents of today. Nothing is written."""
    if not trainees:
        return ()
    ids = tuple(trainee.participant_id for trainee in trainees)
    histories = {each.participant.id: each for each in histories_of(call.store, call.world.id, ids)}
    training = chain.from_iterable(history.training_periods for history in histories.values())
    related = related_records(call.store, call.world.id, training)
    return [with_trainee_document(each, histories[each.participant_id], related, call.today) for each in trainees]
