"""The documents of participants: with an enrolment for each role, or one document for each role.

Those with enrolments are kept ready in the rows of lists, each with the days for which it is good.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lp_sandbox.ecf.people import (
    DIFFERENT_TRN,
    History,
    eligible_for_funding,
    induction_status,
    mentor_of,
    participant_status,
    validation_status,
)
from lp_sandbox.ecf.records import EcfTrainee, Profile
from lp_sandbox.programme.day_arithmetic import NEVER
from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import ECT, IdChange, TrainingPeriod
from lp_sandbox.request.json_documents import document

STATUSES: Mapping[str, str] = {
    "active": "active",
    "completed": "active",
    "leaving": "active",
    "changed": "withdrawn",
    "withdrawn": "withdrawn",
}
"""What versions 1 and 2 show of the school's view of a training period."""


@dataclass(frozen=True, slots=True)
class RelatedRecords:
    """The records besides a participant's own history that the participant's document shows."""

    urns: Mapping[str, str]
    """By the id of the school."""
    delivery_partners: Mapping[str, str]
    """The id of the delivery partner, by the id of the partnership."""
    challenged: Collection[str] = frozenset()
    """The ids of challenged partnerships, whose participants lists leave out."""


def with_document(trainee: EcfTrainee, history: History, related: RelatedRecords, today: str) -> EcfTrainee:
    """Return a trainee with today's document, and the days for which the document is good.

    Time changes the status in a training period on its first day and when it has ended, and nothing else.
    """
    by_id = {training_period.id: training_period for training_period in history.training_periods}
    shown = [by_id[id_] for id_ in (trainee.ect_training_period_id, trainee.mentor_training_period_id) if id_]
    days = [day for each in shown for day in (each.started_on, each.finished_on)]
    return msgspec.structs.replace(
        trainee,
        document=_participant_document(shown, history, related, today),
        good_from=max((day for day in days if day <= today), default=""),
        good_until=min((day for day in days if day > today), default=NEVER),
    )


def _participant_document(
    shown: Sequence[TrainingPeriod], history: History, related: RelatedRecords, today: str
) -> bytes:
    attributes = {
        "full_name": history.participant.full_name,
        "teacher_reference_number": history.participant.teacher_reference_number,
        "updated_at": history.participant.updated_at,
        "ecf_enrolments": [_enrolment(each, history, related, today) for each in shown],
        "participant_id_changes": [_id_change(id_change) for id_change in history.id_changes_by_age()],
    }
    return document("participant", history.participant.id, attributes)


def profile_document(history: History, training_period: TrainingPeriod, urns: Mapping[str, str]) -> bytes:
    """Render a participant in one role, as versions 1 and 2 show them. `urns` are the URNs of schools, by id."""
    participant, profile = history.participant, history.profile(training_period.role)
    trn = participant.teacher_reference_number or participant.given_reference_number
    attributes = {
        "email": _email_in(history, training_period),
        "full_name": participant.full_name,
        "mentor_id": mentor_of(history, training_period) if training_period.role == ECT else None,
        "school_urn": urns[training_period.school_id],
        "participant_type": training_period.role,
        "cohort": str(training_period.cohort),
        "status": STATUSES[induction_status(history, training_period)],
        "teacher_reference_number": trn,
        "teacher_reference_number_validated": _is_validated(profile) if trn else None,
        "eligible_for_funding": eligible_for_funding(profile),
        "pupil_premium_uplift": profile.pupil_premium,
        "sparsity_uplift": profile.sparsity,
        "training_status": training_status(training_period),
        "training_record_id": profile.id,
        "schedule_identifier": training_period.schedule,
        "updated_at": participant.updated_at,
    }
    return document("participant", participant.id, attributes)


def _email_in(history: History, training_period: TrainingPeriod) -> str:
    """Return the email address of a participant at the school of their training."""
    return next(each.email for each in history.school_periods if each.id == training_period.school_period_id)


def _enrolment(
    training_period: TrainingPeriod, history: History, related: RelatedRecords, today: str
) -> dict[str, Any]:
    profile, is_ect = history.profile(training_period.role), training_period.role == ECT
    status = training_status(training_period)
    return {
        "training_record_id": profile.id,
        "email": _email_in(history, training_period),
        "mentor_id": mentor_of(history, training_period) if is_ect else None,
        "school_urn": related.urns[training_period.school_id],
        "participant_type": training_period.role,
        "cohort": str(training_period.cohort),
        "training_status": status,
        "participant_status": participant_status(history, training_period, today),
        "teacher_reference_number_validated": (
            _is_validated(profile) if history.participant.teacher_reference_number else None
        ),
        "eligible_for_funding": eligible_for_funding(profile),
        "pupil_premium_uplift": profile.pupil_premium,
        "sparsity_uplift": profile.sparsity,
        "schedule_identifier": training_period.schedule,
        "validation_status": validation_status(profile),
        "delivery_partner_id": related.delivery_partners[training_period.partnership_id or ""],
        "withdrawal": _withdrawal(training_period) if status == "withdrawn" else None,
        "deferral": _deferral(training_period) if status == "deferred" else None,
        "created_at": profile.created_at,
        "induction_end_date": profile.induction_completed_on,
        "mentor_funding_end_date": profile.mentor_completed_on,
        "cohort_changed_after_payments_frozen": profile.cohort_changed_after_payments_frozen,
        "mentor_ineligible_for_funding_reason": profile.mentor_completion_reason,
    }


def _is_validated(profile: Profile) -> bool:
    """Return whether DfE has matched the TRN to a teacher record."""
    return profile.eligibility is not None and profile.eligibility_reason != DIFFERENT_TRN


def _withdrawal(training_period: TrainingPeriod) -> Mapping[str, str | None]:
    return {"reason": training_period.withdrawal_reason, "date": training_period.withdrawn_at}


def _deferral(training_period: TrainingPeriod) -> Mapping[str, str | None]:
    return {"reason": training_period.deferral_reason, "date": training_period.deferred_at}


def _id_change(id_change: IdChange) -> Mapping[str, str]:
    return {
        "from_participant_id": id_change.from_participant_id,
        "to_participant_id": id_change.to_participant_id,
        "changed_at": id_change.changed_at,
    }
