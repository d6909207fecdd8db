"""The states that lead providers see, derived from records and the clock."""

from __future__ import annotations

from collections.abc import Iterable

from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import ECT, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER


def participant_status(training_period: TrainingPeriod, completed_on: str | None, today: str) -> str:
    """Return a participant's status with a lead provider today: joining, active, leaving or left."""
    going = "leaving" if training_period.finished_on > today else "left"
    if training_status(training_period) != "active":
        return going
    if completed_on and completed_on <= training_period.finished_on:
        return "active"
    if training_period.finished_on != FOREVER:
        return going
    return "joining" if training_period.started_on > today else "active"


def eligible_for_funding(eligible_at: str | None, ineligible_on: str | None) -> bool | None:
    """Return whether a participant is eligible for funding; None until DfE has decided."""
    if eligible_at is None:
        return None if ineligible_on is None else False
    return ineligible_on is None or eligible_at[:10] <= ineligible_on


def programme_choice(training_periods: Iterable[TrainingPeriod]) -> str:
    """Return a school's choice of programme in a cohort, from the training periods that it registered."""
    provider_led = [t.lead_provider_id is not None for t in training_periods if t.role == ECT or t.lead_provider_id]
    if not provider_led:
        return "not_yet_known"
    return "provider_led" if any(provider_led) else "school_led"
