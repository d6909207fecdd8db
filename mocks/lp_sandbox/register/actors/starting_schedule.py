"""Which cohort and schedule somebody comes into whom a school registers. All of it is pure."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, Cohort, TrainingPeriod

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


def placed(role: str, last: TrainingPeriod | None, usual: Placing, frozen_cohort: Cohort | None) -> Placing:
    """Return the cohort and schedule of the last training in the role.

    Without one, return the usual ones. When payments of its cohort are frozen, an ECT moves to the cohort that the
    frozen cohort names, and a mentor starts again in the usual one.
    """
    if last is None:
        return usual
    if frozen_cohort is None:
        return Placing(last.cohort, last.schedule or usual.schedule)
    if role != ECT or frozen_cohort.ects_move_to_cohort is None:
        return usual
    return Placing(
        frozen_cohort.ects_move_to_cohort, frozen_cohort.ects_move_to_schedule or usual.schedule, frozen_cohort.year
    )
