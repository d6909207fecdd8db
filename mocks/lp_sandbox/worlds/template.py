"""What the worlds of an edition are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lp_sandbox.worlds.records import Record


@dataclass(frozen=True, slots=True)
class WorldTemplate:
    """What every new world of an edition holds, and what the store keeps of it."""

    edition: str
    kinds: tuple[type[Record], ...]
    lasting: tuple[type[Record], ...]
    """The kinds of which every world always has some."""
    lead_providers: Mapping[str, str]
    """Full names by id, in the contract's order. Each gets a token."""
    sizes: tuple[str, ...]
    """The smallest first."""
    records: Callable[[str, int, str], Iterable[Record]]
    """Returns the records of a new world, for its size, its seed, and the day that its dates are counted from."""
