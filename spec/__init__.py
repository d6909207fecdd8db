"""The contract: what is promised."""

from __future__ import annotations

from pathlib import Path

SPEC = Path(__file__).resolve().parent
"""The folder that holds every edition."""
