"""A change, and the verdict on whether it breaks clients, which depends on its direction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any, Final, Literal, NamedTuple

Side = Literal["request", "answer"]
Kind = Literal["added", "removed", "changed"]

ABSENT: Final = object()
"""The value on the side that has none. Null is a value."""

MANY = 3
"""A change of at least this many resources is listed once for the whole service: a list of them all helps nobody."""


CONDITION = "when"
"""The aspect that says in words when a rule or problem refuses a request, or when a transition happens."""


class Verdict(NamedTuple):
    """Whether a change breaks clients, and why."""

    breaking: bool
    reason: str


class Group(IntEnum):
    """The groups of changes, in the order in which reports list them."""

    BREAKING = 0
    OTHER = 1
    CONDITION = 2
    """The words of a condition changed, so a person must compare what they mean."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two contracts."""

    what: str
    """`operation`, `field`, `enum value`, `rule`, `message`, `milestone`, ..."""
    where: str
    """The name of the thing."""
    kind: Kind
    breaking: bool
    reason: str
    """Why it breaks clients, or why it does not."""
    aspect: str = ""
    """The property that changed; empty where the thing itself was added or removed."""
    side: Side | Literal[""] = ""
    """Whether clients send it or receive it, where that matters."""
    before: Any = None
    after: Any = None
    resources: tuple[str, ...] = ()
    """Empty where the change concerns the whole service."""
    operations: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """The alternatives of a body that contain it."""

    @property
    def group(self) -> Group:
        """The group in which reports list the change."""
        if self.breaking:
            return Group.BREAKING
        return Group.CONDITION if self.aspect == CONDITION else Group.OTHER

    @property
    def is_everywhere(self) -> bool:
        """Whether the change concerns the whole service, or at least MANY resources."""
        return not self.resources or len(self.resources) >= MANY


OF_HOLDERS = ("resources", "operations", "choices")
"""The fields of a change that name what contains it."""
OF_ITSELF = tuple(name for name in Change.__slots__ if name not in OF_HOLDERS)
"""The fields that are the same if several operations have the same change."""


class Shift(Enum):
    """How the values that a schema allows have changed."""

    NARROWER = "less than before"
    WIDER = "more than before"
    OTHER = "neither, or unknown"
    NONE = "the same"


WORDS = Verdict(breaking=False, reason="Only words change. Requests and answers stay the same.")
SAME_SHAPE = Verdict(breaking=False, reason="Requests and answers keep their shape.")
OTHER_CONDITION = Verdict(
    breaking=False, reason="Compare both texts, because the condition itself may have changed too."
)
MAY_REFUSE = Verdict(breaking=True, reason="The service may refuse requests that it accepted before.")
REFUSES_LESS = Verdict(breaking=False, reason="The service still accepts every request that it accepted before.")

VERDICTS: Mapping[tuple[Side, Shift], Verdict] = {
    ("request", Shift.NARROWER): MAY_REFUSE,
    ("request", Shift.WIDER): REFUSES_LESS,
    ("request", Shift.OTHER): Verdict(
        breaking=True, reason="The service may refuse requests that it accepted before, or read them differently."
    ),
    ("request", Shift.NONE): WORDS,
    ("answer", Shift.NARROWER): Verdict(
        breaking=False, reason="Answers contain only values that were possible before."
    ),
    ("answer", Shift.WIDER): Verdict(breaking=True, reason="Answers can contain values that were not possible before."),
    ("answer", Shift.OTHER): Verdict(breaking=True, reason="Answers can contain values that clients cannot read."),
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
    """Yield a change if two values differ. ABSENT on one side makes it an addition or a removal."""
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
    """Return whether two values are the same JSON: true is not 1."""
    return before is after or (before == after and (isinstance(before, str) or _key(before) == _key(after)))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def belonging(found: Iterable[Change], operation: str, resource: str) -> Iterator[Change]:
    """Return changes with the operation and the resource to which they belong."""
    return (replace(change, operations=(operation,), resources=(resource,)) for change in found)


def ordered(found: Iterable[Change], tags: Sequence[str]) -> tuple[Change, ...]:
    """Merge the changes that operations share, and sort them by group and resource."""
    places = {tag: index for index, tag in reversed(list(enumerate(tags)))}

    def place(change: Change) -> tuple[Group, list[tuple[int, str]]]:
        where = sorted((places.get(tag, len(tags)), tag) for tag in change.resources)
        return change.group, [] if change.is_everywhere else where

    return tuple(sorted(_merged(found), key=place))


def _merged(found: Iterable[Change]) -> Iterable[Change]:
    merged: dict[str, Change] = {}
    for change in found:
        key = _key([getattr(change, name) for name in OF_ITSELF])
        merged[key] = _joined(merged[key], change) if key in merged else change
    return merged.values()


def _joined(one: Change, other: Change) -> Change:
    return replace(
        one,
        resources=tuple(dict.fromkeys(one.resources + other.resources)),
        operations=tuple(dict.fromkeys(one.operations + other.operations)),
        choices=tuple(dict.fromkeys(one.choices + other.choices)),
    )
