"""Explains the errors of SQLite in sentences."""

from __future__ import annotations

import sqlite3
from typing import NoReturn

from lp_sandbox.worlds.store import Unavailable

_PRIMARY = 0xFF
"""The bits of an error code that name its kind, see https://sqlite.org/rescode.html."""
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
GONE = "{path} was removed or replaced while the sandbox used it. Put it back, or restart the sandbox."
DAMAGED = "{path} is damaged ({error}). Put back a copy of it, or name another file with --store."
_READ_ONLY = "{path} is read-only. Allow writing to it and to its folder, or name another file with --store."
_SENTENCES = {
    **dict.fromkeys(BUSY, "Another program holds the lock of {path}. Wait until it has finished, or stop it."),
    sqlite3.SQLITE_FULL: "There is no space left to write {path}. Free some, or name a file elsewhere with --store.",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened. Allow reading and writing it and its folder.",
    sqlite3.SQLITE_IOERR: "{path} cannot be read or written ({error}). Check the disk and its free space.",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}


def explain(error: sqlite3.Error, path: str) -> NoReturn:
    """Raise what an error of SQLite means: Unavailable, KeyboardInterrupt, or the error itself for a sandbox fault."""
    if _code(error) == sqlite3.SQLITE_INTERRUPT:  # by a signal: SQLite drops the exception that it raised
        raise KeyboardInterrupt from error
    sentence = _SENTENCES.get(_code(error))
    if sentence is None:
        raise error
    raise Unavailable(sentence.format(path=path, error=error)) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection holds a lock that is needed."""
    return _code(error) in BUSY


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY
