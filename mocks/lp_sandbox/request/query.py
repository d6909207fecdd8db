"""Parses query strings and forms: parameters with brackets, filters, pages and the order of lists.

The service parses them with Rails and Ruby. So a number ends at the first character that does not belong to it, and
only ASCII digits are digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import tzinfo
from typing import Any
from urllib.parse import unquote, unquote_plus

from lp_contract.operation import ListKind, PageLimits
from lp_sandbox.bounded_cache import cached
from lp_sandbox.worlds.clock import first_second, first_second_after, stamp

LAST_OFFSET = 2**62
DIGITS = 18
"""The most digits that are read of a number: SQLite stores no longer ones."""
DEEPEST = 32
"""How many levels of brackets are parsed; the rest of a name is one key."""
CACHED_BYTES = 16 * 1024 * 1024
"""The size of the cache of parsed queries."""
BYTES_A_LETTER = 250
"""The most memory that one letter of a query takes once parsed: a bracket makes a dictionary."""
_NUMBER = re.compile(r"\s*([-+]?)(\d+(?:_\d+)*)", re.ASCII)
_YEAR = re.compile(rf"0*(\d{{1,{DIGITS}}})", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@cached(CACHED_BYTES, lambda text, _: BYTES_A_LETTER * len(text))
def parameters(text: str) -> Mapping[str, Any]:
    """Read `a=1&b[c]=2&b[d][]=3` into {"a": "1", "b": {"c": "2", "d": ["3"]}}. Callers do not change it.

    A name without `=` has the value None.
    """
    found: dict[str, Any] = {}
    for name, value in _pairs(text):
        _put(found, [part.rstrip("]") for part in name.split("[", DEEPEST)], value)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str | None]]:
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        if name:
            yield unquote_plus(name), unquote_plus(value) if equals else None


def _put(into: dict[str, Any], steps: list[str], value: str | None) -> None:
    first, *rest = steps
    if not rest:
        into[first] = value
    elif rest == [""]:
        if not isinstance(into.get(first), list):
            into[first] = []
        if value is not None:
            into[first].append(value)
    else:
        if not isinstance(into.get(first), dict):
            into[first] = {}
        _put(into[first], rest, value)


def leading_number(text: str) -> int:
    """Return the whole number with which a text begins; 0 where there is none."""
    if text.isdecimal() and text.isascii() and len(text) <= DIGITS:
        return int(text)
    found = _NUMBER.match(text)
    if not found:
        return 0
    number = int(found[2].replace("_", "").lstrip("0")[:DIGITS] or "0")
    return -number if found[1] == "-" else number


def page(given: Any, limits: PageLimits) -> tuple[int, int]:
    """Return offset and length of a page. Raises ValueError when it is not positive."""
    if given is None:
        return 0, limits.usual
    if not isinstance(given, Mapping):
        raise ValueError(given)  # noqa: TRY004 - the client's value is wrong, not our type
    number, length = _positive(given.get("page"), 1), _positive(given.get("per_page"), limits.usual)
    length = length if limits.largest is None else min(length, limits.largest)
    return min((number - 1) * length, LAST_OFFSET), min(length, LAST_OFFSET)


def _positive(given: Any, usual: int) -> int:
    number = usual if given is None else leading_number(str(given))
    if number < 1:
        raise ValueError(given)
    return number


def order(given: Any, columns: Collection[str]) -> tuple[tuple[str, bool], ...]:
    """Read `-updated_at,created_at` into ((column, descending), ...), leaving out unknown columns."""
    found: dict[str, bool] = {}
    for part in given.split(",") if isinstance(given, str) else ():
        column = part[1:] if part[:1] in ("+", "-") else part
        if column in columns:
            found.setdefault(column, part[:1] == "-")  # sorting by a column again changes nothing
    return tuple(found.items())


def one(given: Any) -> str:
    """Return the value of a filter that takes one; empty where it is blank, a list or nested."""
    return given if isinstance(given, str) and not given.isspace() else ""


def is_too_long(given: Any, most: int) -> bool:
    """Whether a filter lists more values than it can."""
    listed = len(given) if isinstance(given, list) else str(given).count(",") + 1
    return listed > most


def trimmed(given: Any) -> Any:
    """Remove the white space around the values of a filter, and around each value of a list."""
    if isinstance(given, list):
        return [trimmed(value) for value in given]
    return ",".join(part.strip() for part in given.split(",")) if isinstance(given, str) else given


def values(given: Any) -> tuple[str, ...] | None:
    """Split a comma-separated list, without trimming; None where the filter is blank, a list or nested."""
    text = one(given)
    return tuple(text.split(",")) if text else None


def ids(given: Any) -> tuple[str, ...] | None:
    """Return the ids of a comma-separated list, leaving out other values; None where the filter is blank."""
    listed = values(given)
    return None if listed is None else tuple(id_.lower() for id_ in listed if _ID.fullmatch(id_))


def years(given: Any) -> tuple[int, ...] | None:
    """Return the years of a comma-separated or repeated filter, leaving out other values; None where it is blank."""
    listed = given or None if isinstance(given, list) else values(given)
    return None if listed is None else tuple(int(found[1]) for found in map(_YEAR.fullmatch, listed) if found)


def numbers(given: Any) -> tuple[int, ...] | None:
    """Return the leading numbers of the values of a comma-separated or repeated filter; None where it is blank."""
    listed = given or None if isinstance(given, list) else values(given)
    return None if listed is None else tuple(map(leading_number, listed))


LISTS: Mapping[ListKind, Callable[[Any], tuple[Any, ...] | None]] = {
    "texts": values,
    "ids": ids,
    "years": years,
    "numbers": numbers,
}
"""How the values of a filter are read, by the word that `x-list` has in the contract."""


def since(given: Any, zone: tzinfo, *, decodes_always: bool = True, is_exclusive: bool = False) -> str | None:
    """Return the first whole second that `filter[updated_since]` includes; None where it is blank.

    `zone` is for times that name none. The value is decoded once more than usual: always, or only where it cannot be
    read otherwise. With `is_exclusive` the time itself is not included. Raises ValueError for a value that is not a
    date and time.
    """
    if not given:
        return None
    if not isinstance(given, str):
        raise ValueError(given)  # noqa: TRY004 - the client's value is wrong, not our type
    if given.isspace():
        return None
    first = first_second_after if is_exclusive else first_second
    if not decodes_always:
        with suppress(ValueError):
            return stamp(first(given, zone))
    return stamp(first(unquote(given.replace("+", " ")), zone))
