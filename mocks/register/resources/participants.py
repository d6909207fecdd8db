"""Participants, as a lead provider sees them: an enrolment for each role in which it trains or trained them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mocks.documents import document
from mocks.records import FOREVER
from mocks.register.people import (
    completed_on,
    eligible_for_funding,
    in_role,
    participant_status,
    training_status,
)
from mocks.register.records import ECT, IdChange, Induction, Participant, School, SchoolPeriod, TrainingPeriod


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The latest training with a lead provider in a role, and what it is shown with."""

    period: TrainingPeriod
    time: SchoolPeriod
    """At the school of the training."""
    times: Sequence[SchoolPeriod]
    """All of them in the role, the earliest first."""
    school: School
    delivery_partner_id: str
    uplifts: bool
    """The cohort has uplift fees."""
    mentor_id: str | None


def participant_document(
    participant: Participant,
    enrolments: Sequence[Enrolment],
    inductions: Sequence[Induction],
    id_changes: Sequence[IdChange],
    today: str,
) -> bytes:
    """Show a participant; inductions come with the earliest first."""
    attributes = {
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "updated_at": participant.updated_at,
        "ecf_enrolments": [_enrolment(participant, enrolment, inductions, today) for enrolment in enrolments],
        "participant_id_changes": [_id_change(change) for change in id_changes],
    }
    return document("participant", participant.id, attributes)


def _enrolment(
    participant: Participant, enrolment: Enrolment, inductions: Sequence[Induction], today: str
) -> dict[str, Any]:
    period, own = enrolment.period, in_role(participant, enrolment.period.role)
    is_ect = period.role == ECT
    completed = completed_on(participant, period.role, inductions)
    status = training_status(period)
    latest = inductions[-1] if inductions else None
    return {
        "training_record_id": own.training_record_id,
        "email": enrolment.time.email,
        "mentor_id": enrolment.mentor_id,
        "school_urn": enrolment.school.urn,
        "participant_type": period.role,
        "cohort": str(period.cohort),
        "training_status": status,
        "participant_status": participant_status(period, completed, today),
        "eligible_for_funding": eligible_for_funding(own.eligible_at, own.ineligible_on),
        "pupil_premium_uplift": enrolment.uplifts and enrolment.school.pupil_premium,
        "sparsity_uplift": enrolment.uplifts and enrolment.school.sparsity,
        "schedule_identifier": period.schedule,
        "delivery_partner_id": enrolment.delivery_partner_id,
        "withdrawal": _event(period.withdrawal_reason, period.withdrawn_at) if status == "withdrawn" else None,
        "deferral": _event(period.deferral_reason, period.deferred_at) if status == "deferred" else None,
        "created_at": enrolment.times[0].created_at,
        "induction_end_date": completed if is_ect else None,
        "most_recent_induction_period_end_date": _last_day(latest) if is_ect else None,
        "overall_induction_start_date": inductions[0].started_on if is_ect and inductions else None,
        "mentor_funding_end_date": None if is_ect else participant.mentor_ineligible_on,
        "cohort_changed_after_payments_frozen": own.frozen_cohort is not None,
        "mentor_ineligible_for_funding_reason": None if is_ect else participant.mentor_ineligible_reason,
        "working_pattern": enrolment.times[-1].working_pattern if is_ect else None,
    }


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
