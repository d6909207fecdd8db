"""Recognises database files by their first bytes, before anything opens or changes them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from lp_sandbox.worlds.store import CannotOpen

APPLICATION = int.from_bytes(b"LPSB", "big")
"""The mark of a file of the sandbox, which `PRAGMA application_id` writes."""
_MAGIC = b"SQLite format 3\0"
_VERSION, _APPLICATION = slice(60, 64), slice(68, 72)  # see https://sqlite.org/fileformat.html


class Files(NamedTuple):
    """A database and its journal."""

    identity: tuple[int, ...]
    """Numbers that identify both, independent of their names."""
    journal: int
    """The size of the journal in bytes."""


def prepare_place(path: Path, version: int) -> None:
    """Create the folder of a store, and check that an existing file in it is the sandbox's own.

    Raises CannotOpen for a file that the sandbox did not write, and leaves it as it is.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "not a regular file"
            raise CannotOpen(f"{path} is {kind}. Name a file with --store.")
        head = _head(path)
    except OSError as error:
        raise CannotOpen(
            f"{path} cannot be used as a store: {error.strerror}. Allow it, or name another file with --store."
        ) from error
    if head:
        _check(path, head, version)


def _head(path: Path) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        return file.read(100)


def _check(path: Path, head: bytes, version: int) -> None:
    if not head.startswith(_MAGIC):
        raise CannotOpen(f"{path} is not a database of the sandbox. Name another file with --store.")
    marks = [int.from_bytes(head[part], "big") for part in (_APPLICATION, _VERSION)]
    if marks != [APPLICATION, version]:
        raise CannotOpen(
            f"{path} was written by another program, by another version of the sandbox or for other editions. "
            "Name another file with --store, or remove this one."
        )
    if not os.access(path, os.W_OK, effective_ids=True):
        raise CannotOpen(f"{path} is read-only. Allow writing to it, or name another file with --store.")


def identify(path: str) -> Files:
    """Identify a database and its journal. Raises OSError."""
    main, journal = os.stat(path), os.stat(f"{path}-wal")  # noqa: PTH116 - quicker
    return Files((main.st_dev, main.st_ino, journal.st_dev, journal.st_ino), journal.st_size)
