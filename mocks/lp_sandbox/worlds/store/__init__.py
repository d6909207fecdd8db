"""The interface of every store.

A store holds each record in a world. Nothing crosses between worlds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from lp_sandbox.worlds.progress_log import Progress
from lp_sandbox.worlds.records import Record, Scalar, table_of

R = TypeVar("R", bound=Record)
Op = Literal["=", ">=", "<=", "in", "is", "lacks"]


class Where(NamedTuple):
    """A condition on a column. `in` takes a tuple of values; `is` also finds None.

    `lacks` takes a number whose bits the number in the column must not have.
    """

    column: str
    op: Op
    value: Any


class AnyOf(NamedTuple):
    """A condition that is met when one of several is."""

    tests: tuple[Where, ...]


Condition = Where | AnyOf
Wanted = tuple[Any, ...]
"""What one of several lookups is for: a kind of record, and conditions or the values of its key."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list, and its order: (column, descending), the most significant first."""

    order: tuple[tuple[str, bool], ...] = ()
    offset: int = 0
    length: int = -1
    """-1 takes all."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a store keeps. A file that was written for another layout is refused."""

    kinds: tuple[type[Record], ...]
    editions: tuple[str, ...] = ()
    """The editions to which the worlds in the store belong."""

    def __post_init__(self) -> None:
        """Raise ValueError when two kinds of records would share a table."""
        by_table = {table_of(kind).name: kind for kind in self.kinds}
        for kind in self.kinds:
            if by_table[table_of(kind).name] is not kind:
                other = by_table[table_of(kind).name]
                names = " and ".join(f"{each.__module__}.{each.__name__}" for each in (kind, other))
                raise ValueError(f"{names} would share the table {table_of(kind).name}. Rename one of them.")


class Conflict(Exception):  # noqa: N818 - says what it is
    """Records would contradict each other: two with the same key, or training of one person that overlaps."""


class CannotOpen(Exception):  # noqa: N818 - says what it is
    """There is no such store, or it cannot be used. The message says why and what to do."""


class Unavailable(Exception):  # noqa: N818 - says what it is
    """The store cannot be used at the moment, and nothing was changed. The message says why and what to do."""


class Store(Protocol):
    """Holds records, each in a world, under the key of its kind. Every method can raise Unavailable."""

    kind: str
    """Where it keeps them: `memory` or `sqlite`."""

    def reading(self) -> AbstractContextManager[None]:
        """Read as of one moment until the end, unaffected by writes of other processes."""

    def writing(self) -> AbstractContextManager[None]:
        """Write until the end. Then everything is saved, or after an exception nothing."""

    def grouped(self) -> AbstractContextManager[None]:
        """Leave what is written until the end for `save`, which saves several writes at once."""

    def has_unsaved(self) -> bool:
        """Say whether what was written within `grouped` is not saved."""

    def save(self) -> None:
        """Save what was written within `grouped`. After an exception nothing of it is saved."""

    def undone(self) -> AbstractContextManager[None]:
        """Undo at the end what was written since the beginning. Other processes cannot write meanwhile."""

    def watched(self, report: Progress) -> AbstractContextManager[None]:
        """Report the progress of writing until the end."""

    def get(self, kind: type[R], world: str, *key: Scalar) -> R | None:
        """Return the record of a key."""

    def find(self, kind: type[R], world: str, *where: Condition, part: Slice = ...) -> list[R]:
        """Return the records that meet every condition."""

    def get_each(self, world: str, *wanted: Wanted) -> Sequence[Any]:
        """Return the record of each of several kinds and keys: one query takes half as long as several."""

    def find_each(self, world: str, *wanted: Wanted) -> Sequence[list[Any]]:
        """Return the records of each of several kinds and conditions: one query takes half as long as several."""

    def rows(
        self, kind: type[Record], columns: tuple[str, ...], world: str, *where: Condition, part: Slice = ...
    ) -> list[tuple[Any, ...]]:
        """Return some columns of the records that meet every condition."""

    def put(self, world: str, *records: Record) -> None:
        """Save records, and replace those with the same key. Raises Conflict."""

    def update(self, world: str, record: R, **changes: Scalar) -> R:
        """Save changes of a stored record, which are not of its key, and return it with them. Raises Conflict."""

    def replace(self, world: str, former: Iterable[R], records: Iterable[R]) -> None:
        """Save records, and replace stored records of their kind. Raises Conflict."""

    def add(self, world: str, records: Iterable[Record]) -> None:
        """Save new records. Raises Conflict when there is one with the same key."""

    def change(self, kind: type[Record], world: str, changes: Mapping[str, Scalar], *where: Condition) -> None:
        """Set columns of the records that meet every condition. Raises Conflict."""

    def remove(self, kind: type[Record], world: str, *where: Condition) -> None:
        """Remove the records that meet every condition."""

    def clear(self, world: str, kinds: Sequence[type[Record]]) -> None:
        """Remove every record of some kinds in a world."""

    def copy(self, source: str, target: str, kinds: Sequence[type[Record]]) -> None:
        """Copy every record of some kinds to another world. Raises Conflict."""

    def serve(self, *, durable: bool = False) -> None:
        """From now on, limit waits for other processes to the time of a request, and do long work next to requests.

        What a `durable` store has saved survives a power cut, and not only a killed process.
        """

    def changed_elsewhere(self) -> bool:
        """Return whether another process may have written since the last call."""

    def version(self) -> Hashable:
        """Return a value that is another one after anything was written, here or elsewhere, or undone."""

    def version_read(self) -> Hashable:
        """Return the version in which `changed_elsewhere` was called last. What was written here since counts."""

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
