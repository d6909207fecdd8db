"""The documents of participants: an enrolment for each role in which the lead provider trains or trained them.

Time changes a document only from one day to the next. So a document is stored with the days for which it is good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lp_sandbox.programme.day_arithmetic import NEVER, day_after
from lp_sandbox.programme.people import ParticipantHistory, completed_on, in_role, training_status
from lp_sandbox.programme.records import ECT, IdChange, Induction, Mentorship, School, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.people import eligible_for_funding, mentor_on, participant_status
from lp_sandbox.register.records import Trainee
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.records import FOREVER


@dataclass(frozen=True, slots=True)
class RelatedRecords:
    """The records besides a participant's own history that the participant's document shows."""

    schools: Mapping[str, School]
    delivery_partners: Mapping[str, str]
    """The id of the delivery partner, by the id of the partnership."""
    uplift_cohorts: frozenset[int]
    """The cohorts with uplift fees."""


def with_trainee_document(
    trainee: Trainee, history: ParticipantHistory, related: RelatedRecords, today: str
) -> Trainee:
    """Return a trainee with today's document, and the days for which the document is good."""
    training_periods = _latest(trainee, history)
    days = [day for each in training_periods for day in _days_of_change(each, history.mentorships)]
    return msgspec.structs.replace(
        trainee,
        document=_document(trainee, training_periods, history, related, today),
        good_from=max((day for day in days if day <= today), default=""),
        good_until=min((day for day in days if day > today), default=NEVER),
    )


def _latest(trainee: Trainee, history: ParticipantHistory) -> Sequence[TrainingPeriod]:
    """Return the latest training period with the lead provider in each role."""
    by_id = {training_period.id: training_period for training_period in history.training_periods}
    return [by_id[id_] for id_ in (trainee.ect_training_period_id, trainee.mentor_training_period_id) if id_]


def _days_of_change(training_period: TrainingPeriod, mentorships: Sequence[Mentorship]) -> Iterator[str]:
    """Yield the days on which the status or the mentor in answers may change."""
    yield training_period.started_on
    yield training_period.finished_on
    if training_period.role == ECT:
        yield from (day_after(mentorship.finished_on) for mentorship in mentorships)


def _document(
    trainee: Trainee,
    training_periods: Sequence[TrainingPeriod],
    history: ParticipantHistory,
    related: RelatedRecords,
    today: str,
) -> bytes:
    participant = history.participant
    id_changes = sorted(history.id_changes, key=lambda id_change: id_change.changed_at)
    attributes = {
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "updated_at": trainee.updated_at,
        "ecf_enrolments": [_enrolment(each, history, related, today) for each in training_periods],
        "participant_id_changes": [_id_change(id_change) for id_change in id_changes],
    }
    return document("participant", participant.id, attributes)


def _enrolment(
    training_period: TrainingPeriod, history: ParticipantHistory, related: RelatedRecords, today: str
) -> dict[str, Any]:
    role, participant = training_period.role, history.participant
    own, school = in_role(participant, role), related.schools[training_period.school_id]
    is_ect, uplifts = role == ECT, training_period.cohort in related.uplift_cohorts
    inductions = sorted(history.inductions, key=_start)
    school_periods = sorted((each for each in history.school_periods if each.role == role), key=_start)
    completed = completed_on(participant, role, inductions)
    status = training_status(training_period)
    latest = inductions[-1] if inductions else None
    return {
        "training_record_id": own.training_record_id,
        "email": next(each.email for each in school_periods if each.id == training_period.school_period_id),
        "mentor_id": _mentor(training_period, history.mentorships, today) if is_ect else None,
        "school_urn": school.urn,
        "participant_type": role,
        "cohort": str(training_period.cohort),
        "training_status": status,
        "participant_status": participant_status(training_period, completed, today),
        "eligible_for_funding": eligible_for_funding(own.eligible_at, own.ineligible_on),
        "pupil_premium_uplift": uplifts and school.pupil_premium,
        "sparsity_uplift": uplifts and school.sparsity,
        "schedule_identifier": training_period.schedule,
        "delivery_partner_id": related.delivery_partners[training_period.partnership_id or ""],
        "withdrawal": _withdrawal(training_period) if status == "withdrawn" else None,
        "deferral": _deferral(training_period) if status == "deferred" else None,
        "created_at": school_periods[0].created_at,
        "induction_end_date": completed if is_ect else None,
        "most_recent_induction_period_end_date": _last_day(latest) if is_ect else None,
        "overall_induction_start_date": inductions[0].started_on if is_ect and inductions else None,
        "mentor_funding_end_date": None if is_ect else participant.mentor_ineligible_on,
        "cohort_changed_after_payments_frozen": own.frozen_cohort is not None,
        "mentor_ineligible_for_funding_reason": None if is_ect else participant.mentor_ineligible_reason,
        "working_pattern": school_periods[-1].working_pattern if is_ect else None,
    }


def _start(record: SchoolPeriod | Induction) -> tuple[str, str]:
    return record.started_on, record.id


def _mentor(training_period: TrainingPeriod, mentorships: Sequence[Mentorship], today: str) -> str | None:
    there = (each for each in mentorships if each.ect_school_period_id == training_period.school_period_id)
    return mentor_on(there, today)


def _withdrawal(training_period: TrainingPeriod) -> Mapping[str, str | None]:
    return {"reason": training_period.withdrawal_reason, "date": training_period.withdrawn_at}


def _deferral(training_period: TrainingPeriod) -> Mapping[str, str | None]:
    return {"reason": training_period.deferral_reason, "date": training_period.deferred_at}


def _last_day(induction: Induction | None) -> str | None:
    return None if induction is None or induction.finished_on == FOREVER else induction.finished_on


def _id_change(id_change: IdChange) -> Mapping[str, str]:
    return {
        "from_participant_id": id_change.from_participant_id,
        "to_participant_id": id_change.to_participant_id,
        "changed_at": id_change.changed_at,
    }
