"""Loads, checks and publishes the contract of an edition."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTALLED = _HERE / "editions"
SPEC = _INSTALLED if _INSTALLED.is_dir() else _HERE.parent
"""The folder that holds every edition: inside an installed wheel, or beside this package in a checkout."""
