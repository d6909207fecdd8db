"""Checkpoints: copies the journal of a file into the file while requests go on.

SQLite writes to the journal, and writes to its beginning again once all of it is copied. A thread copies most of it. As
requests write meanwhile, the writer copies the rest itself, between two transactions.
"""

from __future__ import annotations

import sqlite3
from threading import Event, Lock, Thread

USUAL = 32 * 2**20
"""The size of the journal, in bytes, from which it is copied. The space stays, because using it again is quicker."""
MOST = 48 * 2**20
"""The size from which the writer waits for the copy."""
PASSES = 6
"""How often the thread copies what was written during the pass before, until that is little."""
FEW = 300
"""How many pages the writer can copy without making requests wait long."""
PAUSE = 1.0
"""How many seconds to wait while another program reads, and so keeps SQLite from copying more."""
_OPEN = "SELECT count(*) FROM sqlite_master"
"""Opens the file and its journal. Later, others could be in their place."""
_COPY = "PRAGMA wal_checkpoint(PASSIVE)"  # which does not wait for readers or writers


class Checkpoints:
    """Copies the journal of a file in a thread, on a connection of its own."""

    def __init__(self, path: str) -> None:
        """Start the thread, which waits until the journal has grown. Raises sqlite3.Error."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute(_OPEN).fetchone()
        self._has_grown, self._is_over, self._copying = Event(), Event(), Lock()
        self._is_nearly_done = self._is_done = False
        self._thread = Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def note(self, size: int) -> None:
        """Note the size that the journal had before it took in a transaction."""
        if size > USUAL and not self._is_nearly_done and not self._is_done:
            self._has_grown.set()
        self._is_done = False  # the journal has restarted with that transaction

    def finish(self, writer: sqlite3.Connection, size: int) -> None:
        """Copy the rest before a transaction, once the thread has copied the most, or when the journal is large."""
        if self._is_nearly_done or size > MOST:
            with self._copying:
                pages, copied = _copy(writer)
                self._is_done = pages == copied
                self._is_nearly_done = False

    def close(self) -> None:
        """Stop the thread."""
        self._is_over.set()  # before the thread is woken, which looks at it then
        self._has_grown.set()
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while not self._is_over.is_set():
            self._has_grown.wait()
            self._has_grown.clear()
            if not self._is_nearly_done:
                self._copy_most()

    def _copy_most(self) -> None:
        pages = copied = 0
        for _ in range(PASSES):
            before = copied
            with self._copying:
                pages, copied = _copy(self._db)
            if pages - before <= FEW:
                break
        self._is_nearly_done = pages - copied <= FEW
        if not self._is_nearly_done:
            self._is_over.wait(PAUSE)


def _copy(db: sqlite3.Connection) -> tuple[int, int]:
    """Copy the journal as it is now, and return how many pages it has, and how many of them are copied."""
    try:
        is_busy, pages, copied = db.execute(_COPY).fetchone()
    except sqlite3.Error:  # the disk is full, for instance: the next write says so
        return FEW + 1, 0
    return (FEW + 1, 0) if is_busy else (pages, copied)
