"""How every school stands in every cohort, which follows from everything else in a world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from lp_sandbox.programme.records import ECT, Partnership, School, SchoolCohort, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER, Record

Place = tuple[str, int]
"""A school in a cohort."""
K = TypeVar("K")


class SchoolYears:
    """Looks on while records are made, and says in the end how every school stands in every cohort."""

    def __init__(self, seeds: Mapping[str, Any]) -> None:
        self._cohorts = [entry["year"] for entry in seeds["cohorts"]]
        self._last_eligible = {entry["id"]: entry["last_eligible_cohort"] for entry in seeds["schools"]}
        self._schools: list[School] = []
        self._formed: dict[Place, str] = {}
        self._provider_led: dict[Place, str] = {}
        self._school_led: dict[Place, str] = {}
        self._interest: dict[tuple[str, int, str], str] = {}

    def watched(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on."""
        for record in records:
            if type(record) is TrainingPeriod:
                self._register(record)
            elif type(record) is Partnership:
                _first(self._formed, (record.school_id, record.cohort), record.created_at)
                _first(self._interest, (record.school_id, record.cohort, record.lead_provider_id), record.created_at)
            elif type(record) is School:
                self._schools.append(record)
            yield record

    def rows(self) -> Iterator[SchoolCohort]:
        """Yield every school in every cohort."""
        interest: dict[str, str] = {}
        for (school_id, _, _), shown_at in self._interest.items():
            interest[school_id] = max(shown_at, interest.get(school_id, ""))
        for school in self._schools:
            last = self._last_eligible.get(school.id)
            for year in self._cohorts:
                eligible = school.eligible and (last is None or year <= last)
                choice, chosen_at = self._choice((school.id, year))
                formed_at = self._formed.get((school.id, year), "")
                yield SchoolCohort(
                    school_id=school.id,
                    cohort=year,
                    urn=int(school.urn),
                    eligible=eligible,
                    listed=eligible or bool(formed_at),
                    in_partnership=bool(formed_at),
                    induction_programme_choice=choice,
                    created_at=school.created_at,
                    updated_at=max(school.created_at, formed_at, chosen_at, interest.get(school.id, "")),
                )

    def _register(self, training: TrainingPeriod) -> None:
        place = training.school_id, training.cohort
        if training.lead_provider_id:
            _first(self._provider_led, place, training.created_at)
            _first(self._interest, (*place, training.lead_provider_id), training.created_at)
        elif training.role == ECT:
            _first(self._school_led, place, training.created_at)

    def _choice(self, place: Place) -> tuple[str, str]:
        """Return what a school chose in a cohort, and when that last changed."""
        if place in self._provider_led:
            return "provider_led", self._provider_led[place]
        return ("school_led", self._school_led[place]) if place in self._school_led else ("not_yet_known", "")


def _first(found: dict[K, str], key: K, stamp: str) -> None:
    """Keep the earliest stamp of a key."""
    if stamp < found.get(key, FOREVER):
        found[key] = stamp
