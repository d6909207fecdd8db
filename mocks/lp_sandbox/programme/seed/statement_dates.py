"""The cut-off and payment dates of statements, which depend on their month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

Rules = Mapping[str, Any]
"""The seeds of statements."""
Month = tuple[int, int]
"""A year and a month of it."""


def cut_off_date(year: int, month: int) -> str:
    """Return the last day of the month before: declarations made by then go into the statement."""
    return (date(year, month, 1) - timedelta(days=1)).isoformat()


def payment_date(rules: Rules, year: int, month: int) -> str:
    """Return the day on which a statement is paid."""
    return date(year, month, rules["payment_day"]).isoformat()


def statement_months(rules: Rules, cohort: int) -> Iterator[Month]:
    """Yield the months in which a cohort has statements, from the first to the last."""
    first, last = ((cohort + rules[end]["years_later"], rules[end]["month"]) for end in ("first", "last"))
    for year in range(first[0], last[0] + 1):
        yield from ((year, month) for month in rules["months"] if first <= (year, month) <= last)
