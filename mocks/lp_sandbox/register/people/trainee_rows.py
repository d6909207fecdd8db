"""Trainees: what each lead provider lists of a participant, and the columns that it filters and sorts by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lp_sandbox.programme.people import (
    ParticipantHistory,
    by_school_period,
    days_changed_at,
    earliest,
    latest,
    trained_by,
)
from lp_sandbox.programme.records import ECT, MENTOR, Participant, TrainingPeriod
from lp_sandbox.register.people.transfers import transfers_of
from lp_sandbox.register.records import Trainee


def trainees_of(history: ParticipantHistory) -> Iterator[Trainee]:
    """Yield what each lead provider that ever trained a participant lists of them.

    Only training under a partnership counts: an expression of interest shows no participant.
    """
    by_lead_provider: dict[str, list[TrainingPeriod]] = {}
    for training_period in history.training_periods:
        lead_provider_id = trained_by(training_period)
        if lead_provider_id:
            by_lead_provider.setdefault(lead_provider_id, []).append(training_period)
    transfers = transfers_of(history.school_periods, history.training_periods, history.inductions)
    concerned = {lead_provider_id for transfer in transfers for lead_provider_id in transfer.lead_providers}
    boundaries = list(_boundaries(history.training_periods))
    for lead_provider_id, own in by_lead_provider.items():
        boundary_at = max((days_changed_at(b) for b in boundaries if trained_by(b) == lead_provider_id), default="")
        yield _trainee(history.participant, lead_provider_id, own, lead_provider_id in concerned, boundary_at)


def _boundaries(training_periods: Iterable[TrainingPeriod]) -> Iterator[TrainingPeriod]:
    """Yield the first and the last training period of every school period."""
    for in_school_period in by_school_period(training_periods).values():
        yield from filter(None, (earliest(in_school_period), latest(in_school_period)))


def _trainee(
    participant: Participant,
    lead_provider_id: str,
    training_periods: list[TrainingPeriod],
    transferred: bool,  # noqa: FBT001 - a column like the others
    boundary_at: str,
) -> Trainee:
    ect, mentor = (latest(each for each in training_periods if each.role == role) for role in (ECT, MENTOR))
    last = [training_period for training_period in (ect, mentor) if training_period]
    return Trainee(
        lead_provider_id=lead_provider_id,
        participant_id=participant.id,
        ect_training_period_id=ect.id if ect else None,
        mentor_training_period_id=mentor.id if mentor else None,
        ect_cohort=ect.cohort if ect else None,
        mentor_cohort=mentor.cohort if mentor else None,
        any_active=any(not each.withdrawn_at and not each.deferred_at for each in last),
        any_deferred=any(each.deferred_at for each in last),
        any_withdrawn=any(each.withdrawn_at for each in last),
        created_at=participant.created_at,
        updated_at=participant.updated_at,
        transferred=transferred,
        boundary_at=boundary_at,
    )
