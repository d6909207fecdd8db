"""The form in which the services take the date of a declaration."""

from __future__ import annotations

import re

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[-+]\d\d(:?\d\d)?)?", re.IGNORECASE | re.ASCII)


def is_rfc_3339(text: str) -> bool:
    """Return whether a text has the form of a date and time: RFC 3339, but the zone can be hours alone or absent."""
    return _RFC_3339.fullmatch(text) is not None
