"""Ids and tokens, made from a seed: the same seed and the same things give the same ids."""

from __future__ import annotations

import hashlib


def make_id(*parts: object) -> str:
    """Make a UUID, of version 4 by its looks, out of what names a thing for good."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def make_token(*parts: object) -> str:
    """Make a token of 32 characters out of what names its holder."""
    return hashlib.sha256("\x00".join(("token", *map(str, parts))).encode()).hexdigest()[:32]
