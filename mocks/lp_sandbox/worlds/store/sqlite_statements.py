"""The SQL of a store of records. All names in it are names of our own records; every value is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from lp_sandbox.worlds.records import Record, Table, table_of
from lp_sandbox.worlds.store import AnyOf, Condition

Shape = tuple[Any, ...]
"""Conditions without their values: (column, op), or for AnyOf a Shape. A statement depends on it."""


def split(where: Iterable[Condition]) -> tuple[Shape, list[Any]] | None:
    """Return the shape of conditions, and the values that their statement takes; None where no record can meet them.

    A column is in no empty list. Many lists are empty, so this saves queries.
    """
    shape: list[Any] = []
    values: list[Any] = []
    for test in where:
        if test[1:] == ("in", ()):
            return None
        shape.append(_added(test, values))
    return tuple(shape), values


def _added(test: Condition, values: list[Any]) -> Shape:
    """Add the values of a condition to others, and return its shape."""
    if isinstance(test, AnyOf):
        return tuple(_added(each, values) for each in test.tests)
    column, op, value = test
    if op == "in" and len(value) == 1:  # with `=`, SQLite can use the order of an index
        op, value = "=", value[0]
    elif op == "in":
        value = msgspec.json.encode(value).decode()
    values.append(value)
    return column, op


def by_key(table: Table) -> Shape:
    """Return the shape of the conditions that find the record of a key."""
    return tuple((column, "=") for column in table.key)


def definitions(table: Table) -> Iterator[str]:
    """Yield the statements that create a table and its indexes."""
    columns = ", ".join(("world", *table.columns))
    yield f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY (world, {', '.join(table.key)}))"
    yield from indexes(table)


def indexes(table: Table) -> Iterator[str]:
    """Yield the statements that create the indexes of a table."""
    for number, unique in enumerate(table.unique):
        yield f"CREATE UNIQUE INDEX {table.name}_u{number} ON {table.name} (world, {', '.join(unique)})"
    for number, index in enumerate(table.indexes):
        yield f"CREATE INDEX {table.name}_i{number} ON {table.name} (world, {', '.join(index)})"


_OPERATORS = {
    "in": "IN (SELECT value FROM json_each(?))",  # one statement for lists of every length
    "lacks": "& ? = 0",
}


def _conditions(shape: Shape) -> str:
    return " WHERE " + " AND ".join(["world = ?", *map(_test, shape)])


def _test(shape: Any) -> str:
    if shape and isinstance(shape[0], tuple):
        return f"({' OR '.join(map(_test, shape))})"
    column, op = shape
    return f"{column} {_OPERATORS.get(op, f'{op.upper()} ?')}"


@lru_cache(maxsize=1024)
def select(
    table: str, columns: tuple[str, ...], shape: Shape, order: tuple[tuple[str, bool], ...], side: str = ""
) -> str:
    """Select the records that meet conditions; with a side, those from a row on (">=") or after it (">")."""
    by = ", ".join(column + " DESC" * descending for column, descending in order)
    beyond = f" AND ({by}) {side} ({', '.join('?' * len(order))})" if side else ""
    ordered = f" ORDER BY {by}" if by else ""
    return f"SELECT {', '.join(columns)} FROM {table}{_conditions(shape)}{beyond}{ordered} LIMIT ? OFFSET ?"  # noqa: S608


@lru_cache(maxsize=1024)
def select_each(lookups: tuple[tuple[type[Record], Shape | None], ...]) -> str:
    """Select the records of several lookups, each with the number of its lookup before its columns."""
    width = max(len(table_of(kind).columns) for kind, _ in lookups)
    return " UNION ALL ".join(
        f"SELECT {number}, {_padded(table_of(kind).columns, width)} FROM {table_of(kind).name}{_conditions(shape)}"  # noqa: S608
        for number, (kind, shape) in enumerate(lookups)
        if shape is not None
    )


@lru_cache(maxsize=1024)
def get_each(kinds: tuple[type[Record], ...]) -> str:
    """Select the records of several keys, each with the number of its key before its columns."""
    return select_each(tuple((kind, by_key(table_of(kind))) for kind in kinds))


def _padded(columns: tuple[str, ...], width: int) -> str:
    return ", ".join((*columns, *("NULL",) * (width - len(columns))))


@lru_cache(maxsize=1024)
def update(table: str, columns: tuple[str, ...], shape: Shape) -> str:
    """Set columns of the records that meet conditions."""
    changes = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {table} SET {changes}{_conditions(shape)}"  # noqa: S608


@lru_cache(maxsize=1024)
def update_one(kind: type[Record], columns: tuple[str, ...]) -> str:
    """Set columns of the record of a key."""
    table = table_of(kind)
    return update(table.name, columns, by_key(table))


@lru_cache(maxsize=1024)
def delete(table: str, shape: Shape) -> str:
    """Remove the records that meet conditions."""
    return f"DELETE FROM {table}{_conditions(shape)}"  # noqa: S608


@lru_cache
def get(kind: type[Record]) -> str:
    """Select the record of a key."""
    table = table_of(kind)
    return f"SELECT {', '.join(table.columns)} FROM {table.name}{_conditions(by_key(table))}"  # noqa: S608


@lru_cache
def insert(kind: type[Record]) -> str:
    """Add a record."""
    table = table_of(kind)
    marks = ", ".join("?" * (len(table.columns) + 1))
    return f"INSERT INTO {table.name} (world, {', '.join(table.columns)}) VALUES ({marks})"  # noqa: S608


@lru_cache
def copy(kind: type[Record]) -> str:
    """Copy the records of a world to another one."""
    table = table_of(kind)
    columns = ", ".join(table.columns)
    return f"INSERT INTO {table.name} (world, {columns}) SELECT ?, {columns} FROM {table.name} WHERE world = ?"  # noqa: S608
