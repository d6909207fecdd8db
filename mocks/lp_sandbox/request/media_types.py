"""Reads the headers `Content-Type` and `Accept`."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMES = 32
"""How many types a header can name; the others are ignored."""


def bare(content_type: str) -> str:
    """Return the media type of a `Content-Type`, without parameters and in lower case."""
    return content_type.partition(";")[0].strip().lower()


def accepted(accept: str, offered: Sequence[str]) -> str:
    """Return the offered type that a client likes best; the first where it accepts none of them or says nothing."""
    ranked = sorted((_ranked(name) for name in accept.split(",", _MOST_NAMES)), key=lambda pair: -pair[1])
    wanted = [name for name, quality in ranked if quality > 0]
    return next((kind for name in wanted for kind in offered if _matches(name, kind)), offered[0])


def _matches(name: str, kind: str) -> bool:
    """Whether a name such as `text/csv`, `text/*` or `*/*` means a type."""
    return name in (kind, "*/*", f"{kind.partition('/')[0]}/*")


def _ranked(name: str) -> tuple[str, float]:
    """Return a type with its quality: 1 where none is given, 0 where it is no number."""
    parameters = name.partition(";")[2]
    given = [part.strip()[2:] for part in parameters.split(";") if part.strip().startswith("q=")]
    try:
        return bare(name), float(given[0]) if given else 1.0
    except ValueError:
        return bare(name), 0.0
