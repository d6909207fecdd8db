"""The cohort and schedule in which a registered participant starts. All functions are pure."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, Cohort, TrainingPeriod

_SEASONS = {**dict.fromkeys((6, 7, 8, 9, 10), "september"), **dict.fromkeys((11, 12, 1, 2), "january")}
"""The season of a schedule by the month in which training starts; April in the other months."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A cohort and a schedule."""

    cohort: int | None
    """None where no cohort includes the first day."""
    schedule: str
    frozen_cohort: int | None = None
    """The cohort that the participant leaves because its payments are frozen."""

    @property
    def changes(self) -> dict[str, int]:
        """What changes in the record of the participant."""
        return {"ect_frozen_cohort": self.frozen_cohort} if self.frozen_cohort else {}


def usual_schedule(first_day: str, today: str, *, replaces: bool = False) -> str:
    """Return the schedule of a new participant, by the month of the first day or of today, whichever is later."""
    season = _SEASONS.get(int(max(first_day, today)[5:7]), "april")
    return f"ecf-{'replacement' if replaces else 'standard'}-{season}"


def placement_after(
    role: str, last: TrainingPeriod | None, usual: Placement, frozen_cohort: Cohort | None
) -> Placement:
    """Return the cohort and schedule of the last training in the role, or the usual ones where there is none.

    When payments of the last cohort are frozen, an ECT moves to the cohort that it names, and a mentor starts in the
    usual one.
    """
    if last is None:
        return usual
    if frozen_cohort is None:
        return Placement(last.cohort, last.schedule or usual.schedule)
    if role != ECT or frozen_cohort.ects_move_to_cohort is None:
        return usual
    schedule = frozen_cohort.ects_move_to_schedule or usual.schedule
    return Placement(frozen_cohort.ects_move_to_cohort, schedule, frozen_cohort.year)
