"""Finds leftovers of unfinished edits: conflict markers, incomplete dates and addresses, missing spaces."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from lp_guide.lint.markdown_page import CODE, Finding
from lp_guide.lint.prose import Prose

_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: .*)?")
_OPEN_DATE = re.compile(r"(?<![\w-])\d{4}-(?:\d\d-(?:XX|xx|\?\?)|(?:XX|xx|\?\?)(?:-(?:\d\d|XX|xx|\?\?))?)(?![\w-])")
_MONTHS = {name[:3]: number for number, name in enumerate(calendar.month_name) if name}
_NAMED_DAY = re.compile(
    rf"(?<![\w-])(\d\d?)(?:st|nd|rd|th)?(?:\s++of)?\s++({'|'.join([*calendar.month_name[1:], *_MONTHS, 'Sept'])})\b"
    r"(?:\s++(\d{4})\b)?"
)
_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_NO_ADDRESS = re.compile(r"(?:URL|LINK|HREF|ADDRESS|url|link|href|(?:https?://)?(?:\.\.\.|…)|https?://)")
_ENDINGS = ("s", "es", "ed", "ing", "th")
"""What can follow a name in code directly, as in a plural."""
_TIGHT = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{2,}}+{CODE}|[,;]{CODE}|{CODE}([^\W\d_]++)")
LEAP_YEAR = 2024
"""The year of a day without one: 29 February can be meant."""


def conflict_marker(page: Prose) -> Iterator[Finding]:
    """No marker of a conflict between two versions is left."""
    for number, line in enumerate(page.lines, 1):
        if _CONFLICT.fullmatch(line.rstrip()):
            message = f"`{line[:7]}` marks two versions of these lines that were never merged."
            yield Finding(number, message, "Keep the right lines, and remove the markers.")


def open_date(page: Prose) -> Iterator[Finding]:
    """Every date has its month and day."""
    for number, line in enumerate(page.lines, 1):
        for match in _OPEN_DATE.finditer(line):
            yield Finding(number, f"The date `{match[0]}` is not complete.", "Write its month and day.")


def impossible_day(page: Prose) -> Iterator[Finding]:
    """Every day in a sentence is in the calendar."""
    for words in page.prose:
        found = [*_NAMED_DAY.finditer(words.text), *_ISO_DAY.finditer(words.text)]
        for match in found:
            if not _is_day(match):
                message = f"`{' '.join(match[0].split())}` is not a day in the calendar."
                yield Finding(words.line_at(match.start()), message, "Correct the day or the month.")


def _is_day(match: re.Match[str]) -> bool:
    if match.re is _ISO_DAY:
        return _is_iso_day(match[0])
    days = calendar.monthrange(int(match[3] or LEAP_YEAR), _MONTHS[match[2][:3]])[1]
    return 1 <= int(match[1]) <= days


def _is_iso_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def address_to_come(page: Prose) -> Iterator[Finding]:
    """No address of a link is a placeholder."""
    for link in page.links:
        if _NO_ADDRESS.fullmatch(link.target):
            yield Finding(link.line, f"`{link.target}` is not an address.", "Write the address, or remove the link.")


def missing_space(page: Prose) -> Iterator[Finding]:
    """There is a space between code and words."""
    for words in page.prose:
        for match in _TIGHT.finditer(words.text):
            if match[1] not in _ENDINGS:
                where = "after" if match[1] else "before"
                shown = match[0].replace(CODE, "`…`")
                message = f"There is no space {where} the code in {shown}."
                yield Finding(words.line_at(match.start()), message, "Add a space.")
