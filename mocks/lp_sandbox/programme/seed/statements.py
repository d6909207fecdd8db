"""Milestones and statements of the seeds: until when declarations can be made, and when they are paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lp_sandbox.programme.records import Milestone, Statement
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.statement_dates import cut_off_date, payment_date, statement_months
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER

Seeds = Mapping[str, Any]


def milestones(seeds: Seeds) -> Iterator[Milestone]:
    """Yield every milestone of every schedule."""
    for entry in seeds["schedules"]["milestones"]:
        for declaration_type, days in entry["types"].items():
            until = days["until"] or FOREVER
            yield Milestone(entry["cohort"], entry["schedule"], declaration_type, days["from"], until)


class Statements:
    """The statements of every lead provider in each of its cohorts."""

    def __init__(self, seeds: Seeds, seed: int, almanac: Almanac) -> None:
        self._rules, self._seed, self._almanac = seeds["statements"], seed, almanac
        providers = {entry["name"]: entry["id"] for entry in seeds["lead-providers"]}
        self._ids = {
            (providers[entry["lead_provider"]], entry["cohort"], entry["year"], entry["month"]): entry["id"]
            for entry in self._rules["named"]
        }
        self._cohorts = {entry["id"]: entry["cohorts"] for entry in seeds["lead-providers"]}
        self._open = OpenStatements(self._in_cohort)

    def all(self) -> Iterator[Statement]:
        """Yield every statement."""
        for lead_provider_id, cohorts in self._cohorts.items():
            for cohort in cohorts:
                yield from self._in_cohort(lead_provider_id, cohort)

    def open_on(self, lead_provider_id: str, cohort: int, day: str) -> str | None:
        """Return the statement for declarations of a day: the earliest that is not cut off yet."""
        return self._open.on(lead_provider_id, cohort, day)

    def _in_cohort(self, lead_provider_id: str, cohort: int) -> Iterator[Statement]:
        if cohort in self._cohorts[lead_provider_id]:
            for year, month in statement_months(self._rules, cohort):
                yield self._statement(lead_provider_id, cohort, year, month)

    def _statement(self, lead_provider_id: str, cohort: int, year: int, month: int) -> Statement:
        made = self._almanac.past(f"{cohort}-{self._rules['created']}")
        named = self._ids.get((lead_provider_id, cohort, year, month))
        return Statement(
            id=named or make_id(self._seed, "statement", lead_provider_id, cohort, year, month),
            lead_provider_id=lead_provider_id,
            cohort=cohort,
            year=year,
            month=month,
            cut_off_date=cut_off_date(year, month),
            payment_date=payment_date(self._rules, year, month),
            paid_early_at=None,
            created_at=made,
            updated_at=made,
        )
