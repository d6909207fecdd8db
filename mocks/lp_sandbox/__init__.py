"""The mocks: a server with a memory that keeps the rules of the contract."""

from __future__ import annotations

from pathlib import Path

PACKAGED_SITE = Path(__file__).parent / "site"
"""The pages of an installed wheel; a checkout has none here."""
