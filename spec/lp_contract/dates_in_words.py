"""Dates in words, as pages and programs write them."""

from __future__ import annotations

from datetime import date


def day_in_words(day: str) -> str:
    """Write an ISO 8601 date in words: 2026-06-02 is 2 June 2026."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:%B %Y}"
