"""Groups the changes between two editions by operation, for readers who move their client from one to the other.

Editions are written apart, while versions of one contract share their words. So words that explain are left out here,
and so are steps between states, which schools and DfE take in other ways: the pages about each edition have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_guide.changes import changes
from lp_guide.changes.breaking_change import Change, Group
from lp_guide.changes.operations import Pair, pairs
from lp_guide.changes.report import VALUES, WHOLE_SERVICE, name_of, shown_value
from lp_guide.changes.seeds import SCHEDULES
from lp_guide.schema_rows import fields

LEFT_OUT = {
    *("difference", "document", "link", "tag", "transition", "evidence", "order of rules", "security", "server"),
    *("schedule", "status", "alternative"),  # cohorts, errors and types say the same
}
ASPECTS_LEFT_OUT = {
    *("id", "tag", "summary", "description", "deprecated", "path", "title", "x-enumDescriptions", "x-title"),
    *("broken_by", "needs_clean", "brings", "at", "shows", "unreachable", "pattern", "format", "additionalProperties"),
}
ERRORS = ("rule", "problem", "message")
IN_CELL = ("field", "when", "status", "title", "detail", "error", "text", "json", "empty")
"""What the cell of an error shows of it in any case."""
PLAIN: Mapping[bool | None, str] = {None: "none", True: "yes", False: "no"}


class Effect(IntEnum):
    """What a difference means for a client, in the order of the rows."""

    BREAKING = 0
    OTHER_CONDITION = 1
    """The message is the same, and each edition has its own words for when it comes."""
    HARMLESS = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What one edition says of a thing."""

    error: Rule | Problem | None = None
    facts: Sequence[tuple[str, str]] = ()
    """Values with their names. A single value needs no name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that differs."""

    title: str
    """In Markdown."""
    effect: Effect
    before: Cell | None
    """None where the edition has no such thing."""
    after: Cell | None


@dataclass(frozen=True, slots=True)
class OperationChanges:
    """How one operation differs."""

    before: Operation
    after: Operation
    rows: Sequence[Row]
    kept: Sequence[str]
    """The messages that stay the same."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource, or what else editions differ in."""

    rows: Sequence[Row]
    """What differs in the answers of a resource."""
    kept: Sequence[str] = ()
    """The fields that stay the same."""
    operations: Sequence[OperationChanges] = ()
    removed: Sequence[str] = ()
    """The fields that only the old edition has."""
    added: Sequence[str] = ()
    """The fields that only the new edition has."""


@dataclass(frozen=True)
class Comparison:
    """What differs between two editions."""

    subjects: Mapping[str, Subject]
    paths: Sequence[tuple[Operation | None, Operation | None]]
    """Every operation in both editions, by resource."""


@lru_cache(maxsize=2)
def compare_editions(old: Contract, new: Contract) -> Comparison:
    """Return what differs between two editions, what breaks clients first."""
    relevant = [change for change in changes(old, new) if _is_relevant(change)]
    both = sorted(pairs(old, new), key=_tag)
    resources = {
        tag: _resource(list(own), [change for change in relevant if tag in change.resources], old, new)
        for tag, own in groupby(both, key=_tag)
    }
    whole = Subject(_rows((change for change in relevant if change.is_everywhere), old, new))
    cohorts = Subject(_rows((change for change in relevant if change.resources == (SCHEDULES,)), old, new))
    return Comparison({WHOLE_SERVICE: whole, **resources, SCHEDULES: cohorts}, [*both, *_alone(old, new, both)])


