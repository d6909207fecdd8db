"""Compares the tables of a schema: transitions between states, and types of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lp_guide.changes.breaking_change import (
    ABSENT,
    CONDITION,
    MAY_REFUSE,
    OTHER_CONDITION,
    REFUSES_LESS,
    Change,
    Verdict,
    compare,
)

GONE = Verdict(breaking=True, reason="A transition that clients rely on no longer happens.")
ANOTHER_WAY = Verdict(breaking=False, reason="It is another way to a known state. A new state is a separate change.")


def table_changes(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[Change]:
    """Yield the changes in the tables of a field or body."""
    yield from _transitions(old.get("x-transitions", ()), new.get("x-transitions", ()), where)
    yield from _evidence(old.get("x-evidence", ()), new.get("x-evidence", ()))


def _transitions(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], where: str) -> Iterator[Change]:
    before, after = (_by_name(steps, where) for steps in (old, new))
    for name in {**before, **after}:
        was, now = before.get(name, ABSENT), after.get(name, ABSENT)
        if was is ABSENT or now is ABSENT:
            yield from compare("transition", name, (was, now), ANOTHER_WAY if was is ABSENT else GONE)
        else:
            yield from compare("transition", name, (was, now), OTHER_CONDITION, aspect=CONDITION)


def _by_name(steps: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """Return the condition of each step by its name. Steps with the same name get numbers."""
    named: dict[str, Any] = {}
    for step in steps:
        name = f"{where}: {step['from'] or 'the start'} to {step['to']}, by {step['by']}"
        number = sum(known.startswith(name) for known in named)
        named[f"{name} ({number + 1})" if number else name] = step["when"]
    return named


def _evidence(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    before, after = _cells(old), _cells(new)
    for name in {**before, **after}:
        was, now = before.get(name, ABSENT), after.get(name, ABSENT)
        yield from compare("evidence", name, (was, now), REFUSES_LESS if _takes_all(was, now) else MAY_REFUSE)


def _cells(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the accepted evidence for each role, milestone and kind of cohort, from the first row that matches."""
    cells: dict[str, Any] = {}
    for row in rows:
        for role in row["roles"]:
            article = "an" if role[0] in "aeiou" else "a"
            for milestone in row["types"]:
                level = "detailed" if row["detailed"] else "simple"
                cells.setdefault(f"{milestone} of {article} {role}, {level} evidence", row["takes"])
    return cells


def _takes_all(before: Any, after: Any) -> bool:
    """Return whether all evidence that was accepted still is. None accepts any evidence."""
    if before is ABSENT or after is None:
        return True
    return isinstance(before, list) and isinstance(after, list) and set(before) <= set(after)
