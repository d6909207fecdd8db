"""Days as records hold them, one before and one after."""

from __future__ import annotations

from datetime import date, timedelta

from lp_sandbox.worlds.records import FOREVER

NEVER = "~"
"""The day after FOREVER: it is after every day."""
FIRST = "0001-01-01"
"""The first day that can be told; it counts as its own yesterday."""


def day_after(day: str) -> str:
    """Return the next day."""
    return NEVER if day == FOREVER else (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def day_before(day: str) -> str:
    """Return the last day."""
    if day == FIRST:
        return FIRST
    return FOREVER if day == NEVER else (date.fromisoformat(day) - timedelta(days=1)).isoformat()
