"""When DfE can create a cohort from its files. Each row of each file is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lp_sandbox.ecf.actors.read_csv import read_day
from lp_sandbox.programme.records import TYPES
from lp_sandbox.request.rules import rule

COHORT, LEAD_PROVIDERS, SCHEDULES, STATEMENTS = "cohort", "lead_providers", "schedules", "statements"
CONTRACTS = ("contracts", "mentor_contracts")
SCHEDULE_TYPES = ("ecf_standard", "ecf_reduced", "ecf_extended", "ecf_replacement")
YEAR_COLUMNS = ("cohort-start-year", "schedule-cohort-year", "cohort")
"""The columns that name a cohort of the first file, or of the world."""
DAYS_NEEDED = (
    *("registration-start-date", "academic-year-start-date", "milestone-start-date", "milestone-payment-date"),
    *("deadline_date", "payment_date"),
)
DAYS = (*DAYS_NEEDED, "automatic-assignment-period-end-date", "payments-frozen-at", "milestone-date")
_YEAR = re.compile(r"20\d\d", re.ASCII)
_AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
PROVIDER = "lead-provider-name"
OF_HEADERS = ("headers_are_complete", "cohort_has_a_row")
"""The rules of the first lines of files. All others are rules of rows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What rows can refer to."""

    years: frozenset[str]
    """The cohorts of the world and of the first file."""
    lead_providers: frozenset[str]
    """Full names."""
    links: frozenset[tuple[str, str]]
    """Names of lead providers and years of cohorts, as the world and the second file link them."""
    schedules: frozenset[str]
    startable: frozenset[str]
    """The cohorts that have the milestone with which new participants start, in the world or in the files."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a file."""

    file: str
    missing: tuple[str, ...]
    """The columns that it lacks."""
    row_count: int

    @property
    def columns(self) -> str:
        """The missing columns in a list."""
        return ", ".join(self.missing)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file."""

    file: str
    line: int
    cells: Mapping[str, str]
    known: Known

    @property
    def year(self) -> str | None:
        """The cohort that it names; None where its file has no such column."""
        return next((self.cells[name] for name in YEAR_COLUMNS if name in self.cells), None)

    @property
    def wrong_days(self) -> str:
        """The columns that must have a day and do not."""
        return ", ".join(name for name in DAYS if name in self.cells and not _is_day(name, self.cells[name]))

    @property
    def wrong_amounts(self) -> str:
        """The columns of a contract that must have a number and do not."""
        names = [name for name in self.cells if name not in (PROVIDER, *YEAR_COLUMNS)]
        return ", ".join(name for name in names if not _AMOUNT.fullmatch(self.cells[name] or "0"))


def _is_day(column: str, cell: str) -> bool:
    return read_day(cell) is not None or (cell == "" and column not in DAYS_NEEDED)


@rule
def headers_are_complete(h: Header) -> bool:
    return not h.missing


@rule
def cohort_has_a_row(h: Header) -> bool:
    return h.file != COHORT or h.row_count > 0


@rule
def start_year_is_a_year(r: Row) -> bool:
    return r.file != COHORT or _YEAR.fullmatch(r.cells["start-year"]) is not None


@rule
def cohort_has_the_first_milestone(r: Row) -> bool:
    return r.file != COHORT or r.cells["start-year"] in r.known.startable


@rule
def lead_provider_is_known(r: Row) -> bool:
    return r.cells.get(PROVIDER) in (None, *r.known.lead_providers)


@rule
def cohort_is_known(r: Row) -> bool:
    return r.year in (None, *r.known.years)


@rule
def lead_provider_is_linked(r: Row) -> bool:
    return r.file not in CONTRACTS or (r.cells[PROVIDER], r.year) in r.known.links


@rule
def days_are_days(r: Row) -> bool:
    return not r.wrong_days


@rule
def amounts_are_numbers(r: Row) -> bool:
    return r.file not in CONTRACTS or not r.wrong_amounts


@rule
def schedule_type_is_known(r: Row) -> bool:
    return r.file != SCHEDULES or r.cells["type"] in SCHEDULE_TYPES


@rule
def schedule_is_known(r: Row) -> bool:
    return r.file != SCHEDULES or r.cells["schedule-identifier"] in r.known.schedules


@rule
def declaration_type_is_known(r: Row) -> bool:
    return r.file != SCHEDULES or r.cells["milestone-declaration-type"] in TYPES


@rule
def statement_is_named_for_a_month(r: Row) -> bool:
    return r.file != STATEMENTS or read_month(r.cells["name"]) is not None


def read_month(name: str) -> tuple[int, int] | None:
    """Return the year and the month of a name such as `November 2026`; None for another name."""
    try:
        found = datetime.strptime(name, "%B %Y")  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None
    return found.year, found.month
