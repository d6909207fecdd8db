"""Opens a store by its name: `memory`, or `sqlite:///PATH`."""

from __future__ import annotations

from lp_sandbox.worlds.store import CannotOpen, Layout, Store, Unavailable
from lp_sandbox.worlds.store.connection import MEMORY
from lp_sandbox.worlds.store.sqlite import SqliteStore

SCHEME = "sqlite:///"


def open_store(name: str, layout: Layout) -> Store:
    """Open a store by its name. Raises CannotOpen."""
    if name == "memory":
        return SqliteStore(MEMORY, layout)
    if not name.startswith(SCHEME) or name == SCHEME:
        raise CannotOpen(f"There is no store {name!r}. Use `memory` or `{SCHEME}PATH`.")
    try:
        return SqliteStore(name.removeprefix(SCHEME), layout)
    except Unavailable as trouble:
        raise CannotOpen(str(trouble)) from trouble
