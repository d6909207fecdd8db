"""Participants: the ECTs and mentors that the lead provider trains or trained under an unchallenged partnership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.history_lookups import histories_of, related_records, training_of
from lp_sandbox.ecf.list_rows import Rebuilt
from lp_sandbox.ecf.people import History, trainees_before_validation
from lp_sandbox.ecf.records import EcfTrainee
from lp_sandbox.ecf.resources.participants import with_document
from lp_sandbox.programme.records import IdChange, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import AnyOf, Condition, Slice, Where

STATUS_COLUMNS = {"active": "any_active", "deferred": "any_deferred", "withdrawn": "any_withdrawn"}


def list_(call: Call) -> bytes:
    """List the lead provider's participants."""
    conditions = [*_filters(call)]
    part = call.part((("created_at", False),), tie_break="participant_id")
    order = tuple(("participant_id" if column == "id" else column, down) for column, down in part.order)
    part = Slice(order, part.offset, part.length)
    return many(_documents(call, call.store.find(EcfTrainee, call.world.id, *conditions, part=part)))


def get(call: Call) -> bytes:
    """Show one of the lead provider's participants, if the filters of the request let them through."""
    id_ = read_id(call.path["id"])
    if not call.filters:  # to look up a key takes less than to find records
        return _answer(call, call.found(call.store.get(EcfTrainee, call.world.id, call.lead_provider_id, id_)))
    trainees = call.store.find(EcfTrainee, call.world.id, Where("participant_id", "=", id_), *_filters(call))
    return _answer(call, call.found(next(iter(trainees), None)))


def answer(call: Call, training_period: TrainingPeriod, rebuilt: Rebuilt) -> bytes:
    """Return the answer to a request that changed training: the participant, in every role.

    It shows roles in which DfE has not validated the details, which lists do not. A participant whose partnerships are
    all challenged is shown without enrolments.
    """
    (history,), related = rebuilt
    seen = trainees_before_validation(history, related.challenged)
    own = next((each for each in seen if each.lead_provider_id == call.lead_provider_id), None)
    trainee = own or EcfTrainee.unseen(call.lead_provider_id, training_period.participant_id)
    return one(with_document(trainee, history, related, call.today).document)


def _answer(call: Call, trainee: EcfTrainee) -> bytes:
    return one(*_documents(call, [trainee]))


def _documents(call: Call, trainees: Sequence[EcfTrainee]) -> Iterator[bytes]:
    """Yield the documents of participants: stored ones where they are good today, others rendered again."""
    rendered = iter(_rendered(call, [trainee for trainee in trainees if not _is_good(call, trainee)]))
    return (trainee.document if _is_good(call, trainee) else next(rendered).document for trainee in trainees)


def _is_good(call: Call, trainee: EcfTrainee) -> bool:
    return trainee.good_from <= call.today < trainee.good_until


def _rendered(call: Call, trainees: Sequence[EcfTrainee]) -> Sequence[EcfTrainee]:
    """Return trainees with the documents of today. Nothing is written."""
    if not trainees:
        return ()
    ids = [trainee.participant_id for trainee in trainees]
    histories = {each.participant.id: each for each in histories_of(call.store, call.world.id, ids)}
    related = related_records(call.store, call.world.id, histories.values())
    return [with_document(each, histories[each.participant_id], related, call.today) for each in trainees]


def _filters(call: Call) -> Iterator[Condition]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)
    status = call.filter("training_status")
    if status:
        column = STATUS_COLUMNS.get(status)
        if column is None:
            raise call.problem("training_status_is_known")
        yield Where(column, "=", 1)
    cohorts = call.listed("cohort")
    if cohorts is not None:
        yield AnyOf((Where("ect_cohort", "in", cohorts), Where("mentor_cohort", "in", cohorts)))
    before = call.filter("from_participant_id")
    if before:
        yield Where("participant_id", "in", current_ids(call, read_id(before)))


def training_named(call: Call, id_: str) -> History | None:
    """Return the training of the participant in a request, by the present id or else by an earlier id."""
    found = training_of(call.store, call.world.id, id_)
    if found:
        return found
    present = (training_of(call.store, call.world.id, each) for each in current_ids(call, id_))
    return next(filter(None, present), None)


def current_ids(call: Call, before: str) -> tuple[str, ...]:
    """Return the present ids of the participants that replaced a participant, perhaps in several steps."""
    was = Where("from_participant_id", "=", before)
    found = call.store.rows(IdChange, ("to_participant_id",), call.world.id, was)
    return tuple(present for (id_,) in found for present in (current_ids(call, id_) or (id_,)))
