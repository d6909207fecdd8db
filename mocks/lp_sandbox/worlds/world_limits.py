"""Limits of the worlds that a sandbox keeps, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class WorldLimits:
    """How many worlds a sandbox keeps, and for how long."""

    worlds: int = 100
    snapshots: int = 20
    """Of each world."""
    age: timedelta | None = None
    """How long after its creation a world is removed; None keeps it."""
