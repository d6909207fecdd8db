"""Which declarations can have been made by today in each cohort and role, and the evidence they usually have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lp_sandbox.programme.records import COMPLETED, FUNDED_MENTOR_TYPES, MENTOR, STARTED
from lp_sandbox.programme.seed.cohorts import cohorts_with

USUAL_SCHEDULE = "ecf-standard-september"
"""The schedule of training if the recipe names none."""
FIRST_DAY = "09-10"
"""The first day of a cohort's year for declarations: training starts in September."""
ENGAGEMENT = "75-percent-engagement-met"
ENGAGED = ("retained-2", COMPLETED)
"""The types that need evidence of engagement in a cohort with detailed evidence."""
LONGEST = 50
"""Over how many days the declarations of a milestone are spread."""


@dataclass(frozen=True, slots=True)
class Due:
    """A type of declaration that can have been made by today: the first day for it, and how many days there are."""

    declaration_type: str
    first: int
    days: int


class DueDeclarations:
    """The declarations that can have been made by today in each cohort and role."""

    def __init__(self, seeds: Mapping[str, Any], today: str) -> None:
        self.today = date.fromisoformat(today).toordinal()
        self._detailed = cohorts_with(seeds, "detailed_evidence")
        self._with_mentor_funding = cohorts_with(seeds, "mentor_funding")
        milestones = seeds["schedules"]["milestones"]
        windows = {entry["cohort"]: entry["types"] for entry in milestones if entry["schedule"] == USUAL_SCHEDULE}
        self._last_closed = max(year for year, types in windows.items() if types[COMPLETED]["until"])
        years = (entry["year"] for entry in seeds["cohorts"] if entry["year"] >= min(windows))
        self._due = {year: list(self._of_cohort(year, windows)) for year in years}

    def due(self, cohort: int, role: str) -> Sequence[Due]:
        """Return the declarations that can have been made, in their order."""
        due = self._due[cohort]
        if role == MENTOR and cohort in self._with_mentor_funding:
            return [each for each in due if each.declaration_type in FUNDED_MENTOR_TYPES]
        return due

    def evidence(self, cohort: int, declaration_type: str) -> str | None:
        """Return the usual evidence."""
        return usual_evidence(declaration_type, detailed=cohort in self._detailed)

    def _of_cohort(self, year: int, windows: Mapping[int, Mapping[str, Any]]) -> Iterator[Due]:
        """Yield the due declarations. If milestones never close, use the dates of the last cohort where they do."""
        usual = min(year, self._last_closed)
        earliest = date.fromisoformat(f"{year}-{FIRST_DAY}").toordinal()
        for declaration_type, days in windows[usual].items():
            first, until = (_shifted(days[bound], year - usual) for bound in ("from", "until"))
            first = max(first, earliest)
            length = min(LONGEST, until - first, self.today - 1 - first)
            if length > 0:
                yield Due(declaration_type, first, length)
            earliest = first + LONGEST


def usual_evidence(declaration_type: str, *, detailed: bool) -> str | None:
    """Return evidence with which a declaration is accepted."""
    if not detailed:
        return None if declaration_type == STARTED else "other"
    return ENGAGEMENT if declaration_type in ENGAGED else "training-event-attended"


def _shifted(day: str, years: int) -> int:
    return date(int(day[:4]) + years, int(day[5:7]), int(day[8:])).toordinal()
