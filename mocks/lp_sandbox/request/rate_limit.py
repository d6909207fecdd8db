"""Limits the requests with one token in a window of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime


class RateLimit:
    """Counts requests in the current window. Windows start when the time is a multiple of their length."""

    def __init__(self, clock: Callable[[], datetime], limit: Mapping[str, int]) -> None:
        """Take a clock, and how many `requests` in how many `minutes` the contract allows."""
        self._clock = clock
        self._limit, self._length = limit["requests"], limit["minutes"] * 60
        self._window = 0
        self._counts: Counter[str] = Counter()

    def allows(self, token: str) -> bool:
        """Count a request, and return whether it is within the limit."""
        window = int(self._clock().timestamp()) // self._length
        if window != self._window:
            self._window = window
            self._counts.clear()
        self._counts[token] += 1
        return self._counts[token] <= self._limit
