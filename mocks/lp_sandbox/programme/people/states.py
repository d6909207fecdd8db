"""The states of participants, read off their records and the clock, and the latest of things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, MENTOR, Induction, Participant, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER

COURSES: Mapping[str, str] = {"ecf-induction": ECT, "ecf-mentor": MENTOR}
COURSE_OF: Mapping[str, str] = {role: course for course, role in COURSES.items()}
PASS, FAIL = "pass", "fail"


def training_status(period: TrainingPeriod) -> str:
    """Say whether training goes on: active, deferred or withdrawn, whichever came last."""
    if not period.withdrawn_at and not period.deferred_at:
        return "active"
    return "withdrawn" if (period.withdrawn_at or "") >= (period.deferred_at or "") else "deferred"


def participant_status(period: TrainingPeriod, completed_on: str | None, today: str) -> str:
    """Say where a participant stands with a lead provider today: joining, active, leaving or left."""
    going = "leaving" if period.finished_on > today else "left"
    if training_status(period) != "active":
        return going
    if completed_on and completed_on <= period.finished_on:
        return "active"
    if period.finished_on != FOREVER:
        return going
    return "joining" if period.started_on > today else "active"


def eligible_for_funding(eligible_at: str | None, ineligible_on: str | None) -> bool | None:
    """Say whether a participant brings funding; None while neither has been decided."""
    if eligible_at is None:
        return None if ineligible_on is None else False
    return ineligible_on is None or eligible_at[:10] <= ineligible_on


def latest(periods: Iterable[TrainingPeriod]) -> TrainingPeriod | None:
    """Return the training period that starts last, be it in the future."""
    return max(periods, key=lambda period: (period.started_on, period.created_at, period.id), default=None)


@dataclass(frozen=True, slots=True)
class InRole:
    """What a participant's record holds of one role."""

    training_record_id: str
    eligible_at: str | None
    ineligible_on: str | None
    frozen_cohort: int | None


def in_role(participant: Participant, role: str) -> InRole:
    """Return what belongs to a role."""
    if role == ECT:
        return InRole(
            participant.ect_training_record_id,
            participant.ect_eligible_at,
            participant.ect_ineligible_on,
            participant.ect_frozen_cohort,
        )
    return InRole(
        participant.mentor_training_record_id,
        participant.mentor_eligible_at,
        participant.mentor_ineligible_on,
        participant.mentor_frozen_cohort,
    )


def completed_on(participant: Participant, role: str, inductions: Iterable[Induction]) -> str | None:
    """Return the day on which training was completed: induction with an outcome, or the end of mentor funding."""
    if role == MENTOR:
        return participant.mentor_ineligible_on
    return max((period.finished_on for period in inductions if period.outcome), default=None)


def programme_choice(periods: Iterable[TrainingPeriod]) -> str:
    """Roll up what a school has chosen for the participants it registered in a cohort."""
    provider_led = [p.lead_provider_id is not None for p in periods if p.role == ECT or p.lead_provider_id]
    if not provider_led:
        return "not_yet_known"
    return "provider_led" if any(provider_led) else "school_led"
