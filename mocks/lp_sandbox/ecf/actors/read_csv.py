"""Reads CSV files into rows with their line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

_BYTE_ORDER_MARK = "\ufeff"
csv.field_size_limit(2**20)  # the largest body of a request, so that no cell is too large
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The columns and the rows of a file."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[int, Mapping[str, str]]]
    """The number of the line on which each row ends, and its cells by column. Empty lines are left out."""


def read_csv(text: str) -> CsvFile:
    """Read a file. The first line names its columns; a row without some cells has empty ones."""
    reader = csv.reader(io.StringIO(text.removeprefix(_BYTE_ORDER_MARK), newline=""))
    columns = tuple(cell.strip() for cell in next(reader, []))
    rows = [(reader.line_num, _by_column(columns, cells)) for cells in reader if any(cell.strip() for cell in cells)]
    return CsvFile(columns, rows)


def _by_column(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    pairs = zip_longest(columns, cells[: len(columns)], fillvalue="")
    return {column: cell.strip() for column, cell in pairs}


def read_day(text: str) -> str | None:
    """Return a day as records hold it; None for text that is no day. Months and days can have one digit."""
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:
        return None
