"""Ids of requests, by which a client finds its request in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from secrets import token_hex

HEADER = b"x-request-id"
_SANE = re.compile(rb"[\w.:@+/=-]{1,128}", re.ASCII)


class RequestIds:
    """Gives each request the id that its client sends, or else an id that no other request has."""

    def __init__(self) -> None:
        self._start, self._numbers = token_hex(8), count(1)

    def of(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the id of the request with some headers. An id that could break a line of the log is replaced."""
        sent = headers.get(HEADER)
        if sent and _SANE.fullmatch(sent):
            return sent.decode()
        return f"{self._start}-{next(self._numbers)}"
