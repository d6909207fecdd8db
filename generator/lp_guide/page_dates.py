"""Parses the days in front matter: of a release, of a change, of a review, and of the next review."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from lp_guide.writer_mistakes import Mistake

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INTERVAL = re.compile(r"([1-9]\d?) (day|week|month|year)s?")


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, such as `2026-11-22`."""
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def refuse_no_day(word: str, day: str) -> None:
    """Raise Mistake if a word of the front matter is not a day of the calendar."""
    if day and not is_day(day):
        raise Mistake("front-matter", f"`{day}` is not a day.", f"Write `{word}: '2026-11-22'`.")


def next_review(reviewed: str, review_in: str) -> str:
    """Return the day of the next review. Raises Mistake for an interval that cannot be read."""
    if not reviewed:
        message = "`review_in` counts from a review, and the page has none."
        raise Mistake("front-matter", message, "Add `reviewed` with the day of the last review.")
    found = _INTERVAL.fullmatch(review_in)
    if not found:
        remedy = "Write a number of days, weeks, months or years: `review_in: 6 months`."
        raise Mistake("front-matter", f"`{review_in}` is not an interval.", remedy)
    try:
        return _LATER[found[2]](date.fromisoformat(reviewed), int(found[1])).isoformat()
    except (ValueError, OverflowError):  # after the year 9999
        raise Mistake("front-matter", "The next review is after the year 9999.", "Correct `reviewed`.") from None


def _days_later(day: date, number: int) -> date:
    return day + timedelta(days=number)


def _months_later(day: date, number: int) -> date:
    """Return the same day of a later month, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + number, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


_LATER: Mapping[str, Callable[[date, int], date]] = {
    "day": _days_later,
    "week": lambda day, number: _days_later(day, 7 * number),
    "month": _months_later,
    "year": lambda day, number: _months_later(day, 12 * number),
}
