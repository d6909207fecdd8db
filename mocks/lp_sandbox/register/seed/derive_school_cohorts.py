"""Derives the rows of schools in cohorts from all other records of a world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from lp_sandbox.programme.records import ECT, School, TrainingPeriod
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.worlds.records import FOREVER, Record

SchoolInCohort = tuple[str, int]
"""The ids of a school and of a cohort."""
K = TypeVar("K")


class SchoolCohorts:
    """Observes records while they are made, and then yields a row for every school in every cohort."""

    def __init__(self, seeds: Mapping[str, Any]) -> None:
        self._cohorts = [entry["year"] for entry in seeds["cohorts"]]
        self._last_eligible = {entry["id"]: entry["last_eligible_cohort"] for entry in seeds["schools"]}
        self._schools: list[School] = []
        self._formed: dict[SchoolInCohort, str] = {}
        self._provider_led: dict[SchoolInCohort, str] = {}
        self._school_led: dict[SchoolInCohort, str] = {}
        self._interest: dict[tuple[str, int, str], str] = {}

    def observed(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield records unchanged, and note those that rows are derived from."""
        for record in records:
            if type(record) is TrainingPeriod:
                self._note_training(record)
            elif type(record) is Partnership:
                key = record.school_id, record.cohort
                _set_earliest(self._formed, key, record.created_at)
                _set_earliest(self._interest, (*key, record.lead_provider_id), record.created_at)
            elif type(record) is School:
                self._schools.append(record)
            yield record

    def rows(self) -> Iterator[SchoolCohort]:
        """Yield the rows, after all records were observed."""
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
                    eligible=eligible,
                    listed=eligible or bool(formed_at),
                    in_partnership=bool(formed_at),
                    induction_programme_choice=choice,
                    created_at=school.created_at,
                    updated_at=max(school.created_at, formed_at, chosen_at, interest.get(school.id, "")),
                )

    def _note_training(self, training: TrainingPeriod) -> None:
        key = training.school_id, training.cohort
        if training.lead_provider_id:
            _set_earliest(self._provider_led, key, training.created_at)
            _set_earliest(self._interest, (*key, training.lead_provider_id), training.created_at)
        elif training.role == ECT:
            _set_earliest(self._school_led, key, training.created_at)

    def _choice(self, key: SchoolInCohort) -> tuple[str, str]:
        """Return the choice of a school in a cohort, and when it last changed."""
        if key in self._provider_led:
            return "provider_led", self._provider_led[key]
        return ("school_led", self._school_led[key]) if key in self._school_led else ("not_yet_known", "")


def _set_earliest(found: dict[K, str], key: K, stamp: str) -> None:
    """Set the stamp of a key unless it has an earlier one."""
    if stamp < found.get(key, FOREVER):
        found[key] = stamp
