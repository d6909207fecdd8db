"""Creates, finds, forks, resets, restores and removes worlds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Literal

import msgspec

from lp_sandbox.worlds.clock import REAL, Setting, day, parse, real_time, set_to, shown, stamp
from lp_sandbox.worlds.ids import make_token
from lp_sandbox.worlds.progress_log import Progress
from lp_sandbox.worlds.records import Record, Token, World, table_of
from lp_sandbox.worlds.store import Slice, Store, Where
from lp_sandbox.worlds.world_limits import WorldLimits
from lp_sandbox.worlds.world_template import WorldTemplate

NOWHERE = ""
"""The world that holds the records of worlds and tokens themselves."""
NOT_SEEDED = ""
"""The first day of a world that has no records yet."""
Opened = tuple[World, Token]
"""A world, and the token that opens it."""
_BY_AGE = Slice((("created_at", False), ("id", False)))
Unmet = Literal["world_is_found", "snapshot_is_found", "worlds_are_few", "snapshots_are_few"]
"""Problems of the controls' contract."""


class Impossible(Exception):  # noqa: N818 - the name says what it is
    """A world cannot be changed now, for the reason of a problem. Nothing was changed."""

    def __init__(self, problem: Unmet) -> None:
        self.problem: Unmet = problem
        super().__init__(problem)


