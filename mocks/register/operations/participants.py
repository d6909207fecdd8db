"""Participants: the ECTs and mentors who train or trained with the lead provider under a partnership."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mocks import query
from mocks.call import Call
from mocks.documents import many, one
from mocks.register.operations.lookup import by_id, grouped
from mocks.register.people import mentor_on
from mocks.register.records import (
    ECT,
    Cohort,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    Partnership,
    School,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
)
from mocks.register.resources import Enrolment, participant_document
from mocks.store import AnyOf, Condition, Where

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
    trainee = call.store.get(Trainee, call.world.id, call.lead_provider_id, call.path["id"].lower())
    found: Trainee = call.found(trainee)
    return found


def _filters(call: Call) -> Iterator[Condition]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    since = call.since()
    if since:
        yield Where("updated_at", ">=", since)
    cohorts = query.years(call.filters.get("cohort"))
    if cohorts is not None:
        yield AnyOf((Where("ect_cohort", "in", cohorts), Where("mentor_cohort", "in", cohorts)))
    status = str(call.filters.get("training_status", "")).strip()
    if status:
        column = STATUS_COLUMNS.get(status)
        yield Where(column, "=", 1) if column else Where("participant_id", "in", ())
    before = str(call.filters.get("from_participant_id", "")).strip()
    if before:
        yield Where("participant_id", "in", _now(call, before.lower()))


def _now(call: Call, before: str) -> tuple[str, ...]:
    """Return the ids that who once had an id has now."""
    was = Where("from_participant_id", "=", before)
    return tuple(id_ for (id_,) in call.store.rows(IdChange, ("to_participant_id",), call.world.id, was))


def shown(call: Call, trainees: Sequence[Trainee]) -> Iterator[bytes]:
    """Yield the documents of participants, whose records are read all at once."""
    page = _Page.of(call, trainees)
    for trainee in trainees:
        id_ = trainee.participant_id
        yield participant_document(
            page.participants[id_],
            [page.enrolment(latest, call.today) for latest in _latest_ids(trainee)],
            page.inductions.get(id_, ()),
            page.id_changes.get(id_, ()),
            call.today,
        )


def _latest_ids(trainee: Trainee) -> list[str]:
    return [id_ for id_ in (trainee.ect_training_period_id, trainee.mentor_training_period_id) if id_]


@dataclass(frozen=True, slots=True)
class _Page:
    """The records with which the participants of a page are shown."""

    participants: Mapping[str, Participant]
    training: Mapping[str, TrainingPeriod]
    partnerships: Mapping[str, str]
    """The delivery partner of each."""
    schools: Mapping[str, School]
    uplift_cohorts: frozenset[int]
    times: Mapping[str, list[SchoolPeriod]]
    """By participant, the earliest first. So are the next three."""
    inductions: Mapping[str, list[Induction]]
    id_changes: Mapping[str, list[IdChange]]
    mentorships: Mapping[str, list[Mentorship]]
    """By the ECT's time at a school."""

    @classmethod
    def of(cls, call: Call, trainees: Sequence[Trainee]) -> _Page:
        ids = {trainee.participant_id for trainee in trainees}
        training = by_id(call, TrainingPeriod, {id_ for trainee in trainees for id_ in _latest_ids(trainee)})
        partnerships = {period.partnership_id for period in training.values()}
        ect_times = {period.school_period_id for period in training.values() if period.role == ECT}
        return cls(
            participants=by_id(call, Participant, ids),
            training=training,
            partnerships=dict(
                call.store.rows(
                    Partnership,
                    ("id", "delivery_partner_id"),
                    call.world.id,
                    Where("id", "in", tuple(partnerships)),
                )
            ),
            schools=by_id(call, School, {period.school_id for period in training.values()}),
            uplift_cohorts=_uplift_cohorts(call),
            times=grouped(call, SchoolPeriod, "participant_id", ids, by="started_on"),
            inductions=grouped(call, Induction, "participant_id", ids, by="started_on"),
            id_changes=grouped(call, IdChange, "to_participant_id", ids, by="changed_at"),
            mentorships=grouped(call, Mentorship, "ect_school_period_id", ect_times, by="started_on"),
        )

    def enrolment(self, training_period_id: str, today: str) -> Enrolment:
        period = self.training[training_period_id]
        times = [time for time in self.times[period.participant_id] if time.role == period.role]
        mentorships = self.mentorships.get(period.school_period_id, ()) if period.role == ECT else ()
        return Enrolment(
            period=period,
            time=next(time for time in times if time.id == period.school_period_id),
            times=times,
            school=self.schools[period.school_id],
            delivery_partner_id=self.partnerships[period.partnership_id or ""],
            uplifts=period.cohort in self.uplift_cohorts,
            mentor_id=mentor_on(mentorships, today),
        )


def _uplift_cohorts(call: Call) -> frozenset[int]:
    rows = call.store.rows(Cohort, ("year",), call.world.id, Where("uplift_fees", "=", 1))
    return frozenset(year for (year,) in rows)
