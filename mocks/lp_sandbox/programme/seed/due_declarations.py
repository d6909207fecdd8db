"""What the crowd can have declared by today in each cohort and role, and with which evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lp_sandbox.programme.records import COMPLETED, MENTOR

SCHEDULE = "ecf-standard-september"
ENGAGEMENT = "75-percent-engagement-met"
ENGAGED = ("retained-2", COMPLETED)
LONGEST = 50
"""Over how many days the declarations of a milestone are spread."""


@dataclass(frozen=True, slots=True)
class Due:
    """What can have been declared by today: its type, the first day for it, and how many days there are."""

    declaration_type: str
    first: int
    days: int


class Calendar:
    """What can have been declared by today in each cohort and role."""

    def __init__(self, seeds: Mapping[str, Any], today: str) -> None:
        self.today = date.fromisoformat(today).toordinal()
        self._detailed = detailed_cohorts(seeds)
        self._with_mentor_funding = {entry["year"] for entry in seeds["cohorts"] if entry["mentor_funding"]}
        windows = {e["cohort"]: e["types"] for e in seeds["schedules"]["milestones"] if e["schedule"] == SCHEDULE}
        self._last_closed = max(year for year, types in windows.items() if types[COMPLETED]["until"])
        self._due = {year: list(self._of_cohort(year, windows)) for year in windows}

    def due(self, cohort: int, role: str) -> Sequence[Due]:
        """Return what can have been declared, in its order."""
        due = self._due[cohort]
        if role == MENTOR and cohort in self._with_mentor_funding:
            return [one for one in due if one.declaration_type in ("started", COMPLETED)]
        return due

    def evidence(self, cohort: int, declaration_type: str) -> str | None:
        """Name the usual evidence."""
        return usual_evidence(declaration_type, detailed=cohort in self._detailed)

    def _of_cohort(self, year: int, windows: Mapping[int, Mapping[str, Any]]) -> Iterator[Due]:
        """Yield what is due. Milestones that never close are declared when those of the last cohort before were."""
        usual = min(year, self._last_closed)
        earliest = date(year, 9, 10).toordinal()
        for declaration_type, days in windows[usual].items():
            first, until = (_moved(days[bound], year - usual) for bound in ("from", "until"))
            first = max(first, earliest)
            length = min(LONGEST, until - first, self.today - 1 - first)
            if length > 0:
                yield Due(declaration_type, first, length)
            earliest = first + LONGEST


def detailed_cohorts(seeds: Mapping[str, Any]) -> frozenset[int]:
    """Return the cohorts in which each type of declaration has evidence of its own."""
    return frozenset(entry["year"] for entry in seeds["cohorts"] if entry["detailed_evidence"])


def usual_evidence(declaration_type: str, *, detailed: bool) -> str | None:
    """Name evidence that a declaration is accepted with."""
    if not detailed:
        return None if declaration_type == "started" else "other"
    return ENGAGEMENT if declaration_type in ENGAGED else "training-event-attended"


def _moved(day: str, years: int) -> int:
    return date(int(day[:4]) + years, int(day[5:7]), int(day[8:])).toordinal()
