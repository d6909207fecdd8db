"""The clock: the only place that reads the real time, and the forms in which time is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mocks.cache import cached

LONDON = ZoneInfo("Europe/London")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""What the clock of a world can show."""
UNITS = {"weeks": 7 * 86400, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)
Setting = tuple[str | None, int]
"""How a clock is set: the instant at which it stands still, or None and the seconds it is ahead of the real time."""
REAL: Setting = (None, 0)


def real_time() -> datetime:
    """Return the real time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def shown(still_at: str | None, ahead: int) -> datetime:
    """Return what a clock shows."""
    return parse(still_at) if still_at else real_time() + timedelta(seconds=ahead)


def set_to(moment: datetime, *, running: bool) -> Setting:
    """Set a clock to an instant: there it stands still, or from there it runs. Raises OverflowError."""
    setting = (None, int((moment - real_time()).total_seconds())) if running else (stamp(moment), 0)
    return _within_reach(setting)


def advanced(setting: Setting, seconds: int) -> Setting:
    """Put a clock forward. Raises OverflowError when it would show more than it can."""
    still_at, ahead = setting
    if still_at is None:
        return _within_reach((None, ahead + seconds))
    return _within_reach((stamp(parse(still_at) + timedelta(seconds=seconds)), 0))


def _within_reach(setting: Setting) -> Setting:
    if not EARLIEST <= shown(*setting) <= LATEST:
        raise OverflowError(setting)
    return setting


def seconds_in(duration: str) -> int:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day has 24 hours.

    Raises ValueError for anything else: years and months have no length of their own.
    """
    found = _DURATION.fullmatch(duration)
    if not found:
        raise ValueError(duration)
    return sum(UNITS[unit] * int(number or 0) for unit, number in found.groupdict().items())


@cached(1024 * 1024, lambda text, _: len(text))
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


def start_of(day: str) -> str:
    """Write the instant at which a date begins in London, as records hold it."""
    return stamp(parse(day))
