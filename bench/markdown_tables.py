"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NONE = "-"
LIMITS = ("", "measured", "goal", "")
"""The head of a table of limits."""


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; nothing where there are no rows."""
    filled = list(rows)
    ruled = [names, ["---", *["---:"] * (len(names) - 1)], *filled]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled) if filled else ""


def limit(what: str, measured: float, most: float) -> Sequence[str]:
    """Return the row of a limit, which says whether it was met."""
    return [what, f"{measured:,}", f"≤ {most:,}", "met" if measured <= most else "**missed**"]
