"""Writes lists as CSV, from the documents that the JSON of a list holds, in the way of Ruby's writer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet would calculate: with a sign, also a full-width one, or with white space."""
_SPECIAL = re.compile(r'[",\r\n]')


def table(texts: Iterable[bytes]) -> bytes:
    """Return a header and a line for each document: its id, then its attributes. Nothing where there is no document."""
    resources = [msgspec.json.decode(text) for text in texts]
    headers = [["id", *resource["attributes"]] for resource in resources[:1]]
    rows = ([resource["id"], *resource["attributes"].values()] for resource in resources)
    return "".join(map(_line, [*headers, *rows])).encode()


def for_spreadsheets(headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """Return a header and a line for each row. What a spreadsheet would calculate has an apostrophe before it."""
    safe = ([f"'{cell}" if cell and _FORMULA.match(cell) else cell for cell in row] for row in rows)
    return "".join(map(_line, [headers, *safe])).encode()


def _line(values: Sequence[Any]) -> str:
    return ",".join(_fields(values)) + "\n"


def _fields(values: Sequence[Any]) -> Iterator[str]:
    """Yield values as text. The standard library's writer cannot quote empty text only."""
    for value in values:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        yield '"{}"'.format(text.replace('"', '""')) if not text or _SPECIAL.search(text) else text
