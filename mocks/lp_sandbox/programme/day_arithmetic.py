"""Arithmetic of days as records hold them: 2026-09-15."""

from __future__ import annotations

from datetime import date, timedelta

from lp_sandbox.worlds.records import FOREVER

NEVER = "~"
"""The day after FOREVER: it sorts after every day."""
FIRST = "0001-01-01"
"""The first day of the calendar; the day before it is itself."""


def day_after(day: str) -> str:
    """Return the next day."""
    return NEVER if day == FOREVER else (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def day_before(day: str) -> str:
    """Return the previous day."""
    if day == FIRST:
        return FIRST
    return FOREVER if day == NEVER else (date.fromisoformat(day) - timedelta(days=1)).isoformat()
