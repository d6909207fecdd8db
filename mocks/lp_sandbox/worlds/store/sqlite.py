"""The embedded store: SQLite, in memory or in a file that survives a killed process."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from lp_sandbox.worlds.progress_log import Progress
from lp_sandbox.worlds.records import Record, Scalar, Table, table_of
from lp_sandbox.worlds.store import AnyOf, Condition, Conflict, Layout, Slice, Where
from lp_sandbox.worlds.store.connection import MEMORY, Connection
from lp_sandbox.worlds.store.page_bookmarks import FAR, Bookmarks

R = TypeVar("R", bound=Record)
AT_ONCE = 5000
"""How many new records of a kind wait to be written: a large world does not fit into memory twice."""
_ALL = Slice()
NOTHING = ("in", ())
"""A condition that no record meets."""
_INDEXES_OF = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"


class _Writing:
    """A transaction of the only writer, which begins and ends with a `with` block. A generator would take longer."""

    def __init__(self, connection: Connection, bookmarks: Bookmarks) -> None:
        self._connection, self._bookmarks = connection, bookmarks

    def __enter__(self) -> None:
        self._connection.begin_writing()

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        try:
            if failure is None:
                self._connection.commit()
        except BaseException:
            self._undo()
            raise
        if failure is not None:
            self._undo()

    def _undo(self) -> None:
        """Save nothing, and drop the bookmarks, which may lead to what was not saved."""
        self._connection.roll_back()
        self._bookmarks.drop()


class SqliteStore:
    """A store on one connection. SQLite is called inline: a read costs less than a hop to a thread."""

    def __init__(self, path: str, layout: Layout) -> None:
        """Open a file, or MEMORY. Raises CannotOpen and Unavailable."""
        definitions = [statement for kind in layout.kinds for statement in _definitions(table_of(kind))]
        self.connection = Connection(path, definitions, layout.editions)
        self._is_shared = path != MEMORY
        self._version = self.connection.state()
        self._bookmarks = Bookmarks()
        self._writing = _Writing(self.connection, self._bookmarks)

    def reading(self) -> AbstractContextManager[None]:
        """Read as of one moment until the end."""
        return self.connection

    def writing(self) -> AbstractContextManager[None]:
        """Write until the end. Then everything is saved, or after an exception nothing."""
        return self._writing

    def watched(self, report: Progress) -> AbstractContextManager[None]:
        """Report the progress of writing until the end."""
        return self.connection.watched(report)

    def get(self, kind: type[R], world: str, *key: Scalar) -> R | None:
        """Return the record of a key."""
        row = self.connection.row(_get(kind), (world, *key))
        return row and _record(kind, row)

    def find(self, kind: type[R], world: str, *where: Condition, part: Slice = _ALL) -> list[R]:
        """Return the records that meet every condition."""
        rows = self.rows(kind, table_of(kind).columns, world, *where, part=part)
        return [_record(kind, row) for row in rows]

    def rows(
        self, kind: type[Record], columns: tuple[str, ...], world: str, *where: Condition, part: Slice = _ALL
    ) -> list[tuple[Any, ...]]:
        """Return some columns of the records that meet every condition."""
        if any(test[1:] == NOTHING for test in where):  # many lists are empty, so this saves queries
            return []
        table, shape, values = table_of(kind), _shape(where), tuple(_values(where))
        if part.offset >= FAR and _is_total(part.order, table, where):
            return self._far_rows(table, columns, (world, *values), shape, part)
        statement = _select(table.name, columns, shape, part.order)
        return self.connection.rows(statement, (world, *values, part.length, part.offset))

    def _far_rows(
        self, table: Table, columns: tuple[str, ...], values: tuple[Any, ...], shape: Shape, part: Slice
    ) -> list[tuple[Any, ...]]:
        """Read a page far down a list from its bookmark, if it has one, and put bookmarks for it and the next."""
        version, by = self.connection.state(), tuple(column for column, _ in part.order)
        self._bookmarks.keep_those_of(version)
        listed, width = (table.name, shape, values, by), len(columns)
        mark = self._bookmarks.find(listed, part.offset)
        statement = _select(table.name, (*columns, *by), shape, part.order, mark.side if mark else "")
        given = (*mark.row, part.length, 0) if mark else (part.length, part.offset)
        rows = self.connection.rows(statement, (*values, *given))
        if self.connection.state() != version:  # another connection has written meanwhile: before or after we read?
            return self._far_rows(table, columns, values, shape, part)
        if rows:
            self._bookmarks.put(listed, part.offset, rows[0][width:], rows[-1][width:], len(rows))
        return [row[:width] for row in rows]

    def put(self, world: str, *records: Record) -> None:
        """Save records, in place of those with the same key."""
        for record in records:
            self._keep(_upsert(type(record)), [(world, *msgspec.structs.astuple(record))])

    def add(self, world: str, records: Iterable[Record]) -> None:
        """Save new records."""
        by_kind: dict[type[Record], list[tuple[Any, ...]]] = defaultdict(list)
        bare: list[Table] = []
        for record in records:
            rows = by_kind[type(record)]
            rows.append((world, *msgspec.structs.astuple(record)))
            if len(rows) == AT_ONCE:
                bare += self._without_indexes(table_of(type(record)))
                self._keep(_insert(type(record)), rows)
                rows.clear()
        for kind, rows in by_kind.items():
            self._keep(_insert(kind), rows)
        for table in bare:
            for statement in _indexes(table):
                self._keep(statement, [()])

    def _without_indexes(self, table: Table) -> Iterator[Table]:
        """Drop the indexes of an empty table before many rows are added: creating them afterwards is quicker."""
        if self.connection.row(f"SELECT 1 FROM {table.name} LIMIT 1"):  # noqa: S608
            return
        for (index,) in self.connection.rows(_INDEXES_OF, (table.name,)):
            self.connection.run(f"DROP INDEX {index}")
        yield table

    def _keep(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self._bookmarks.drop()
        try:
            self.connection.run(statement, rows)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def change(self, kind: type[Record], world: str, changes: Mapping[str, Scalar], *where: Condition) -> None:
        """Set columns of the records that meet every condition."""
        statement = _update(table_of(kind).name, tuple(changes), _shape(where))
        self._keep(statement, [(*changes.values(), world, *_values(where))])

    def remove(self, kind: type[Record], world: str, *where: Condition) -> None:
        """Remove the records that meet every condition."""
        self._bookmarks.drop()
        self.connection.run(_delete(table_of(kind).name, _shape(where)), [(world, *_values(where))])

    def clear(self, world: str, kinds: Sequence[type[Record]]) -> None:
        """Remove every record of some kinds in a world."""
        for kind in kinds:
            self.remove(kind, world)

    def copy(self, source: str, target: str, kinds: Sequence[type[Record]]) -> None:
        """Copy every record of some kinds to another world."""
        for kind in kinds:
            self._keep(_copy(kind), [(target, source)])

    def changed_elsewhere(self) -> bool:
        """Say whether another connection has written since this was last asked."""
        if not self._is_shared:
            return False
        seen, self._version = self._version, self.connection.state()
        return seen != self._version

    def hurry(self) -> None:
        """Wait for locks no longer than a request can, from now on."""
        self.connection.hurry()

    def close(self) -> None:
        """Write everything into the one file and close it."""
        self.connection.close()


# All names in the statements below are those of our own records; every value is a parameter.
Shape = tuple[Any, ...]
"""Conditions without their values: (column, op), or for AnyOf a Shape. A statement depends on it."""


def _shape(where: Iterable[Condition]) -> Shape:
    return tuple(_shape(test.tests) if isinstance(test, AnyOf) else (test.column, _op(test)) for test in where)


def _op(test: Where) -> str:
    """Return the operator of a condition. `in` a single value is `=`, where SQLite can use the order of an index."""
    return "=" if test.op == "in" and len(test.value) == 1 else test.op


def _values(where: Iterable[Condition]) -> Iterator[Any]:
    for test in where:
        if isinstance(test, AnyOf):
            yield from _values(test.tests)
        elif test.op != "in":
            yield test.value
        elif len(test.value) == 1:
            yield test.value[0]
        else:
            yield msgspec.json.encode(test.value).decode()


def _is_total(order: tuple[tuple[str, bool], ...], table: Table, where: Iterable[Condition]) -> bool:
    """Say whether an order only ascends and has no two records at one place."""
    fixed = {test.column for test in where if isinstance(test, Where) and test.op == "="}
    columns = {column for column, _ in order}
    return columns | fixed >= set(table.key) and not any(descending for _, descending in order)


def _record(kind: type[R], row: Iterable[Any]) -> R:
    booleans = table_of(kind).booleans
    if booleans:
        row = list(row)
        for position in booleans:
            row[position] = bool(row[position])
    return kind(*row)


def _definitions(table: Table) -> Iterator[str]:
    columns = ", ".join(("world", *table.columns))
    yield f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY (world, {', '.join(table.key)}))"
    yield from _indexes(table)


def _indexes(table: Table) -> Iterator[str]:
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
def _select(
    table: str, columns: tuple[str, ...], shape: Shape, order: tuple[tuple[str, bool], ...], side: str = ""
) -> str:
    """Select the records that meet conditions; with a side, those from a row on (">=") or after it (">")."""
    by = ", ".join(column + " DESC" * descending for column, descending in order)
    beyond = f" AND ({by}) {side} ({', '.join('?' * len(order))})" if side else ""
    ordered = f" ORDER BY {by}" if by else ""
    return f"SELECT {', '.join(columns)} FROM {table}{_conditions(shape)}{beyond}{ordered} LIMIT ? OFFSET ?"  # noqa: S608


@lru_cache(maxsize=1024)
def _update(table: str, columns: tuple[str, ...], shape: Shape) -> str:
    changes = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {table} SET {changes}{_conditions(shape)}"  # noqa: S608


@lru_cache(maxsize=1024)
def _delete(table: str, shape: Shape) -> str:
    return f"DELETE FROM {table}{_conditions(shape)}"  # noqa: S608


@lru_cache
def _get(kind: type[Record]) -> str:
    table = table_of(kind)
    return f"SELECT {', '.join(table.columns)} FROM {table.name}{_conditions(tuple((k, '=') for k in table.key))}"  # noqa: S608


@lru_cache
def _insert(kind: type[Record]) -> str:
    table = table_of(kind)
    marks = ", ".join("?" * (len(table.columns) + 1))
    return f"INSERT INTO {table.name} (world, {', '.join(table.columns)}) VALUES ({marks})"  # noqa: S608


@lru_cache
def _copy(kind: type[Record]) -> str:
    table = table_of(kind)
    columns = ", ".join(table.columns)
    return f"INSERT INTO {table.name} (world, {columns}) SELECT ?, {columns} FROM {table.name} WHERE world = ?"  # noqa: S608


@lru_cache
def _upsert(kind: type[Record]) -> str:
    table = table_of(kind)
    changes = ", ".join(f"{column} = excluded.{column}" for column in table.columns)
    return f"{_insert(kind)} ON CONFLICT (world, {', '.join(table.key)}) DO UPDATE SET {changes}"
