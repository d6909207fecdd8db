"""Reads the URNs of schools in an uploaded file, as leniently as the service."""

from __future__ import annotations

import re

_BYTE_ORDER_MARK = "\ufeff"
_NOT_A_DIGIT = re.compile("[^0-9]")


def parse_urns(content: bytes) -> tuple[str, ...]:
    """Return the URNs of a file in their order, each once.

    A cell is what commas and line ends separate; blank ones do not count. Only its digits are read, so a heading is an
    empty URN.
    """
    text = content.decode(errors="replace").removeprefix(_BYTE_ORDER_MARK)
    cells = (cell for line in text.split("\n") for cell in line.split(","))
    return tuple(dict.fromkeys(_NOT_A_DIGIT.sub("", cell) for cell in cells if cell.strip()))
