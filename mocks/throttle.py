"""The rate limit of the service: so many requests with one token in five minutes, counted from the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

LIMIT = 1000
WINDOW = 300
"""Seconds. A window starts where the time is a multiple of it."""


class Throttle:
    """Counts requests in the present window."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Take a clock."""
        self._clock = clock
        self._window = 0
        self._counts: Counter[str] = Counter()

    def allows(self, token: str) -> bool:
        """Count a request, and say whether it is within the limit."""
        window = int(self._clock().timestamp()) // WINDOW
        if window != self._window:
            self._window = window
            self._counts.clear()
        self._counts[token] += 1
        return self._counts[token] <= LIMIT