def _alone(old: Contract, new: Contract, both: Sequence[Pair]) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield the operations that only one edition has."""
    olds, news = ({pair[side].id for pair in both} for side in (0, 1))
    yield from ((each, None) for each in old.operations.values() if each.id not in olds)
    yield from ((None, each) for each in new.operations.values() if each.id not in news)


def _tag(pair: Pair) -> str:
    return pair[1].tag


def _is_relevant(change: Change) -> bool:
    is_error_body = change.side == "answer" and change.where.partition(".")[0] in ("error", "errors", "body")
    return change.what not in LEFT_OUT and change.aspect not in ASPECTS_LEFT_OUT and not is_error_body


def _resource(own: Sequence[Pair], relevant: Sequence[Change], old: Contract, new: Contract) -> Subject:
    mine = [change for change in relevant if not change.is_everywhere]
    answers = [change for change in mine if change.side == "answer"]
    requests = [change for change in mine if change.side != "answer"]
    return Subject(
        _rows(answers, old, new),
        _kept_fields(own, answers),
        [_operation(pair, [each for each in requests if pair[1].id in each.operations], old, new) for pair in own],
        removed=_fields_that_were("removed", answers),
        added=_fields_that_were("added", answers),
    )


def _fields_that_were(kind: str, answers: Sequence[Change]) -> Sequence[str]:
    return [change.where for change in answers if change.what == "field" and _is_whole(change) and change.kind == kind]


def _operation(pair: Pair, relevant: Sequence[Change], old: Contract, new: Contract) -> OperationChanges:
    changed = {change.where for change in relevant if change.what in ERRORS}
    known = {rule.name for rule in pair[0].rules} - changed
    return OperationChanges(
        *pair, _rows(relevant, old, new), [rule.message for rule in pair[1].rules if rule.name in known]
    )


def _kept_fields(own: Sequence[Pair], answers: Sequence[Change]) -> Sequence[str]:
    changed = {change.where for change in answers}
    before, after = (dict.fromkeys(name for pair in own for name in _fields(pair[side])) for side in (0, 1))
    return [name for name in before if name in after and name not in changed]


def _fields(operation: Operation) -> Iterator[str]:
    """Yield the attributes of the resource in an answer, named as changes name them."""
    for row in fields(operation.response or {}):
        if row.parents[:2] == ("data", "attributes") and not row.is_choice:
            yield ".".join((*row.parents[2:], row.name))


def _rows(relevant: Iterable[Change], old: Contract, new: Contract) -> Sequence[Row]:
    """Return a row for each thing that differs, with all changes of it: first those that break clients."""
    things: dict[tuple[Any, ...], list[Change]] = {}
    for change in relevant:
        things.setdefault(_thing(change), []).append(change)
    rows = [_error_row(each, old, new) if each[0].what in ERRORS else _row(each) for each in things.values()]
    return sorted(_joined(rows), key=lambda row: row.effect)


def _thing(change: Change) -> tuple[Any, ...]:
    """Return what identifies the thing that a change is about."""
    if change.what in ERRORS:
        return ("error", change.where, change.kind if _is_whole(change) else "changed")
    if change.what == "media type":
        return (change.what, change.side)
    value = _value(change) if change.what == "enum value" else ""
    return (change.what, change.side, change.where, str(value))


def _is_whole(change: Change) -> bool:
    """Return whether a thing comes or goes, and does not only change."""
    return change.what != "message" and not change.aspect and change.kind != "changed"


def _value(change: Change) -> Any:
    return change.after if change.kind == "added" else change.before


def _row(found: Sequence[Change]) -> Row:
    first = found[0]
    title = f"Media type of {first.side}s" if first.what == "media type" else name_of(first)
    if len(found) == 1 and _is_whole(first):
        before, after = _presence(first, Cell(facts=[("", _gist(first))]))
    else:
        before, after = (_cell(found, side) for side in ("before", "after"))
    return Row(title, _effect(found), before, after)


def _effect(found: Sequence[Change]) -> Effect:
    groups = {change.group for change in found}
    if Group.BREAKING in groups:
        return Effect.BREAKING
    return Effect.OTHER_CONDITION if Group.CONDITION in groups else Effect.HARMLESS


def _presence(change: Change, cell: Cell) -> tuple[Cell | None, Cell | None]:
    """Return the cells of a thing that only one edition has."""
    return (None, cell) if change.kind == "added" else (cell, None)


def _gist(change: Change) -> str:
    """Return the description of a thing that only one edition has; empty if its name is enough."""
    value = _value(change)
    if isinstance(value, Mapping):
        return str(value.get("description", ""))
    return "" if change.what in ("enum value", "method") else _plain(value)


def _plain(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return PLAIN[value] if value is None or isinstance(value, bool) else shown_value(value) or PLAIN[None]


def _in_words(change: Change, side: str) -> str:
    value = getattr(change, side)
    known = VALUES.get((change.where, value)) if change.what == "convention" and isinstance(value, str | None) else None
    return known or _plain(value)


def _cell(found: Sequence[Change], side: str) -> Cell:
    missing = "added" if side == "before" else "removed"
    values = [(each.aspect, _in_words(each, side)) for each in found if each.aspect or each.kind != missing]
    return Cell(facts=list(dict.fromkeys(values)))


def _error_row(found: Sequence[Change], old: Contract, new: Contract) -> Row:
    first = found[0]
    was, now = (contract.rules.get(first.where) or contract.problems.get(first.where) for contract in (old, new))
    if _is_whole(first):
        before, after = _presence(first, Cell(now if first.kind == "added" else was))
    else:
        others = [change for change in found if change.what != "message" and change.aspect not in IN_CELL]
        before, after = (Cell(error, _cell(others, side).facts) for error, side in ((was, "before"), (now, "after")))
    return Row(_error_title(after or before), _effect(found), before, after)


def _error_title(cell: Cell | None) -> str:
    error = cell.error if cell else None
    return f"Error on `{error.field}`" if isinstance(error, Rule) else f"Error {error.status if error else ''}"


def _joined(rows: Sequence[Row]) -> Iterator[Row]:
    """Join removed and added errors that clients cannot tell apart."""
    added: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        if row.before is None and row.after and row.after.error:
            added.setdefault(_seen(row.after), []).append(row)
    joined: list[Row] = []
    for row in rows:
        twins = added.get(_seen(row.before), []) if row.after is None else []
        if twins:
            joined.append(twins[0])
            yield replace(row, effect=Effect.OTHER_CONDITION, after=twins.pop(0).after)
        elif row.before is not None:
            yield row
    yield from (row for row in rows if row.before is None and not any(row is each for each in joined))


def _seen(cell: Cell | None) -> tuple[str, str | None]:
    """Return what clients see of an error."""
    error = cell.error if cell else None
    return (error.field if isinstance(error, Rule) else "", error.message if error else None)
