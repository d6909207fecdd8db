"""What each lead provider lists of a participant, and by what it filters and sorts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lp_sandbox.programme.people.history import ParticipantHistory
from lp_sandbox.programme.people.states import latest
from lp_sandbox.programme.records import ECT, MENTOR, Participant, Trainee, TrainingPeriod
from lp_sandbox.register.people.transfers import by_time, earliest, stamp_of, trained_by, transfers_of


def trainees_of(life: ParticipantHistory) -> Iterator[Trainee]:
    """Yield what each lead provider that ever trained a participant lists of it.

    Only training under a partnership counts: an expression of interest shows nobody.
    """
    mine: dict[str, list[TrainingPeriod]] = {}
    for period in life.periods:
        lead_provider_id = trained_by(period)
        if lead_provider_id:
            mine.setdefault(lead_provider_id, []).append(period)
    transfers = transfers_of(life.times, life.periods, life.inductions)
    concerned = {who for transfer in transfers for who in transfer.lead_providers}
    boundaries = list(_boundaries(life.periods))
    for lead_provider_id, trained in mine.items():
        moved_at = max((stamp_of(p) for p in boundaries if trained_by(p) == lead_provider_id), default="")
        yield _trainee(life.participant, lead_provider_id, trained, lead_provider_id in concerned, moved_at)


def _boundaries(periods: Iterable[TrainingPeriod]) -> Iterator[TrainingPeriod]:
    """Yield the first and the last training of every time at a school."""
    for training in by_time(periods).values():
        yield from filter(None, (earliest(training), latest(training)))


def _trainee(
    participant: Participant,
    lead_provider_id: str,
    listed: list[TrainingPeriod],
    transferred: bool,  # noqa: FBT001 - a column like the others
    boundary_at: str,
) -> Trainee:
    ect, mentor = (latest(period for period in listed if period.role == role) for role in (ECT, MENTOR))
    last = [period for period in (ect, mentor) if period]
    return Trainee(
        lead_provider_id=lead_provider_id,
        participant_id=participant.id,
        ect_training_period_id=ect.id if ect else None,
        mentor_training_period_id=mentor.id if mentor else None,
        ect_cohort=ect.cohort if ect else None,
        mentor_cohort=mentor.cohort if mentor else None,
        any_active=any(not period.withdrawn_at and not period.deferred_at for period in last),
        any_deferred=any(period.deferred_at for period in last),
        any_withdrawn=any(period.withdrawn_at for period in last),
        created_at=participant.created_at,
        updated_at=participant.updated_at,
        transferred=transferred,
        boundary_at=boundary_at,
    )
