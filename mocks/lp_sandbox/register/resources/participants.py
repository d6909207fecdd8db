"""Participants, as a lead provider sees them: an enrolment for each role in which it trains or trained them.

What time changes goes by the day. So a document is good for a span of days, and is kept with the span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lp_sandbox.programme.records import (
    ECT,
    IdChange,
    Induction,
    Mentorship,
    School,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
)
from lp_sandbox.register.people import (
    NEVER,
    ParticipantHistory,
    completed_on,
    day_after,
    eligible_for_funding,
    in_role,
    mentor_on,
    participant_status,
    training_status,
)
from lp_sandbox.request.documents import document
from lp_sandbox.worlds.records import FOREVER


@dataclass(frozen=True, slots=True)
class Around:
    """What participants are shown with beside their own records."""

    schools: Mapping[str, School]
    delivery_partners: Mapping[str, str]
    """The id of that of each partnership."""
    uplift_cohorts: frozenset[int]
    """Those with uplift fees."""


def trainee_shown(trainee: Trainee, life: ParticipantHistory, around: Around, today: str) -> Trainee:
    """Give a trainee the document that shows it today, and the days for which that is good."""
    latest = _latest(trainee, life)
    turns = [turn for period in latest for turn in _turns(period, life.mentorships)]
    return msgspec.structs.replace(
        trainee,
        document=_document(trainee, latest, life, around, today),
        good_from=max((turn for turn in turns if turn <= today), default=""),
        good_until=min((turn for turn in turns if turn > today), default=NEVER),
    )


def _latest(trainee: Trainee, life: ParticipantHistory) -> Sequence[TrainingPeriod]:
    """Return the latest training with the lead provider in each role."""
    by_id = {period.id: period for period in life.periods}
    return [by_id[id_] for id_ in (trainee.ect_training_period_id, trainee.mentor_training_period_id) if id_]


def _turns(period: TrainingPeriod, mentorships: Sequence[Mentorship]) -> Iterator[str]:
    """Yield the days on which another status or another mentor may be shown."""
    yield period.started_on
    yield period.finished_on
    if period.role == ECT:
        yield from (day_after(mentorship.finished_on) for mentorship in mentorships)


def _document(
    trainee: Trainee, latest: Sequence[TrainingPeriod], life: ParticipantHistory, around: Around, today: str
) -> bytes:
    participant = life.participant
    changes = sorted(life.id_changes, key=lambda change: change.changed_at)
    attributes = {
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "updated_at": trainee.updated_at,
        "ecf_enrolments": [_enrolment(period, life, around, today) for period in latest],
        "participant_id_changes": [_id_change(change) for change in changes],
    }
    return document("participant", participant.id, attributes)


def _enrolment(period: TrainingPeriod, life: ParticipantHistory, around: Around, today: str) -> dict[str, Any]:
    own, school = in_role(life.participant, period.role), around.schools[period.school_id]
    is_ect, uplifts = period.role == ECT, period.cohort in around.uplift_cohorts
    inductions = sorted(life.inductions, key=_began)
    times = sorted((time for time in life.times if time.role == period.role), key=_began)
    completed = completed_on(life.participant, period.role, inductions)
    status = training_status(period)
    latest = inductions[-1] if inductions else None
    return {
        "training_record_id": own.training_record_id,
        "email": next(time.email for time in times if time.id == period.school_period_id),
        "mentor_id": _mentor(period, life.mentorships, today) if is_ect else None,
        "school_urn": school.urn,
        "participant_type": period.role,
        "cohort": str(period.cohort),
        "training_status": status,
        "participant_status": participant_status(period, completed, today),
        "eligible_for_funding": eligible_for_funding(own.eligible_at, own.ineligible_on),
        "pupil_premium_uplift": uplifts and school.pupil_premium,
        "sparsity_uplift": uplifts and school.sparsity,
        "schedule_identifier": period.schedule,
        "delivery_partner_id": around.delivery_partners[period.partnership_id or ""],
        "withdrawal": _event(period.withdrawal_reason, period.withdrawn_at) if status == "withdrawn" else None,
        "deferral": _event(period.deferral_reason, period.deferred_at) if status == "deferred" else None,
        "created_at": times[0].created_at,
        "induction_end_date": completed if is_ect else None,
        "most_recent_induction_period_end_date": _last_day(latest) if is_ect else None,
        "overall_induction_start_date": inductions[0].started_on if is_ect and inductions else None,
        "mentor_funding_end_date": None if is_ect else life.participant.mentor_ineligible_on,
        "cohort_changed_after_payments_frozen": own.frozen_cohort is not None,
        "mentor_ineligible_for_funding_reason": None if is_ect else life.participant.mentor_ineligible_reason,
        "working_pattern": times[-1].working_pattern if is_ect else None,
    }


def _began(record: SchoolPeriod | Induction) -> tuple[str, str]:
    return record.started_on, record.id


def _mentor(period: TrainingPeriod, mentorships: Sequence[Mentorship], today: str) -> str | None:
    return mentor_on((m for m in mentorships if m.ect_school_period_id == period.school_period_id), today)


def _event(reason: str | None, at: str | None) -> Mapping[str, str | None]:
    return {"reason": reason, "date": at}


def _last_day(induction: Induction | None) -> str | None:
    return None if induction is None or induction.finished_on == FOREVER else induction.finished_on


def _id_change(change: IdChange) -> Mapping[str, str]:
    return {
        "from_participant_id": change.from_participant_id,
        "to_participant_id": change.to_participant_id,
        "changed_at": change.changed_at,
    }
