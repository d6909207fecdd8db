"""What the worlds of an edition hold when they begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lp_sandbox.worlds.records import Record

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class WorldTemplate:
    """What the store keeps of the worlds of an edition, and what a new one holds."""

    edition: str
    kinds: tuple[type[Record], ...]
    lasting: tuple[type[Record], ...]
    """The kinds of which every world has at least one record."""
    lead_providers: Mapping[str, str]
    """Full names by id, in the contract's order. Each gets a token."""
    sizes: tuple[str, ...]
    """The smallest first."""
    records: Callable[[str, int, str], Iterable[Record]]
    """Returns the records of a new world, by its size, its seed, and the day from which its dates are counted."""
    clock_starts_at: str | None = None
    """The time from which the clock of a new world runs, unless it is given another; None is the real time."""
    beside: tuple[type[Record], ...] = ()
    """The kinds of records that name a world in `world_id` and are kept outside of it, like tokens: they stay when the
    world is reset, and are removed with it."""
    default_world: str = DEFAULT
    """The name of the world that requests to controls use when they name none. It cannot be removed."""
