"""Ids and tokens, made from a seed: the same seed and the same things give the same ids."""

from __future__ import annotations

import hashlib
import uuid


def make_id(*parts: object) -> str:
    """Make a UUID out of what names a thing for good."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def make_token(*parts: object) -> str:
    """Make a token of 32 characters out of what names its holder."""
    return hashlib.sha256("\x00".join(("token", *map(str, parts))).encode()).hexdigest()[:32]
