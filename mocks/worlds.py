"""Worlds: made, found by a token, put back to their beginning, and removed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mocks.clock import real_time, stamp
from mocks.edition import Edition
from mocks.ids import make_token
from mocks.records import Token, World
from mocks.store import Slice, Store, Where

NOWHERE = ""
"""The world in which worlds and tokens themselves are kept."""
DEFAULT = "default"
STANDARD = "standard"
_BY_AGE = Slice((("created_at", False), ("id", False)))


class Worlds:
    """The worlds of a store, all of one edition."""

    def __init__(self, store: Store, edition: Edition) -> None:
        self._store, self._edition = store, edition
        self._known: dict[str, tuple[World, Token]] = {}

    def create(self, id: str | None = None, size: str = STANDARD, seed: int = 0, clock: str | None = None) -> World:
        """Make a world and seed it. Raises mocks.store.Conflict when there is one of this name."""
        name = id or uuid.uuid4().hex[:12]
        world = World(name, self._edition.contract.edition, size, seed, clock, stamp(real_time()))
        tokens = [
            Token(make_token(seed, name, provider_id), name, provider_id, full_name)
            for provider_id, full_name in self._edition.lead_providers.items()
        ]
        with self._store.writing():
            self._store.add(NOWHERE, [world, *tokens])
            self._store.add(name, self._edition.records(size, seed))
        return world

    def get(self, id: str) -> World | None:
        """Return the world of a name."""
        return self._store.get(World, NOWHERE, id)

    def all(self) -> Sequence[World]:
        """Return every world, the oldest first."""
        return self._store.find(World, NOWHERE, part=_BY_AGE)

    def tokens(self, world: World) -> Sequence[Token]:
        """Return the tokens of a world, in the order of the contract's lead providers."""
        found = self._store.find(Token, NOWHERE, Where("world_id", "=", world.id))
        order = list(self._edition.lead_providers)
        return sorted(found, key=lambda token: order.index(token.lead_provider_id))

    def opened_by(self, token: str) -> tuple[World, Token] | None:
        """Return the world that a token opens, and what the token says."""
        if token not in self._known:
            found = self._store.get(Token, NOWHERE, token)
            world = found and self.get(found.world_id)
            if not found or not world:
                return None
            self._known[token] = (world, found)
        return self._known[token]

    def reset(self, world: World) -> None:
        """Put a world back to what it was when it was made. Its tokens stay."""
        with self._store.writing():
            self._store.clear(world.id, self._edition.kinds)
            self._store.add(world.id, self._edition.records(world.size, world.seed))

    def remove(self, world: World) -> None:
        """Remove a world with everything in it."""
        self._known.clear()
        with self._store.writing():
            self._store.clear(world.id, self._edition.kinds)
            self._store.remove(Token, NOWHERE, Where("world_id", "=", world.id))
            self._store.remove(World, NOWHERE, Where("id", "=", world.id))
