"""A connection to SQLite: it checks the file, runs one transaction at a time, and explains every error."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lp_sandbox.worlds.progress_log import Progress
from lp_sandbox.worlds.store import CannotOpen, Unavailable, checkpoints
from lp_sandbox.worlds.store.identify_database_files import APPLICATION, Files, identify, prepare_place
from lp_sandbox.worlds.store.sqlite_errors import DAMAGED, GONE, explain, is_busy

MEMORY = ":memory:"
AT_START, WHEN_FREE, WHEN_HELD = 10_000, 500, 20
"""How many milliseconds to wait for a lock: at the start, and then after a lock that was free or held.

A write that waits keeps every other request waiting.
"""
_PAUSE = 0.02
_ONE_MORE = 2**32
STEPS = 100_000
"""How many steps of SQLite pass between two looks at progress: they take some milliseconds."""
_MOST_CHECKED = 64 * 2**20
"""The largest file that is checked as a whole when it is opened, which takes less than a tenth of a second."""
_PRAGMAS = (
    "synchronous = NORMAL",  # a killed process loses nothing; a power cut may lose the last moment
    "cache_size = -8192",  # KiB: a whole standard world. After some commits SQLite looks through all of it
    "wal_autocheckpoint = 20000",
)
Values = Sequence[Any]


class Connection:
    """One connection to a file, or to MEMORY."""

    def __init__(
        self, path: str, definitions: Sequence[str], editions: Sequence[str] = (), *, contents: bytes = b""
    ) -> None:
        """Open a file, and create the tables in a new one. Raises CannotOpen and Unavailable.

        A file with other definitions, or for other editions, is refused. MEMORY can begin with the contents of another.
        """
        self._path, self._definitions = path, definitions
        self._version = _hashed((*sorted(editions), *sorted(definitions)))
        self._is_file = path != MEMORY
        self._contents = contents
        self._is_lost = False
        self._checkpoints: checkpoints.Checkpoints | None = None
        self._is_durable = False
        self._opened = 0
        """Counts how often a file was opened: another file can have taken the place of the first."""
        self._open()

    def _open(self) -> None:
        if self._is_file:
            prepare_place(Path(self._path), self._version)
        self.db = self._connected()
        self._opened += _ONE_MORE
        try:
            self._prepare()
        except BaseException as error:
            self.db.close()
            if isinstance(error, sqlite3.Error):
                explain(error, self._path)
            raise
        self._patience = AT_START

    def _connected(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(self._path, isolation_level=None, cached_statements=512, check_same_thread=False)
        except sqlite3.Error as error:
            explain(error, self._path)

    def _prepare(self) -> None:
        self.db.execute(f"PRAGMA busy_timeout = {AT_START}")
        if self._contents:
            self.db.deserialize(self._contents)
        self._define()
        if self._is_file:
            self._use_a_journal()
            self._check()
        for pragma in _PRAGMAS:
            self.db.execute(f"PRAGMA {pragma}")
        if self._is_file:
            self._files: Files = identify(self._path)

    def _define(self) -> None:
        """Create the tables in a new file, all or none, however many processes try at once."""
        if self._marked():
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            if not self._marked():
                for definition in self._definitions:
                    self.db.execute(definition)
                self.db.execute(f"PRAGMA application_id = {APPLICATION}")
                self.db.execute(f"PRAGMA user_version = {self._version}")
            self.db.execute("COMMIT")
        except BaseException:
            self.roll_back()
            raise

    def _marked(self) -> bool:
        found: int = self.db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, self._version):
            raise CannotOpen(
                f"{self._path} was written by another version of the sandbox or for other editions. "
                "Name another file with --store."
            )
        return found == self._version

    def _use_a_journal(self) -> None:
        """Switch to a write-ahead journal. SQLite itself does not wait for the lock that this needs."""
        end = time.monotonic() + AT_START / 1000
        while True:
            try:
                self.db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > end:
                    raise
                time.sleep(_PAUSE)
            else:
                return

    def _check(self) -> None:
        """Check that the file has every table and index, and, where that is quick, that no part of it is damaged."""
        found = {sql for (sql,) in self.db.execute("SELECT sql FROM sqlite_master")}
        missing = [definition for definition in self._definitions if definition not in found]
        if missing:
            self._refuse(f"it lacks what `{missing[0].partition('(')[0].strip()}` made")
        if Path(self._path).stat().st_size <= _MOST_CHECKED:
            (result,) = self.db.execute("PRAGMA quick_check(1)").fetchone()
            if result != "ok":
                self._refuse(" ".join(result.split()))

    def _refuse(self, error: str) -> None:
        raise Unavailable(DAMAGED.format(path=self._path, error=error))

    def row(self, statement: str, values: Values = ()) -> Any:
        """Return the first row of a result; None when there is none."""
        try:
            return self.db.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            explain(error, self._path)

    def rows(self, statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return every row of a result."""
        try:
            return self.db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            explain(error, self._path)

    def run(self, statement: str, many: Iterable[Values] = ((),)) -> None:
        """Run a statement once for each of many values. Raises sqlite3.IntegrityError too."""
        try:
            self.db.executemany(statement, many)
        except sqlite3.Error as error:
            explain(error, self._path)

    def __enter__(self) -> None:
        """Begin to read as of one moment. A generator would take twice the time."""
        try:
            self.db.execute("BEGIN")
        except sqlite3.Error as error:
            explain(error, self._path)

    def __exit__(self, *_: object) -> None:
        self.roll_back()

    @contextmanager
    def watched(self, report: Progress) -> Iterator[None]:
        """Report how many rows were written while statements run. Only then can signals interrupt statements."""
        before = self.db.total_changes
        self.db.set_progress_handler(lambda: report(self.db.total_changes - before), STEPS)
        try:
            yield
        finally:
            with suppress(sqlite3.ProgrammingError):  # a block that a signal left can end after the connection
                self.db.set_progress_handler(None, 0)
        report.end(self.db.total_changes - before)

    def begin_writing(self) -> None:
        """Begin as the only writer, so that records that are read before writing do not change until the end."""
        if self._is_lost:
            self._find_again()
        if self._checkpoints:
            self._checkpoints.finish(self.db, self._files.journal)
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if is_busy(error):
                self._wait(WHEN_HELD)
            explain(error, self._path)
        if self._patience == WHEN_HELD:
            self._wait(WHEN_FREE)

    def _wait(self, milliseconds: int) -> None:
        self._patience = milliseconds
        self.db.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def serve(self, *, durable: bool) -> None:
        """From now on wait for locks no longer than a request can, and copy the journal while requests go on.

        A `durable` commit waits until it is on the disk.
        """
        self._wait(WHEN_FREE)
        self._is_durable = durable
        if self._is_file:
            self.row(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.row(f"PRAGMA journal_size_limit = {checkpoints.USUAL}")
            self.row("PRAGMA wal_autocheckpoint = 0")
            try:
                self._checkpoints = checkpoints.Checkpoints(self._path)
            except sqlite3.Error as error:
                explain(error, self._path)

    def commit(self) -> None:
        """End the transaction and save it. Raises Unavailable when the file of our name is gone."""
        self._find()
        self.row("COMMIT")
        if self._checkpoints:
            self._checkpoints.note(self._files.journal)

    def roll_back(self) -> None:
        """End the transaction without saving."""
        with suppress(sqlite3.Error):  # a block that a signal left can end after the connection
            if self.db.in_transaction:  # SQLite has ended it itself after some errors
                self.db.execute("ROLLBACK")

    def _find(self) -> None:
        """Check that a commit goes into the file of our name. Raises Unavailable."""
        if self._is_file and not self._is_there():
            self._is_lost = True
            raise Unavailable(GONE.format(path=self._path))

    def _is_there(self) -> bool:
        try:
            found = identify(self._path)
        except OSError:
            return False
        is_same = found.identity == self._files.identity
        if is_same:
            self._files = found
        return is_same

    def _find_again(self) -> None:
        """Open the file that has replaced ours, if there is one. Raises Unavailable."""
        if self._is_there():
            self._is_lost = False
            return
        if not Path(self._path).exists():
            raise Unavailable(GONE.format(path=self._path))
        try:
            prepare_place(Path(self._path), self._version)  # before the file that is still open is closed
            self.close()
            self._open()
        except CannotOpen as error:
            raise Unavailable(str(error)) from error
        self._is_lost = False
        self.serve(durable=self._is_durable)

    def changed_rows(self) -> int:
        """Count the rows that this connection has written so far, and 0 once it is closed."""
        try:
            return self.db.total_changes
        except sqlite3.ProgrammingError:  # a block that a signal left can end after the connection
            return 0

    def state(self) -> int:
        """Return a number that changes when another connection has written, and when another file was opened."""
        try:
            version: int = self.db.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            explain(error, self._path)
        return self._opened + version

    def close(self) -> None:
        """Write the journal into the file and close both. SQLite does not touch a file that has replaced them."""
        if self._checkpoints:
            self._checkpoints.close()
            self._checkpoints = None
        self.roll_back()
        with suppress(sqlite3.Error):  # the next start finds in the journal what could not be written
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()


def _hashed(texts: Sequence[str]) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(texts).encode()).digest()[:4], "big") & 0x7FFFFFFF
