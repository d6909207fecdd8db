"""A change, and how its direction decides whether it breaks clients."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, Literal, NamedTuple

Side = Literal["request", "answer"]
Kind = Literal["added", "removed", "changed"]

ABSENT: Final = object()
"""The value on the side where there is none: null is a value."""


MANY = 3
"""From how many resources on a change counts as one of the whole service."""


class Verdict(NamedTuple):
    """Whether clients break, and why."""

    breaking: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two contracts."""

    what: str
    """`operation`, `field`, `enum value`, `rule`, `message`, `milestone`, ..."""
    where: str
    """Its name."""
    kind: Kind
    breaking: bool
    reason: str
    """Why it breaks clients, or why it does not."""
    aspect: str = ""
    """Which of its properties changed, where it is not the thing itself that came or went."""
    side: Side | Literal[""] = ""
    """Whether it is sent or answered, where that matters."""
    before: Any = None
    after: Any = None
    resources: tuple[str, ...] = ()
    """None where it concerns the whole service."""
    operations: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """The alternatives of a body in which it stands."""

    @property
    def is_everywhere(self) -> bool:
        """Whether it concerns the whole service, or as much of it as makes no difference."""
        return not self.resources or len(self.resources) >= MANY


class Shift(Enum):
    """How what a schema allows differs from what it allowed."""

    NARROWER = "less than before"
    WIDER = "more than before"
    OTHER = "neither, or nobody can tell"
    NONE = "the same"


WORDS = Verdict(breaking=False, reason="Only words change: what is sent and answered stays the same.")
SAME_SHAPE = Verdict(breaking=False, reason="What is sent and answered keeps its shape.")
MAY_REFUSE = Verdict(breaking=True, reason="The service may refuse what it took before.")
REFUSES_LESS = Verdict(breaking=False, reason="Whatever was taken before still is.")

VERDICTS: Mapping[tuple[Side, Shift], Verdict] = {
    ("request", Shift.NARROWER): MAY_REFUSE,
    ("request", Shift.WIDER): REFUSES_LESS,
    ("request", Shift.OTHER): Verdict(
        breaking=True, reason="The service may refuse what it took before, or understand it otherwise."
    ),
    ("request", Shift.NONE): WORDS,
    ("answer", Shift.NARROWER): Verdict(breaking=False, reason="Answers hold only what they could hold before."),
    ("answer", Shift.WIDER): Verdict(breaking=True, reason="Answers can hold what they never held before."),
    ("answer", Shift.OTHER): Verdict(breaking=True, reason="Answers can hold what clients are unable to read."),
    ("answer", Shift.NONE): WORDS,
}


def compare(
    what: str,
    where: str,
    sides: Iterable[Any],
    verdict: Verdict,
    *,
    aspect: str = "",
    side: Side | Literal[""] = "",
) -> Iterator[Change]:
    """Yield a change where two values differ; ABSENT on one side makes it an addition or a removal."""
    before, after = sides
    if same(before, after):
        return
    kind: Kind = "added" if before is ABSENT else "removed" if after is ABSENT else "changed"
    yield Change(
        what,
        where,
        kind,
        *verdict,
        aspect=aspect,
        side=side,
        before=None if before is ABSENT else before,
        after=None if after is ABSENT else after,
    )


def same(before: Any, after: Any) -> bool:
    """Whether two values are the same JSON: true is not 1."""
    return before is after or (before == after and _key(before) == _key(after))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def belonging(found: Iterable[Change], operation: str, resource: str) -> Iterator[Change]:
    """Say of changes which operation they belong to."""
    return (replace(change, operations=(operation,), resources=(resource,)) for change in found)


def ordered(found: Iterable[Change], tags: Sequence[str]) -> tuple[Change, ...]:
    """Tell what several operations share once; what breaks clients first, then by resource."""
    places = {tag: index for index, tag in reversed(list(enumerate(tags)))}

    def place(change: Change) -> tuple[bool, list[tuple[int, str]]]:
        where = sorted((places.get(tag, len(tags)), tag) for tag in change.resources)
        return not change.breaking, [] if change.is_everywhere else where

    return tuple(sorted(_merged(found), key=place))


def _merged(found: Iterable[Change]) -> Iterable[Change]:
    merged: dict[str, Change] = {}
    for change in found:
        alone = replace(change, resources=(), operations=(), choices=())
        key = _key([getattr(alone, name) for name in Change.__slots__])
        merged[key] = _joined(merged[key], change) if key in merged else change
    return merged.values()


def _joined(one: Change, other: Change) -> Change:
    return replace(
        one,
        resources=tuple(dict.fromkeys(one.resources + other.resources)),
        operations=tuple(dict.fromkeys(one.operations + other.operations)),
        choices=tuple(dict.fromkeys(one.choices + other.choices)),
    )
