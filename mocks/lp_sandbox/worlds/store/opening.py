"""Opens the store that a client names: `memory`, or `sqlite:///PATH`."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.worlds.records import Record
from lp_sandbox.worlds.store import CannotOpen, Store, Unavailable
from lp_sandbox.worlds.store.connection import MEMORY
from lp_sandbox.worlds.store.sqlite import SqliteStore

SCHEME = "sqlite:///"


def open_store(name: str, kinds: Sequence[type[Record]]) -> Store:
    """Open a store by its name. Raises CannotOpen."""
    if name == "memory":
        return SqliteStore(MEMORY, kinds)
    if not name.startswith(SCHEME) or name == SCHEME:
        raise CannotOpen(f"There is no store {name!r}. Say `memory` or `{SCHEME}PATH`.")
    try:
        return SqliteStore(name.removeprefix(SCHEME), kinds)
    except Unavailable as trouble:
        raise CannotOpen(str(trouble)) from trouble
