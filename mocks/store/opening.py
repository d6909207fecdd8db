"""Opens the store that a client names: `memory`, or `sqlite:///PATH`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from mocks.records import Record
from mocks.store import Store
from mocks.store.sqlite import MEMORY, OtherVersion, SqliteStore

SCHEME = "sqlite:///"


class CannotOpen(Exception):  # noqa: N818 - tells what it is
    """There is no such store, or it cannot be used. The message says why and what to do."""


def open_store(name: str, kinds: Sequence[type[Record]]) -> Store:
    """Open a store by its name. Raises CannotOpen."""
    if name == "memory":
        return SqliteStore(MEMORY, kinds)
    if not name.startswith(SCHEME) or name == SCHEME:
        raise CannotOpen(f"There is no store {name!r}. Say `memory` or `{SCHEME}PATH`.")
    path = Path(name.removeprefix(SCHEME))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteStore(str(path), kinds)
    except OtherVersion:
        raise CannotOpen(
            f"{path} was written by another version of the sandbox. Remove it, or name another file with --store."
        ) from None
    except (OSError, sqlite3.Error) as error:
        raise CannotOpen(f"{path} cannot be used as a store: {error}.") from error
