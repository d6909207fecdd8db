"""Records, the rows of a store. A record is a frozen struct of scalars; its fields are the columns of its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import msgspec

Scalar = str | int | bool | bytes | None
FOREVER = "9999-12-31"
"""The last day of something without an end: days are compared as text."""


T = TypeVar("T")


class InvariantError(Exception):
    """Something is missing that rules or keys guarantee: a fault of the sandbox, not of the client."""


def required(value: T | None) -> T:
    """Return a value that rules or keys guarantee. Raises InvariantError, which is answered with 500 and an id.

    For something that a request names and that can be missing, use `Call.found`, which is answered with 404.
    """
    if value is None:
        raise InvariantError("Something is missing that rules or keys guarantee.")
    return value


class Record(msgspec.Struct, frozen=True):
    """A row. Instants are text such as 2026-09-15T09:00:00Z, days such as 2026-09-15: both sort as they read."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a kind of record."""

    name: str
    columns: tuple[str, ...]
    booleans: tuple[int, ...]
    """The positions of the columns that hold true or false."""
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...]


R = TypeVar("R", bound=Record)
_TABLES: dict[type[Record], Table] = {}


def kept_by(
    *key: str, unique: tuple[tuple[str, ...], ...] = (), indexes: tuple[tuple[str, ...], ...] = ()
) -> Callable[[type[R]], type[R]]:
    """Keep a kind of record in a table, under its key within a world.

    `unique` lists other sets of columns in which no two records of a world may agree, `indexes` the ways in which
    records are looked up or sorted.
    """

    def keep(kind: type[R]) -> type[R]:
        columns = kind.__struct_fields__
        hints: dict[str, Any] = get_type_hints(kind)
        booleans = tuple(i for i, column in enumerate(columns) if hints[column] is bool)
        _TABLES[kind] = Table(kind.__name__.lower(), columns, booleans, key, unique, indexes)
        return kind

    return keep


def table_of(kind: type[Record]) -> Table:
    """Return the table of a kind of record."""
    return _TABLES[kind]


@kept_by("id")
class World(Record, frozen=True):
    """One isolated sandbox. The records of worlds themselves are in the world without a name."""

    id: str
    edition: str
    size: str
    seed: int
    clock: str | None
    """The instant at which its clock has stopped; None while the clock runs."""
    ahead: int
    """By how many seconds its clock is ahead of the real time while it runs; below 0 when it is behind."""
    first_clock: str | None
    """The clock with which it was created, to which a reset returns."""
    made: int
    """How many scenarios were created in it since it began, which makes their ids differ."""
    seeded_on: str
    """The day in London from which the dates of its seeds are counted; empty until it is seeded."""
    created_at: str


@kept_by("token", indexes=(("world_id",),))
class Token(Record, frozen=True):
    """A bearer token: it names a world, and a lead provider in it."""

    token: str
    world_id: str
    lead_provider_id: str
    lead_provider: str
    """The full name."""
