"""Which cohort and schedule somebody comes into whom a school registers. All of it is pure."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, TrainingPeriod

AFTER_A_FROZEN_COHORT = 2024, "ecf-extended-september"
"""Where ECTs go on whose cohort was frozen."""
_SEASONS = {**dict.fromkeys((6, 7, 8, 9, 10), "september"), **dict.fromkeys((11, 12, 1, 2), "january")}


@dataclass(frozen=True, slots=True)
class Placing:
    """A cohort and a schedule."""

    cohort: int | None
    """None where there is none on the first day."""
    schedule: str
    frozen_cohort: int | None = None
    """The cohort that is left because its payments were frozen."""


def usual_schedule(first_day: str, today: str, *, replaces: bool = False) -> str:
    """Return the schedule of somebody new: by the month in which training starts, or of today if that is later."""
    season = _SEASONS.get(int(max(first_day, today)[5:7]), "april")
    return f"ecf-{'replacement' if replaces else 'standard'}-{season}"


def placed(role: str, last: TrainingPeriod | None, usual: Placing, *, frozen: bool) -> Placing:
    """Let somebody keep cohort and schedule of their last training in the role, unless that cohort is frozen."""
    if last is None:
        return usual
    if not frozen:
        return Placing(last.cohort, last.schedule or usual.schedule)
    return Placing(*AFTER_A_FROZEN_COHORT, last.cohort) if role == ECT else usual
