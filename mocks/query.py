"""What stands behind the question mark: parameters with brackets, filters, pages and the order of lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from mocks.cache import cached
from mocks.clock import parse_rounding_up, stamp

LONGEST_PAGE = 3000
USUAL_PAGE = 100
LAST_OFFSET = 2**62
DIGITS = 18
"""Longer numbers fit in no store, and name nothing."""
DEEPEST = 32
"""So many brackets are read as such; what stands behind them is one more name."""
CACHED_BYTES = 16 * 1024 * 1024
"""How much of parsed queries is cached."""
BYTES_A_LETTER = 250
"""What a letter of a query can become at most, where it is a bracket and makes a dictionary."""
_NUMBER = re.compile(rf"\s*[-+]?\d{{1,{DIGITS}}}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\d*(Z|[-+]\d\d(:?\d\d)?)?", re.IGNORECASE | re.ASCII)


@cached(CACHED_BYTES, lambda text, _: BYTES_A_LETTER * len(text))
def parameters(text: str) -> Mapping[str, Any]:
    """Read `a=1&b[c]=2&b[d][]=3` into {"a": "1", "b": {"c": "2", "d": ["3"]}}. Callers do not change it."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(found, [part.rstrip("]") for part in name.split("[", DEEPEST)], value)
    return found


def _put(into: dict[str, Any], steps: list[str], value: str) -> None:
    first, *rest = steps
    if not rest:
        into[first] = value
    elif rest == [""]:
        if not isinstance(into.get(first), list):
            into[first] = []
        into[first].append(value)
    else:
        if not isinstance(into.get(first), dict):
            into[first] = {}
        _put(into[first], rest, value)


def leading_number(text: str) -> int:
    """Read the whole number at the front of a text; 0 where there is none."""
    found = _NUMBER.match(text)
    return int(found[0]) if found else 0


def page(given: Any) -> tuple[int, int]:
    """Return offset and length of a page. Raises ValueError when it is not positive."""
    if not isinstance(given, Mapping):
        raise ValueError(given)  # noqa: TRY004 - the client's value is wrong, not our type
    number, length = (_positive(given.get(name, usual)) for name, usual in (("page", 1), ("per_page", USUAL_PAGE)))
    length = min(length, LONGEST_PAGE)
    return min((number - 1) * length, LAST_OFFSET), length


def _positive(given: Any) -> int:
    number = leading_number(str(given))
    if number < 1:
        raise ValueError(given)
    return number


def order(given: Any, columns: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """Read `-updated_at,created_at` into ((column, descending), ...), leaving out what is not known."""
    parts = str(given or "").split(",")
    known = [(columns.get(part.lstrip("+-")), part.startswith("-")) for part in parts]
    found: dict[str, bool] = {}
    for column, descending in known:
        if column:
            found.setdefault(column, descending)  # once sorted by a column, nothing changes by sorting by it again
    return tuple(found.items())


def values(given: Any) -> tuple[str, ...] | None:
    """Read a comma list, or a repeated filter, into its values; None where the filter is blank."""
    text = ",".join(map(str, given)) if isinstance(given, list) else str(given or "")
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text.strip() else None


def years(given: Any) -> tuple[int, ...] | None:
    """Read a comma list of cohorts, leaving out what is no number; None where the filter is blank."""
    listed = values(given)
    return None if listed is None else tuple(int(part) for part in listed if part.isdecimal() and len(part) <= DIGITS)


def since(given: Any) -> str | None:
    """Read `filter[updated_since]` into the first whole second that it lets through; None where it is blank.

    The value is decoded once more than it was, as the service does. Raises ValueError for what is no date and time.
    """
    if not isinstance(given, str):
        raise ValueError(given)  # noqa: TRY004 - the client's value is wrong, not our type
    text = unquote(given.replace("+", " "))
    if not text.strip():
        return None
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError(given)
    return stamp(parse_rounding_up(text))
