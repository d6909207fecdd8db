"""Ids and tokens, made from a seed: the same seed and the same names give the same ids."""

from __future__ import annotations

import hashlib
import re

_USUAL = 36
"""The length of a UUID in its usual form."""
_SHORTEST, _LONGEST = 32, 42
"""The lengths of a UUID without hyphens, and with braces and every hyphen that PostgreSQL allows."""
_WRITTEN = re.compile(r"(\{)?(?:[0-9a-fA-F]{4}-?){8}(?(1)\})")


def make_id(*parts: object) -> str:
    """Make a UUID, which looks like version 4, from parts that always name the same thing."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def make_token(*parts: object) -> str:
    """Make a token of 32 characters from parts that name its holder."""
    return hashlib.sha256("\x00".join(("token", *map(str, parts))).encode()).hexdigest()[:32]


def is_id(text: str) -> bool:
    """Return whether PostgreSQL takes text as a UUID."""
    return _SHORTEST <= len(text) <= _LONGEST and bool(_WRITTEN.fullmatch(text))


def read_id(text: str) -> str:
    """Return a UUID in its usual form, from every form that PostgreSQL takes; empty for other text."""
    if len(text) == _USUAL and text[8:24:5] == "----":
        return text.lower()
    if not _SHORTEST <= len(text) <= _LONGEST or not _WRITTEN.fullmatch(text):
        return ""
    digits = text.strip("{}").replace("-", "").lower()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
