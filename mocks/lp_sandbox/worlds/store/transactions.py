"""The transactions of the only writer: one for each write, or one for a group of writes that are saved together.

To save takes longer than most writes. So a server can answer requests that arrive at the same moment, save what they
wrote once, and send the answers then. Within a group a write that fails leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lp_sandbox.worlds.store import Unavailable
from lp_sandbox.worlds.store.connection import Connection

LOST = "What other requests wrote at the same moment could not be saved."


class Writing:
    """A transaction, which begins and ends with a `with` block. A generator would take longer."""

    def __init__(self, connection: Connection, undone: Callable[[], None]) -> None:
        """`undone` is called after something that was written is undone."""
        self._connection, self._undone = connection, undone
        self.is_grouped = False
        """Whether the end of a write leaves the transaction open for others."""
        self.is_open = False
        """Whether a group has written what is not saved."""
        self.is_undone = False
        """Whether all writes are one group, which will be undone."""
        self._rows_before = 0
        """How many rows the connection had changed when the transaction began."""
        self._failure: Exception | None = None

    def __enter__(self) -> None:
        self.close_for_others()
        if self.is_open:
            self._connection.row("SAVEPOINT one_write")
        else:
            self._begin()

    def _begin(self) -> None:
        self._connection.begin_writing()
        self._rows_before = self._connection.changed_rows()

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None and self.is_grouped:
            if self.is_open:
                self._connection.row("RELEASE one_write")
            self.is_open = True
        elif failure is None:
            self._commit()
        elif self.is_open:
            self._undo_one()
        else:
            self._undo()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end what was written since the beginning. Raises what kept the last group from being saved."""
        self.close_for_others()
        if self._failure:
            raise self._failure
        self._begin()
        self.is_undone = self.is_grouped = self.is_open = True
        try:
            yield
        finally:
            self.is_undone = self.is_grouped = False
            self._failure = None
            self._undo()

    def close_for_others(self) -> None:
        """Save the group, if one is open, before something else than a request of the group reads or writes."""
        if self.is_open and not self.is_grouped:
            try:
                self._save()
            except Exception as failure:  # noqa: BLE001 - the requests of the group get it
                self._failure = failure

    def has_unsaved(self) -> bool:
        """Say whether a group has written what is not saved, or what is lost."""
        return not self.is_undone and (self.is_open or self._failure is not None)

    def save(self) -> None:
        """Save what a group has written, unless it will be undone. Raises Unavailable when anything of it is lost."""
        if self.is_undone:
            return
        failure, self._failure = self._failure, None
        if failure is None and self.is_open:
            self._save()
        elif failure is not None:
            self._undo()
            raise failure

    def _save(self) -> None:
        self.is_open = False
        self._commit()

    def _commit(self) -> None:
        try:
            self._connection.commit()
        except BaseException:
            self._undo()
            raise

    def _undo_one(self) -> None:
        """Undo one write of a group. After some errors SQLite has undone all of them itself."""
        self._report()
        if self._connection.db.in_transaction:
            self._connection.row("ROLLBACK TO one_write")
            self._connection.row("RELEASE one_write")
        else:
            self.is_open, self._failure = False, Unavailable(LOST)

    def _undo(self) -> None:
        self.is_open = False
        self._connection.roll_back()
        self._report()

    def _report(self) -> None:
        """Report that something is undone, if anything was written: most refused requests write nothing."""
        if self._connection.changed_rows() != self._rows_before:
            self._undone()


class Grouping:
    """Leaves the transactions of a `with` block open, for `Writing.save` to save them together."""

    def __init__(self, writing: Writing) -> None:
        """Take the transactions."""
        self._writing = writing

    def __enter__(self) -> None:
        self._writing.is_grouped = True

    def __exit__(self, *_: object) -> None:
        self._writing.is_grouped = self._writing.is_undone
