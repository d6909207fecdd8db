"""Participants as versions 1 and 2 show them: an item for each role in which a person trains or trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.list_rows import Rebuilt
from lp_sandbox.ecf.records import EcfSchool, ListedProfile
from lp_sandbox.ecf.records.people import cohort_bits
from lp_sandbox.ecf.resources.participants import profile_document
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request import csv_documents
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import Condition, Slice, Where

SHOWN = ("participant_id", "training_period_id")
"""The columns that name what an item shows."""


def list_(call: Call) -> bytes:
    """List the lead provider's participants."""
    return many(_listed(call))


def list_as_csv(call: Call) -> bytes:
    """List the lead provider's participants as CSV."""
    return csv_documents.table(_listed(call))


def get(call: Call) -> bytes:
    """Show one of the lead provider's participants, as an ECT if they are both ECT and mentor."""
    named = Where("participant_id", "=", call.path["id"])
    return one(call.found(next(_shown(call, call.whole((), "role"), named), None)))


def answer(_: Call, training_period: TrainingPeriod, rebuilt: Rebuilt) -> bytes:
    """Return the answer to a request that changed training: the participant in that role."""
    (history,), related = rebuilt
    return one(profile_document(history, training_period, related.urns))


def _listed(call: Call) -> Iterator[bytes]:
    """Yield the documents of the items on the page that the request names.

    The oldest participant comes first; with `updated_since`, the one whose last change is the oldest.
    """
    by = "updated_at" if call.since() else "created_at"
    return _shown(call, call.part(((by, False), ("participant_id", False)), "role"))


def _shown(call: Call, part: Slice, *where: Condition) -> Iterator[bytes]:
    """Yield the documents of items that the filters of the request let through."""
    conditions = (Where("lead_provider_id", "=", call.lead_provider_id), *where, *_filters(call))
    return _documents(call, call.store.rows(ListedProfile, SHOWN, call.world.id, *conditions, part=part))


def _filters(call: Call) -> Iterator[Condition]:
    """Yield the conditions of the filters. That for cohorts narrows the training before the latest is taken."""
    since, cohorts = call.since(), call.listed("cohort")
    if since:
        yield Where("updated_at", ">=", since)
    if cohorts is None:
        yield Where("later_cohorts", "=", 0)
    else:
        yield Where("cohort", "in", cohorts)
        yield Where("later_cohorts", "lacks", cohort_bits(cohorts))


def _documents(call: Call, shown: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    ids = {participant_id for participant_id, _ in shown}
    histories = {each.participant.id: each for each in histories_of(call.store, call.world.id, ids)}
    training = {each.id: each for history in histories.values() for each in history.training_periods}
    schools = Where("id", "in", tuple({training[id_].school_id for _, id_ in shown}))
    urns = dict(call.store.rows(EcfSchool, ("id", "urn"), call.world.id, schools))
    return (profile_document(histories[participant_id], training[id_], urns) for participant_id, id_ in shown)
