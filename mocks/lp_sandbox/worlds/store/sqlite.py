"""The embedded store: SQLite, in memory or in a file that survives a killed process."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import msgspec

from lp_sandbox.worlds.progress_log import Progress
from lp_sandbox.worlds.records import Record, Scalar, Table, table_of
from lp_sandbox.worlds.store import Condition, Conflict, Layout, Slice, Wanted, Where
from lp_sandbox.worlds.store import sqlite_statements as statements
from lp_sandbox.worlds.store.connection import MEMORY, Connection
from lp_sandbox.worlds.store.page_bookmarks import FAR, Bookmarks
from lp_sandbox.worlds.store.transactions import Grouping, Writing

R = TypeVar("R", bound=Record)
AT_ONCE = 5000
"""How many new records of a kind wait to be written: a large world does not fit into memory twice."""
_ALL = Slice()
_WITHIN: AbstractContextManager[None] = nullcontext()
"""Within a transaction that is open there is nothing to begin or to end."""
_UNKNOWN = -1
_INDEXES_OF = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"


class SqliteStore:
    """A store on one connection. SQLite is called inline: a read costs less than a hop to a thread."""

    def __init__(self, path: str, layout: Layout, *, contents: bytes = b"") -> None:
        """Open a file, or MEMORY, which can begin with the contents of another. Raises CannotOpen and Unavailable."""
        definitions = [statement for kind in layout.kinds for statement in statements.definitions(table_of(kind))]
        self.connection = Connection(path, definitions, layout.editions, contents=contents)
        self._is_shared = path != MEMORY
        self.kind = "sqlite" if self._is_shared else "memory"
        self._version = self.connection.state()
        self._bookmarks = Bookmarks()
        self._writing = Writing(self.connection, self._forget)
        self._times_forgotten = 0
        self._grouping = Grouping(self._writing) if self._is_shared else _WITHIN

    def reading(self) -> AbstractContextManager[None]:
        """Read as of one moment until the end."""
        self._writing.close_for_others()
        return _WITHIN if self._writing.is_open else self.connection

    def writing(self) -> AbstractContextManager[None]:
        """Write until the end. Then everything is saved, or after an exception nothing."""
        return self._writing

    def grouped(self) -> AbstractContextManager[None]:
        """Leave what is written until the end for `save`. A store in memory has nothing to save."""
        return self._grouping

    def has_unsaved(self) -> bool:
        """Say whether what was written within `grouped` is not saved."""
        return self._writing.has_unsaved()

    def save(self) -> None:
        """Save what was written within `grouped`. After an exception nothing of it is saved."""
        self._writing.save()

    def undone(self) -> AbstractContextManager[None]:
        """Undo at the end what was written since the beginning. Other processes cannot write meanwhile."""
        return self._writing.undone()

    def _forget(self) -> None:
        """Note that what was read may not be true any more, because writes were undone."""
        self._bookmarks.drop()
        self._version = _UNKNOWN
        self._times_forgotten += 1

    def watched(self, report: Progress) -> AbstractContextManager[None]:
        """Report the progress of writing until the end."""
        return self.connection.watched(report)

    def get(self, kind: type[R], world: str, *key: Scalar) -> R | None:
        """Return the record of a key."""
        row = self.connection.row(statements.get(kind), (world, *key))
        return row and _record(kind, row)

    def find(self, kind: type[R], world: str, *where: Condition, part: Slice = _ALL) -> list[R]:
        """Return the records that meet every condition."""
        rows = self.rows(kind, table_of(kind).columns, world, *where, part=part)
        return [_record(kind, row) for row in rows]

    def get_each(self, world: str, *wanted: Wanted) -> Sequence[Any]:
        """Return the record of each of several kinds and keys."""
        kinds = tuple(kind for kind, *_ in wanted)
        values = [value for _, *key in wanted for value in (world, *key)]
        found: list[Any] = [None] * len(kinds)
        for number, *row in self.connection.rows(statements.get_each(kinds), values):
            found[number] = _record(kinds[number], row[: len(table_of(kinds[number]).columns)])
        return found

    def find_each(self, world: str, *wanted: Wanted) -> Sequence[list[Any]]:
        """Return the records of each of several kinds and conditions."""
        lookups: list[tuple[type[Record], statements.Shape | None]] = []
        values: list[Any] = []
        for kind, *where in wanted:
            shape, given = statements.split(where) or (None, ())
            lookups.append((kind, shape))
            if shape is not None:
                values += (world, *given)
        found: list[list[Any]] = [[] for _ in wanted]
        if values:
            for row in self.connection.rows(statements.select_each(tuple(lookups)), values):
                kind = lookups[row[0]][0]
                found[row[0]].append(_record(kind, row[1 : len(table_of(kind).columns) + 1]))
        return found

    def rows(
        self, kind: type[Record], columns: tuple[str, ...], world: str, *where: Condition, part: Slice = _ALL
    ) -> list[tuple[Any, ...]]:
        """Return some columns of the records that meet every condition."""
        condition = statements.split(where)
        if condition is None:
            return []
        table, (shape, values) = table_of(kind), condition
        if part.offset >= FAR and _is_total(part.order, table, where):
            return self._far_rows(table, columns, (world, *values), shape, part)
        statement = statements.select(table.name, columns, shape, part.order)
        return self.connection.rows(statement, (world, *values, part.length, part.offset))

    def _far_rows(
        self, table: Table, columns: tuple[str, ...], values: tuple[Any, ...], shape: statements.Shape, part: Slice
    ) -> list[tuple[Any, ...]]:
        """Read a page far down a list from its bookmark, if it has one, and put bookmarks for it and the next."""
        version, by = self.connection.state(), tuple(column for column, _ in part.order)
        self._bookmarks.keep_those_of(version)
        listed, width = (table.name, shape, values, by), len(columns)
        mark = self._bookmarks.find(listed, part.offset)
        statement = statements.select(table.name, (*columns, *by), shape, part.order, mark.side if mark else "")
        given = (*mark.row, part.length, 0) if mark else (part.length, part.offset)
        rows = self.connection.rows(statement, (*values, *given))
        if self.connection.state() != version:  # another connection has written meanwhile: before or after we read?
            return self._far_rows(table, columns, values, shape, part)
        if rows:
            self._bookmarks.put(listed, part.offset, rows[0][width:], rows[-1][width:], len(rows))
        return [row[:width] for row in rows]

    def put(self, world: str, *records: Record) -> None:
        """Save records, and replace those with the same key. Unchanged records are not written."""
        for record in records:
            former = self.get(type(record), world, *_key_of(record))
            if former is None:
                self.add(world, [record])
            else:
                self._save_changes(world, former, record)

    def update(self, world: str, record: R, **changes: Scalar) -> R:
        """Save changes of a stored record, and return it with them. What stays as it is, is not written."""
        new = {column: value for column, value in changes.items() if getattr(record, column) != value}
        self._save(world, record, new)
        return msgspec.structs.replace(record, **new)

    def replace(self, world: str, former: Iterable[R], records: Iterable[R]) -> None:
        """Save records, and replace stored records of their kind. Unchanged records are not written."""
        by_key = {_key_of(record): record for record in former}
        wanted = {_key_of(record): record for record in records}
        for key in by_key.keys() - wanted.keys():
            self.remove(type(by_key[key]), world, *_has_key(type(by_key[key]), key))
        for key in by_key.keys() & wanted.keys():
            self._save_changes(world, by_key[key], wanted[key])
        self.add(world, (wanted[key] for key in wanted.keys() - by_key.keys()))

    def _save_changes(self, world: str, former: Record, record: Record) -> None:
        if record != former:
            values = zip(record.__struct_fields__, *map(msgspec.structs.astuple, (former, record)), strict=True)
            self._save(world, record, {column: new for column, old, new in values if new != old})

    def _save(self, world: str, record: Record, changes: Mapping[str, Any]) -> None:
        """Save new values of columns of a stored record, if there are any."""
        if changes:
            statement = statements.update_one(type(record), tuple(changes))
            self._keep(statement, [(*changes.values(), world, *_key_of(record))])

    def add(self, world: str, records: Iterable[Record]) -> None:
        """Save new records."""
        by_kind: dict[type[Record], list[tuple[Any, ...]]] = defaultdict(list)
        bare: list[Table] = []
        for record in records:
            rows = by_kind[type(record)]
            rows.append((world, *msgspec.structs.astuple(record)))
            if len(rows) == AT_ONCE:
                bare += self._without_indexes(table_of(type(record)))
                self._keep(statements.insert(type(record)), rows)
                rows.clear()
        for kind, rows in by_kind.items():
            self._keep(statements.insert(kind), rows)
        for table in bare:
            for statement in statements.indexes(table):
                self._keep(statement, [()])

    def _without_indexes(self, table: Table) -> Iterator[Table]:
        """Drop the indexes of an empty table before many rows are added: creating them afterwards is quicker."""
        if self.connection.row(f"SELECT 1 FROM {table.name} LIMIT 1"):  # noqa: S608
            return
        for (index,) in self.connection.rows(_INDEXES_OF, (table.name,)):
            self.connection.run(f"DROP INDEX {index}")
        yield table

    def _keep(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._bookmarks.drop()
        try:
            self.connection.run(statement, rows)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def change(self, kind: type[Record], world: str, changes: Mapping[str, Scalar], *where: Condition) -> None:
        """Set columns of the records that meet every condition."""
        condition = statements.split(where)
        if condition is not None:
            shape, values = condition
            statement = statements.update(table_of(kind).name, tuple(changes), shape)
            self._keep(statement, [(*changes.values(), world, *values)])

    def remove(self, kind: type[Record], world: str, *where: Condition) -> None:
        """Remove the records that meet every condition."""
        condition = statements.split(where)
        if condition is not None:
            shape, values = condition
            self._keep(statements.delete(table_of(kind).name, shape), [(world, *values)])

    def clear(self, world: str, kinds: Sequence[type[Record]]) -> None:
        """Remove every record of some kinds in a world."""
        for kind in kinds:
            self.remove(kind, world)

    def copy(self, source: str, target: str, kinds: Sequence[type[Record]]) -> None:
        """Copy every record of some kinds to another world."""
        for kind in kinds:
            self._keep(statements.copy(kind), [(target, source)])

    def changed_elsewhere(self) -> bool:
        """Return whether another connection has written since the last call, or what was read is not true any more."""
        if not self._is_shared and self._version != _UNKNOWN:
            return False
        seen, self._version = self._version, self.connection.state()
        return seen != self._version

    def version(self) -> Hashable:
        """Return a value that is another one after anything was written, here or elsewhere, or undone."""
        return self._with_changes(self.connection.state() if self._is_shared else self._version)

    def version_read(self) -> Hashable:
        """Return the version in which `changed_elsewhere` was called last. What was written here since counts."""
        return self._with_changes(self._version)

    def _with_changes(self, version: int) -> Hashable:
        return version, self.connection.changed_rows(), self._times_forgotten

    def serve(self, *, durable: bool = False) -> None:
        """From now on wait for locks no longer than a request can, and copy the journal while requests go on."""
        self.connection.serve(durable=durable)

    def close(self) -> None:
        """Write everything into the one file and close it."""
        self.connection.close()


def _key_of(record: Record) -> tuple[Scalar, ...]:
    return tuple([getattr(record, column) for column in table_of(type(record)).key])


def _has_key(kind: type[Record], key: Iterable[Scalar]) -> Iterator[Where]:
    """Yield the conditions that only the record of a key meets."""
    return (Where(column, "=", value) for column, value in zip(table_of(kind).key, key, strict=True))


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
