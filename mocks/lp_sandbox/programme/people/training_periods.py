"""Training periods of one participant: status, order, lead provider and continuation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lp_sandbox.programme.records import SchoolPeriod, TrainingPeriod

_NEW_PERIOD = dict.fromkeys(("withdrawn_at", "withdrawal_reason", "deferred_at", "deferral_reason", "moved_at"))
"""The fields that a new training period does not take from the one it continues."""


def training_status(training_period: TrainingPeriod) -> str:
    """Return active, deferred or withdrawn: the last event decides."""
    if not training_period.withdrawn_at and not training_period.deferred_at:
        return "active"
    return "withdrawn" if (training_period.withdrawn_at or "") >= (training_period.deferred_at or "") else "deferred"


def withdrew_at(training_period: TrainingPeriod | None) -> str:
    """Return when the participant withdrew from training; empty when they did not, or there is no training."""
    is_withdrawn = training_period is not None and training_status(training_period) == "withdrawn"
    return (training_period.withdrawn_at or "") if training_period and is_withdrawn else ""


def latest(training_periods: Iterable[TrainingPeriod]) -> TrainingPeriod | None:
    """Return the training period that starts last, which may be in the future."""
    return max(training_periods, key=_start, default=None)


def earliest(training_periods: Iterable[TrainingPeriod]) -> TrainingPeriod | None:
    """Return the training period that starts first."""
    return min(training_periods, key=_start, default=None)


def _start(training_period: TrainingPeriod) -> tuple[str, str, str]:
    return training_period.started_on, training_period.created_at, training_period.id


def trained_by(training_period: TrainingPeriod) -> str | None:
    """Return the lead provider; None for an expression of interest and for school-led training."""
    return training_period.lead_provider_id if training_period.partnership_id else None


def days_changed_at(training_period: TrainingPeriod) -> str:
    """Return when a training period was recorded or last changed its days."""
    return training_period.moved_at or training_period.created_at


def by_school_period(training_periods: Iterable[TrainingPeriod]) -> Mapping[str, list[TrainingPeriod]]:
    """Group training periods by the school period that they belong to."""
    found: dict[str, list[TrainingPeriod]] = {}
    for training_period in training_periods:
        found.setdefault(training_period.school_period_id, []).append(training_period)
    return found


def training_throughout(
    school_period: SchoolPeriod,
    *,
    id: str,
    cohort: int,
    schedule: str | None,
    lead_provider_id: str | None,
    partnership_id: str | None,
) -> TrainingPeriod:
    """Return a new training period that lasts as long as a school period, and was recorded with it."""
    return TrainingPeriod(
        id=id,
        participant_id=school_period.participant_id,
        role=school_period.role,
        school_period_id=school_period.id,
        school_id=school_period.school_id,
        cohort=cohort,
        schedule=schedule,
        lead_provider_id=lead_provider_id,
        partnership_id=partnership_id,
        started_on=school_period.started_on,
        finished_on=school_period.finished_on,
        withdrawn_at=None,
        withdrawal_reason=None,
        deferred_at=None,
        deferral_reason=None,
        created_at=school_period.created_at,
    )


def continued(training_period: TrainingPeriod, **changes: Any) -> TrainingPeriod:
    """Return a new, active training period that continues another one.

    `changes` holds its id, its days and when it was recorded.
    """
    return msgspec.structs.replace(training_period, **{**_NEW_PERIOD, **changes})
