"""The clock: the only place that reads the real time, and the forms in which time is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def real_time() -> datetime:
    """Return the real time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@lru_cache(maxsize=4096)
def parse(text: str) -> datetime:
    """Read an ISO 8601 date, or date and time, into UTC and whole seconds.

    What has no zone is London time, and a date alone is its midnight. Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise ValueError(text) from error


def parse_rounding_up(text: str) -> datetime:
    """Read a time like `parse`, and go on to the next whole second when it has a fraction."""
    moment = parse(text)
    whole = datetime.fromisoformat(text.strip()).microsecond == 0
    try:
        return moment if whole else moment + timedelta(seconds=1)
    except OverflowError:  # there is no later second
        return moment


@lru_cache(maxsize=4096)
def stamp(moment: datetime) -> str:
    """Write an instant as records and answers hold it: 2026-09-15T09:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def day(moment: datetime) -> str:
    """Write the date that it is in London: 2026-09-15."""
    try:
        return moment.astimezone(LONDON).date().isoformat()
    except OverflowError:  # on the first day that there is, London lies before it
        return moment.date().isoformat()
