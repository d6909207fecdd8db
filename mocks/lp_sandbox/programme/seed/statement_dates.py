"""The cut-off and payment dates of statements, which depend on their month."""

from __future__ import annotations

from collections.abc import Mapping
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


def first_month(rules: Rules, cohort: int) -> Month:
    """Return the month of a cohort's first statement."""
    return cohort + rules["first"]["years_later"], rules["first"]["month"]


def last_month(rules: Rules, cohort: int) -> Month:
    """Return the month of a cohort's last statement."""
    return cohort + rules["last"]["years_later"], rules["last"]["month"]