class Worlds:
    """The worlds of a store that belong to some editions, each of which has a template."""

    def __init__(self, store: Store, templates: Sequence[WorldTemplate], limits: WorldLimits | None = None) -> None:
        self._store, self._limits = store, limits or WorldLimits()
        self._templates = {template.edition: template for template in templates}
        self._defaults = frozenset(template.default_world for template in templates)
        self._is_served = Where("edition", "in", tuple(self._templates))
        self._known: dict[str, Opened] = {}

    def create(
        self,
        id: str | None = None,
        *,
        size: str,
        seed: int = 0,
        clock: str | None = None,
        edition: str | None = None,
        is_seeded: bool = True,
    ) -> World:
        """Create a world of an edition, or else of the first edition.

        Unless `is_seeded`, the world is seeded when it is first used; its tokens are valid at once. Raises
        lp_sandbox.worlds.store.Conflict when there is one of this name, and Impossible when there are too many.
        """
        self.forget()
        with self._store.writing():
            world = self._add(id, size, seed, clock, edition)
            return self._seed(world, "Creating") if is_seeded else world

    def _add(self, id: str | None, size: str, seed: int, first_clock: str | None, edition: str | None) -> World:
        """Add a world with its tokens, but without other records."""
        template = self._templates[edition or next(iter(self._templates))]
        clock, ahead = _first_setting(template, first_clock)
        now = stamp(real_time())
        name = id or _random_name()
        world = World(name, template.edition, size, seed, clock, ahead, first_clock, 0, NOT_SEEDED, now)
        self._make_room(world)
        self._store.add(NOWHERE, [world, *self._new_tokens(world)])
        return world

    def seeded(self, world: World) -> World:
        """Return a world after it was seeded, if it was not before. Call it outside a transaction."""
        if world.seeded_on != NOT_SEEDED:
            return world
        with self.changing(world) as found:
            return found

    def _seed(self, world: World, doing: str) -> World:
        """Replace the records of a world with the records of its seeds, and set its first clock."""
        template = self._template(world)
        clock, ahead = _first_setting(template, world.first_clock)
        first_day = day(shown(clock, ahead))
        with self._reported(doing, world):
            if world.seeded_on != NOT_SEEDED:
                self._store.clear(world.id, template.kinds)
            self._store.add(world.id, template.records(world.size, world.seed, first_day))
        return self._changed(world, clock=clock, ahead=ahead, made=0, seeded_on=first_day)

    def undone(self) -> AbstractContextManager[None]:
        """Undo at the end what was written since the beginning. To copy a world and to remove it takes far longer."""
        return self._store.undone()

    def is_default(self, world: World) -> bool:
        """Say whether a world is the default one of an edition, which cannot be removed."""
        return world.id in self._defaults

    def _template(self, world: World) -> WorldTemplate:
        return self._templates[world.edition]

    def fork(self, world: World, id: str | None = None) -> World:
        """Create another world with the same records and other tokens. Raises store.Conflict, Impossible."""
        self.forget()
        with self.changing(world) as source, self._reported("Forking", source):
            fork = msgspec.structs.replace(source, id=id or _random_name(), created_at=stamp(real_time()))
            self._make_room(fork)
            self._store.add(NOWHERE, [fork, *self._new_tokens(fork)])
            self._store.copy(source.id, fork.id, self._template(source).kinds)
        return fork

    def _make_room(self, world: World) -> None:
        """Raise Impossible when there are as many worlds as the limit. The default one does not count."""
        if not self.is_default(world) and len(self._store.rows(World, ("id",), NOWHERE)) >= self._limits.worlds:
            raise Impossible("worlds_are_few")

    def forget(self) -> None:
        """Remove the worlds that are older than the limit. The default one stays."""
        if self._limits.age is None:
            return
        last = stamp(real_time() - self._limits.age)
        for world in self._store.find(World, NOWHERE, Where("created_at", "<=", last), self._is_served):
            if not self.is_default(world):
                with suppress(Impossible):  # another process has removed it
                    self.remove(world)

    @contextmanager
    def changing(self, world: World) -> Iterator[World]:
        """Begin to write, and yield the world as it is then: another process may have changed or removed it.

        A world that was not seeded before is seeded. Raises Impossible when the world does not exist.
        """
        with self._writing(world) as found:
            yield found if found.seeded_on != NOT_SEEDED else self._seed(found, "Seeding")

    @contextmanager
    def _writing(self, world: World) -> Iterator[World]:
        """Begin to write, and yield the world as it is then, seeded or not. Raises Impossible."""
        with self._store.writing():
            found = self.get(world.id)
            if found is None:
                raise Impossible("world_is_found")
            yield found

    def _new_tokens(self, world: World) -> Iterable[Token]:
        for provider_id, full_name in self._template(world).lead_providers.items():
            yield Token(make_token(world.seed, world.id, provider_id), world.id, provider_id, full_name)

    def get(self, id: str) -> World | None:
        """Return the world of a name."""
        found = self._store.get(World, NOWHERE, id)
        return found if found and found.edition in self._templates else None

    def all(self) -> Sequence[World]:
        """Return every world, the oldest first."""
        return self._store.find(World, NOWHERE, self._is_served, part=_BY_AGE)

    def tokens(self, world: World) -> Sequence[Token]:
        """Return the tokens of a world, in the order of the contract's lead providers."""
        found = self._store.find(Token, NOWHERE, Where("world_id", "=", world.id))
        order = list(self._template(world).lead_providers)
        return sorted(found, key=lambda token: order.index(token.lead_provider_id))

    def lacking(self, world: World) -> Sequence[str]:
        """Name the kinds of records that every world has, and this one lacks."""
        one = Slice(length=1)
        lasting = self._template(world).lasting if world.seeded_on != NOT_SEEDED else ()
        found = {kind: self._store.rows(kind, table_of(kind).key, world.id, part=one) for kind in lasting}
        lacking = [table_of(kind).name for kind, records in found.items() if not records]
        return lacking if self.tokens(world) else [table_of(Token).name, *lacking]

    def known(self, token: str) -> Opened | None:
        """Return the world that a token opened last. Another process can have changed it since."""
        return self._known.get(token)

    def opened_by(self, token: str) -> Opened | None:
        """Return the world that a token opens, and the token."""
        if self._store.changed_elsewhere():
            self._known.clear()
        if token not in self._known:
            found = self._store.get(Token, NOWHERE, token)
            world = found and self.get(found.world_id)
            if not found or not world:
                return None
            self._known[token] = (world, found)
        return self._known[token]

    def _reported(self, doing: str, world: World) -> AbstractContextManager[None]:
        """Report the progress of work that can take long."""
        return self._store.watched(Progress(f"{doing} the world {world.id}"))

    def set_clock(self, world: World, setting: Callable[[World], Setting]) -> World:
        """Set the clock of a world by a function of the world as it is then. Raises Impossible."""
        with self.changing(world) as found:
            clock, ahead = setting(found)
            return self._changed(found, clock=clock, ahead=ahead)

    def count_scenario(self, world: World) -> World:
        """Count one more scenario in a world, and return the world. Call it within `changing`."""
        return self._changed(world, made=world.made + 1)

    def _changed(self, world: World, **changes: str | int | None) -> World:
        changed = msgspec.structs.replace(world, **changes)
        self._store.put(NOWHERE, changed)
        self._known.clear()
        return changed

    def reset(self, world: World) -> World:
        """Return a world to its seeds and its first clock. Its tokens and snapshots stay.

        Without a first clock, the dates of its seeds are counted from the same day as in a new world. Raises
        Impossible.
        """
        with self._writing(world) as found:
            return self._seed(found, "Resetting")

    def remove(self, world: World) -> None:
        """Remove a world with everything in it, and its snapshots. Raises Impossible."""
        with self.changing(world) as found, self._reported("Removing", found):
            for snapshot in self.snapshots(found):
                self._forget(found, snapshot)
            self._store.clear(found.id, self._template(found).kinds)
            beside: Sequence[type[Record]] = (Token, *self._template(found).beside)
            for kind in beside:
                self._store.remove(kind, NOWHERE, Where("world_id", "=", found.id))
            self._store.remove(World, NOWHERE, Where("id", "=", found.id))
        self._known.clear()

    def snapshots(self, world: World) -> Sequence[World]:
        """Return the snapshots of a world, the oldest first: worlds that no token opens."""
        return self._store.find(World, _snapshots_of(world), part=_BY_AGE)

    def snapshot(self, world: World, id: str) -> World | None:
        """Return the snapshot of a name."""
        return self._store.get(World, _snapshots_of(world), id)

    def take_snapshot(self, world: World, id: str | None = None) -> World:
        """Take a snapshot of a world and its clock. Raises store.Conflict, Impossible."""
        with self.changing(world) as found, self._reported("Taking a snapshot of", found):
            if len(self.snapshots(found)) >= self._limits.snapshots:
                raise Impossible("snapshots_are_few")
            taken = msgspec.structs.replace(found, id=id or _random_name(), created_at=stamp(real_time()))
            self._store.add(_snapshots_of(found), [taken])
            self._store.copy(found.id, _rows_of(found, taken), self._template(found).kinds)
        return taken

    def restore(self, world: World, snapshot: World) -> World:
        """Return a world to the state that a snapshot holds. Raises Impossible."""
        with self.changing(world) as found, self._reported("Restoring a snapshot of", found):
            self._find(found, snapshot)
            kinds = self._template(found).kinds
            self._store.clear(found.id, kinds)
            self._store.copy(_rows_of(found, snapshot), found.id, kinds)
            taken = {name: getattr(snapshot, name) for name in ("clock", "ahead", "made", "seeded_on")}
            return self._changed(found, **taken)

    def remove_snapshot(self, world: World, snapshot: World) -> None:
        """Remove a snapshot. Raises Impossible."""
        with self.changing(world) as found, self._reported("Removing a snapshot of", found):
            self._find(found, snapshot)
            self._forget(found, snapshot)

    def _find(self, world: World, snapshot: World) -> None:
        if self.snapshot(world, snapshot.id) is None:
            raise Impossible("snapshot_is_found")

    def _forget(self, world: World, snapshot: World) -> None:
        self._store.clear(_rows_of(world, snapshot), self._template(world).kinds)
        self._store.remove(World, _snapshots_of(world), Where("id", "=", snapshot.id))


def _first_setting(template: WorldTemplate, first_clock: str | None) -> Setting:
    """Return the first clock of a world: the clock of its creation, or else the clock of its edition."""
    if first_clock:
        return first_clock, 0
    return set_to(parse(template.clock_starts_at), running=True) if template.clock_starts_at else REAL


# The name of a world has no slash, so these names belong to no world.
def _snapshots_of(world: World) -> str:
    """Return the name under which the store holds the list of a world's snapshots."""
    return f"{world.id}/"


def _rows_of(world: World, snapshot: World) -> str:
    """Return the name under which the store holds the rows of a snapshot."""
    return f"{world.id}/{snapshot.id}"


def _random_name() -> str:
    return uuid.uuid4().hex[:12]
