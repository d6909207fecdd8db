"""The cohorts and statements of the seeds, and the calendar that recipes count their days from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from lp_sandbox.ecf.records import EcfCohort
from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.programme.seed.relative_dates import Almanac, Calendar, StatementDays
from lp_sandbox.programme.seed.statement_dates import Month, cut_off_date, payment_date
from lp_sandbox.worlds.ids import make_id

Seeds = Mapping[str, Any]
DECEMBER = 12


def cohorts(seeds: Seeds) -> Mapping[int, EcfCohort]:
    """Return the cohorts by year."""
    return {entry["year"]: msgspec.convert(entry, EcfCohort) for entry in seeds["cohorts"]}


def almanac_of(seeds: Seeds, today: str) -> Almanac:
    """Return the almanac of a day. A cohort opens when schools can set it up."""
    opens_on = {entry["year"]: entry["registration_starts_on"] for entry in seeds["cohorts"]}
    taking = [each for each in statement_rows(seeds) if each.output_fee]
    return Almanac(
        seeds, today, Calendar(opens_on, [StatementDays(each.cohort, each.cut_off, each.payment) for each in taking])
    )


class StatementRow(NamedTuple):
    """A statement of the seeds, which every lead provider in the cohort has."""

    cohort: int
    month: Month
    cut_off: str
    payment: str
    output_fee: bool


def statement_rows(seeds: Seeds, cohort: int | None = None) -> Iterator[StatementRow]:
    """Yield the statements of every cohort, or of one, in the order of their months."""
    rules = seeds["statements"]
    for entry in (each for each in rules["cohorts"] if cohort in {None, each["cohort"]}):
        irregular = {each["month"]: each for each in entry["irregular"]}
        for name, month in _months(entry):
            days = irregular.get(name) or {"cut_off": cut_off_date(*month), "payment": payment_date(rules, *month)}
            fee = name in entry["output_fees"]
            yield StatementRow(entry["cohort"], month, days["cut_off"], days["payment"], fee)


def _months(entry: Mapping[str, Any]) -> Iterator[tuple[str, Month]]:
    """Yield the name and the month of each statement of a cohort."""
    year, month = int(entry["first"][:4]), int(entry["first"][5:])
    name = entry["first"]
    while name <= entry["last"]:
        if name not in entry["without"]:
            yield name, (year, month)
        year, month = (year + 1, 1) if month == DECEMBER else (year, month + 1)
        name = name_of(year, month)


def name_of(year: int, month: int) -> str:
    """Return a month as the seeds write it: 2026-01."""
    return f"{year}-{month:02}"


def statements(seeds: Seeds, seed: str, almanac: Almanac) -> Iterator[Statement]:
    """Yield the statements of every lead provider in each of its cohorts."""
    for provider in seeds["lead-providers"]:
        for cohort in provider["cohorts"]:
            yield from statements_of(seeds, seed, almanac, provider["id"], cohort)


def open_statements(seeds: Seeds, seed: str, almanac: Almanac) -> OpenStatements:
    """Return the statements that take declarations."""
    return OpenStatements(partial(statements_of, seeds, seed, almanac))


def statements_of(seeds: Seeds, seed: str, almanac: Almanac, lead_provider_id: str, cohort: int) -> Iterator[Statement]:
    """Yield the statements of a lead provider in a cohort: none if it is not one of its cohorts."""
    provider = next(each for each in seeds["lead-providers"] if each["id"] == lead_provider_id)
    if cohort not in provider["cohorts"]:
        return
    named = {
        each["month"]: each["id"]
        for each in seeds["statements"]["named"]
        if (each["lead_provider"], each["cohort"]) == (provider["name"], cohort)
    }
    made = almanac.past(f"{cohort}-{seeds['statements']['created']}")
    for row in statement_rows(seeds, cohort):
        id_ = make_id(seed, "statement", lead_provider_id, cohort, *row.month)
        yield Statement(
            id=named.get(name_of(*row.month), id_),
            lead_provider_id=lead_provider_id,
            cohort=cohort,
            year=row.month[0],
            month=row.month[1],
            cut_off_date=row.cut_off,
            payment_date=row.payment,
            paid_early_at=None,
            created_at=made,
            updated_at=made,
            output_fee=row.output_fee,
        )
