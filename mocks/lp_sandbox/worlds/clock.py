"""The clock: the only place that reads the real time, and the forms in which time is written."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from lp_sandbox.bounded_cache import cached

LONDON = ZoneInfo("Europe/London")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""The first and the last time that the clock of a world can show."""
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The first and the last time that records can hold."""
LONGEST = 128
"""Ruby reads no longer text as a date, so neither does the service."""
_YEAR_DIGITS = 4
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d)"
_ZONE = r"[-+]\d\d(?::?\d\d)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)"
    rf"(?:(?:T| +){_TIME}(?::(?P<second>\d\d)(?:[.,]\d+)?)? *(?P<zone>Z|UTC|GMT|{_ZONE})?)?",
    re.IGNORECASE | re.ASCII,
)
_XML_SCHEMA = re.compile(
    rf"\s*(?P<year>-?\d+)-(?P<month>\d\d)-(?P<day>\d\d)T{_TIME}:(?P<second>\d\d)(?P<fraction>\.\d+)?"
    rf"(?P<zone>Z|{_ZONE})?\s*",
    re.IGNORECASE | re.ASCII,
)
UNITS = {"weeks": 7 * 86400, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)
Setting = tuple[str | None, int]
"""The instant at which a clock has stopped, or None and the seconds by which it is ahead of the real time."""
REAL: Setting = (None, 0)


class OutOfRange(ValueError):  # noqa: N818 - says what is wrong
    """A text has the form of a date and time, and there is no such day or time of day: 2022-13-45."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and the day on which it is in the time zone of a service."""

    now: str
    today: str
    zone: tzinfo


def real_time() -> datetime:
    """Return the real time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def real_second() -> int:
    """Return the second of the real time, counted from 1970: another one whenever `real_time` returns another time."""
    return int(time.time())


def shown(still_at: str | None, ahead: int) -> datetime:
    """Return the time that a clock shows."""
    return parse(still_at) if still_at else real_time() + timedelta(seconds=ahead)


def set_to(moment: datetime, *, running: bool) -> Setting:
    """Return the setting of a clock that has stopped at an instant, or runs from it. Raises OverflowError."""
    setting = (None, int((moment - real_time()).total_seconds())) if running else (stamp(moment), 0)
    return _within_reach(setting)


def advanced(setting: Setting, seconds: int) -> Setting:
    """Return the setting of a clock that is advanced by some seconds. Raises OverflowError past the last time."""
    still_at, ahead = setting
    if still_at is None:
        return _within_reach((None, ahead + seconds))
    return _within_reach((stamp(parse(still_at) + timedelta(seconds=seconds)), 0))


def _within_reach(setting: Setting) -> Setting:
    if not EARLIEST <= shown(*setting) <= LATEST:
        raise OverflowError(setting)
    return setting


def seconds_in(duration: str) -> int:
    """Parse an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day has 24 hours.

    Raises ValueError for anything else: years and months have no length of their own.
    """
    found = _DURATION.fullmatch(duration)
    if not found:
        raise ValueError(duration)
    return sum(UNITS[unit] * int(number or 0) for unit, number in found.groupdict().items())


@cached(1024 * 1024, lambda text, _: len(text))
def parse(text: str) -> datetime:
    """Parse a time like `read`, as London time where it has no zone."""
    return read(text, LONDON)


def parse_as_utc(text: str) -> datetime:
    """Parse a time like `read`, as UTC where it has no zone."""
    moment = parse(text)
    return moment if text[-1:] in ("Z", "z") else read(text, UTC)


def read(text: str, zone: tzinfo) -> datetime:
    """Parse a date, or a date and time, into UTC and whole seconds. A date alone is its midnight.

    `zone` is that of text without a zone. Takes ISO 8601, and dates as emails and HTTP write them. Raises ValueError
    for anything else, and of that OutOfRange for a day or a time of day that does not exist.
    """
    text = text.strip()
    if len(text) > LONGEST or not text.isascii():
        raise ValueError(text)
    try:
        return _in_utc(_read(text), zone).replace(microsecond=0)
    except OverflowError as error:
        raise OutOfRange(text) from error


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = _ISO.fullmatch(text)
    if found:
        return _existing(found)
    moment = parsedate_to_datetime(text if ":" in text else f"{text} 00:00")
    return moment.replace(tzinfo=UTC) if text.endswith("-0000") else moment


def _existing(found: re.Match[str]) -> datetime:
    try:
        return _combined(found, int(found["year"]))
    except ValueError as error:
        raise OutOfRange(found[0]) from error


def _in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Return an instant in UTC; `zone` is for an instant without a zone. Raises OverflowError."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def first_second(text: str, zone: tzinfo = LONDON) -> datetime:
    """Parse a date and time of XML Schema, and return the first whole second that is not before it.

    `zone` is that of text without a zone. As in Ruby, 30 February is 2 March, and a year has any number of digits: a
    time that records cannot hold becomes the first or last one that they can. Raises ValueError for anything else.
    """
    return _whole_second(text, zone, added=0)


def first_second_after(text: str, zone: tzinfo = LONDON) -> datetime:
    """Parse a time as `first_second` does, and return the first whole second that is after it."""
    return _whole_second(text, zone, added=1)


def _whole_second(text: str, zone: tzinfo, *, added: int) -> datetime:
    """Return a whole second at or after a time; `added` seconds later where the time has no fraction."""
    found = _XML_SCHEMA.fullmatch(text)
    if not found:
        raise ValueError(text)
    year = found["year"].lstrip("0")
    limit = FIRST if year[:1] in ("", "-") else LAST
    if limit is FIRST or len(year) > _YEAR_DIGITS:
        _combined(found, EARLIEST.year, rolls=True)  # the other parts must be right all the same
        return limit
    has_fraction = (found["fraction"] or "").strip(".0") != ""
    try:
        return _in_utc(_combined(found, int(year), rolls=True), zone) + timedelta(seconds=has_fraction or added)
    except OverflowError:
        return FIRST if int(year) == FIRST.year else LAST


def _combined(found: re.Match[str], year: int, *, rolls: bool = False) -> datetime:
    """Return the instant of some parts. It can have 24:00 and 60 seconds, and if it `rolls`, 31 days in each month.

    Raises ValueError and OverflowError.
    """
    month, day, hour, minute, second = (int(found[name] or 0) for name in ("month", "day", "hour", "minute", "second"))
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > LAST.minute or second > LAST.second + 1 or time > timedelta(days=1) or not 1 <= day <= LAST.day:
        raise ValueError(found[0])
    midnight = datetime(year, month, 1 if rolls else day, tzinfo=_zone(found["zone"] or ""))
    return midnight + timedelta(days=day - 1 if rolls else 0) + time


def _zone(text: str) -> tzinfo | None:
    """Parse `Z`, `GMT`, `+01`, `+0100` or `+01:00`; None for no text. Raises ValueError for a day or more."""
    if not text or text.isalpha():
        return UTC if text else None
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    return timezone(-ahead if text[0] == "-" else ahead)


@lru_cache(maxsize=4096)
def stamp(moment: datetime) -> str:
    """Return an instant as records and answers hold it: 2026-09-15T09:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def day(moment: datetime, zone: tzinfo = LONDON) -> str:
    """Return the date in a time zone at an instant: 2026-09-15."""
    try:
        return moment.astimezone(zone).date().isoformat()
    except OverflowError:  # on the first day that Python knows, London is a minute before it
        return moment.date().isoformat()


def start_of(day: str) -> str:
    """Return the instant at which a date begins in London, as records hold it."""
    return stamp(parse(day))
