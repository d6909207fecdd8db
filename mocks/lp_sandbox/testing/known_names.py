"""Names of the contract that a test can use, and what to suggest for another name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from lp_sandbox.testing.tracebacks import is_message

__tracebackhide__ = is_message
MOST_LISTED = 20
"""How many names a message lists."""


class UnknownName(LookupError):  # noqa: N818 - says what is wrong
    """A test uses a name that the contract does not have. The message suggests similar names, or lists names."""


def require_known(kind: str, name: str, known: Iterable[str]) -> str:
    """Return a name that is known. Raises UnknownName; `kind` says what the name is of, such as "scenario"."""
    names = list(known)
    if name in names:
        return name
    similar = difflib.get_close_matches(name, names, n=3)
    if similar:
        raise UnknownName(f"There is no {kind} {name!r}. Did you mean {' or '.join(map(repr, similar))}?")
    listed = [*names[:MOST_LISTED], *([f"and {len(names) - MOST_LISTED} more"] if len(names) > MOST_LISTED else ())]
    raise UnknownName(f"There is no {kind} {name!r}. Known: {', '.join(listed)}.")
