"""Milestones and statements: by when something is to be declared, and when it is paid."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from mocks.ids import make_id
from mocks.records import FOREVER
from mocks.register.records import Milestone, Statement

Seeds = Mapping[str, Any]


def milestones(seeds: Seeds) -> Iterator[Milestone]:
    """Yield every milestone of every schedule."""
    for entry in seeds["schedules"]["milestones"]:
        for declaration_type, days in entry["types"].items():
            until = days["until"] or FOREVER
            yield Milestone(entry["cohort"], entry["schedule"], declaration_type, days["from"], until)


class Statements:
    """The statements of every lead provider in each of its cohorts."""

    def __init__(self, seeds: Seeds, seed: int) -> None:
        self._rules, self._seed = seeds["statements"], seed
        providers = {entry["name"]: entry["id"] for entry in seeds["lead-providers"]}
        self._ids = {
            (providers[entry["lead_provider"]], entry["cohort"], entry["year"], entry["month"]): entry["id"]
            for entry in self._rules["named"]
        }
        self.all = [
            self._statement(provider["id"], cohort, year, month)
            for provider in seeds["lead-providers"]
            for cohort in provider["cohorts"]
            for year, month in self._months(cohort)
        ]
        self._by_cut_off: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        for statement in self.all:
            key = statement.lead_provider_id, statement.cohort
            self._by_cut_off[key].append((statement.cut_off_date, statement.id))

    def open_on(self, lead_provider_id: str, cohort: int, day: str) -> str | None:
        """Return the statement that what is declared on a day goes into: the earliest that is not cut off yet."""
        mine = self._by_cut_off.get((lead_provider_id, cohort), [])
        position = bisect_left(mine, (day, ""))
        return mine[position][1] if position < len(mine) else None

    def _months(self, cohort: int) -> Iterator[tuple[int, int]]:
        first, last = ((cohort + bound["years_later"], bound["month"]) for bound in self._bounds())
        for year in range(first[0], last[0] + 1):
            for month in self._rules["months"]:
                if first <= (year, month) <= last:
                    yield year, month

    def _bounds(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        return self._rules["first"], self._rules["last"]

    def _statement(self, lead_provider_id: str, cohort: int, year: int, month: int) -> Statement:
        made = f"{cohort}-{self._rules['created']}"
        named = self._ids.get((lead_provider_id, cohort, year, month))
        return Statement(
            id=named or make_id(self._seed, "statement", lead_provider_id, cohort, year, month),
            lead_provider_id=lead_provider_id,
            cohort=cohort,
            year=year,
            month=month,
            cut_off_date=(date(year, month, 1) - timedelta(days=1)).isoformat(),
            payment_date=date(year, month, self._rules["payment_day"]).isoformat(),
            paid_early_at=None,
            created_at=made,
            updated_at=made,
        )
