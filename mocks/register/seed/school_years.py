"""How every school stands in every cohort, which follows from everything else in a world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mocks.records import Record
from mocks.register.records import ECT, Partnership, School, SchoolCohort, TrainingPeriod


class SchoolYears:
    """Looks on while records are made, and says in the end how every school stands in every cohort."""

    def __init__(self, seeds: Mapping[str, Any]) -> None:
        self._cohorts = [entry["year"] for entry in seeds["cohorts"]]
        self._last_eligible = {entry["id"]: entry["last_eligible_cohort"] for entry in seeds["schools"]}
        self._schools: list[School] = []
        self._formed: dict[tuple[str, int], str] = {}
        self._chosen: dict[tuple[str, int], str] = {}

    def watched(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on."""
        for record in records:
            if type(record) is TrainingPeriod:
                self._register(record)
            elif type(record) is Partnership:
                place = record.school_id, record.cohort
                self._formed[place] = max(record.created_at, self._formed.get(place, ""))
            elif type(record) is School:
                self._schools.append(record)
            yield record

    def rows(self) -> Iterator[SchoolCohort]:
        """Yield every school in every cohort."""
        for school in self._schools:
            last = self._last_eligible.get(school.id)
            for year in self._cohorts:
                eligible = school.eligible and (last is None or year <= last)
                formed_at = self._formed.get((school.id, year))
                yield SchoolCohort(
                    school_id=school.id,
                    cohort=year,
                    urn=int(school.urn),
                    eligible=eligible,
                    listed=eligible or formed_at is not None,
                    in_partnership=formed_at is not None,
                    induction_programme_choice=self._chosen.get((school.id, year), "not_yet_known"),
                    created_at=school.created_at,
                    updated_at=formed_at or school.created_at,
                )

    def _register(self, training: TrainingPeriod) -> None:
        place = training.school_id, training.cohort
        if training.lead_provider_id:
            self._chosen[place] = "provider_led"
        elif training.role == ECT:
            self._chosen.setdefault(place, "school_led")
