"""The bodies between which a schema lets clients choose: the fields that all have, and what differs.

They are found in the rows of a table, in which each choice is a row before the fields that belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lp_guide.schema_rows import Field

Path = tuple[str, ...]
"""The names of choices, each inside the one before it."""
Key = tuple[Path, str]
"""The parents and the name of a field."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that a client can choose."""

    name: Path
    fields: Mapping[Key, Field]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The bodies that a schema allows."""

    merged: Sequence[Field]
    """Each field once. Those that are not the same in all bodies say so."""
    differing: Sequence[Field]
    bodies: Sequence[Body]


def alternatives(rows: Sequence[Field]) -> Alternatives | None:
    """Compare the bodies of a table; None where there are none, or where choices are independent of each other."""
    paths = _paths(rows)
    if not any(row.is_choice for row in rows) or not _are_nested(paths, rows):
        return None
    chosen = [path for path, row in zip(paths, rows, strict=True) if row.is_choice]
    ends = [path for path in chosen if not any(each[:-1] == path for each in chosen)]
    bodies = [Body(end, _fields_of(end, paths, rows)) for end in ends]
    merged = [_merged(key, [body.fields.get(key) for body in bodies]) for key in _keys(rows)]
    return Alternatives(merged, [field for field in merged if field.varies], bodies)


def _paths(rows: Sequence[Field]) -> Sequence[Path]:
    """Return the choices to which each row belongs; a choice belongs to itself."""
    open_choices: list[Field] = []
    paths: list[Path] = []
    for row in rows:
        while open_choices and row.depth <= open_choices[-1].depth:
            open_choices.pop()
        open_choices += [row] if row.is_choice else []
        paths.append(tuple(choice.name for choice in open_choices))
    return paths


def _are_nested(paths: Sequence[Path], rows: Sequence[Field]) -> bool:
    """Return whether all choices inside a choice are about one field."""
    about: dict[Path, set[Path]] = {}
    for path, row in zip(paths, rows, strict=True):
        if row.is_choice:
            about.setdefault(path[:-1], set()).add(row.parents)
    return all(len(parents) == 1 for parents in about.values())


def _fields_of(end: Path, paths: Sequence[Path], rows: Sequence[Field]) -> Mapping[Key, Field]:
    return {
        (row.parents, row.name): row
        for path, row in zip(paths, rows, strict=True)
        if not row.is_choice and end[: len(path)] == path
    }


def _keys(rows: Sequence[Field]) -> Sequence[Key]:
    """Return the keys of all fields, each after its parent, in the order in which they first occur."""
    keys = dict.fromkeys((row.parents, row.name) for row in rows if not row.is_choice)
    return sorted(keys, key=lambda key: _order(key, [*keys]))


def _order(key: Key, keys: Sequence[Key]) -> list[int]:
    parents, name = key
    steps = [*parents, name]
    found = [(tuple(steps[:depth]), steps[depth]) for depth in range(len(steps))]
    return [keys.index(each) for each in found if each in keys]


def _merged(key: Key, given: Sequence[Field | None]) -> Field:
    """Return one row for a field of several bodies, with the values that all bodies share."""
    rows = [replace(row, depth=len(key[0]), example="") for row in given if row]
    first = next(row for row in given if row)
    if len(rows) == len(given) and len(set(rows)) == 1:
        return replace(first, depth=len(key[0]))
    is_required = len(rows) == len(given) and all(row.required for row in rows)
    merged = Field(key[1], key[0], first.kind, "", required=is_required, since=first.since)
    return replace(merged, depth=len(key[0]), varies=True)
