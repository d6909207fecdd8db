"""Opens what commands work with: editions, stores and default worlds. Every failure ends the program in a sentence."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lp_sandbox.commands.output import fail

if TYPE_CHECKING:
    from lp_sandbox.request.edition import Edition
    from lp_sandbox.worlds.records import World
    from lp_sandbox.worlds.store import Store
    from lp_sandbox.worlds.world_lifecycle import Worlds

_INCOMPLETE = (
    "The default world of this store is incomplete: it has no {}. Name another file with --store, or remove this one."
)


def load_editions() -> Sequence[Edition]:
    """Load every edition."""
    from lp_contract.yaml_source import ContractError
    from lp_sandbox.editions import MODULES, edition
    from lp_sandbox.request.edition import Disagreement

    try:
        return [edition(name) for name in MODULES]
    except (ContractError, Disagreement) as error:
        fail(f"{error}\nThe contract cannot be used. `lp-guide check` lists everything that is wrong with it.")


def chosen(editions: Sequence[Edition], name: str | None) -> Sequence[Edition]:
    """Return the edition of a name, or all of them without a name."""
    found = [edition for edition in editions if name in (None, edition.contract.edition)]
    known = ", ".join(edition.contract.edition for edition in editions)
    return found or fail(f"There is no edition {name!r}. Known: {known}.")


def open_store_of(editions: Sequence[Edition], store_name: str) -> Store:
    """Open a store for worlds of some editions. Give it every edition: a file of others is refused."""
    from lp_sandbox.app import layout
    from lp_sandbox.worlds.store import CannotOpen
    from lp_sandbox.worlds.store.open_store import open_store

    try:
        return open_store(store_name, layout(editions))
    except CannotOpen as error:
        fail(str(error))


def missing_file(store_name: str) -> str:
    """Return the path of a store's file that does not exist; empty for every other store."""
    from lp_sandbox.worlds.store.open_store import SCHEME

    path = store_name.removeprefix(SCHEME)
    return path if path not in ("", store_name) and not Path(path).exists() else ""


@contextmanager
def closing(store: Store) -> Iterator[None]:
    """Close a store at the end in any case. Fails with the reason why it cannot be used."""
    from lp_sandbox.worlds.store import Unavailable

    try:
        yield
    except Unavailable as trouble:
        fail(str(trouble))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # nothing interrupts the last write
        store.close()


def default_world(
    worlds: Worlds, edition: Edition, size: str | None, seed: int | None, *, is_seeded: bool = False
) -> World:
    """Return the default world of an edition, and create it if there is none. Fails if it differs from the options.

    `is_seeded` seeds it now, and not when it is first used.
    """
    from lp_sandbox.controls import new_world_defaults
    from lp_sandbox.worlds.store import Conflict

    template = edition.template
    if size not in (None, *template.sizes):
        fail(f"There is no size {size!r}. Known: {', '.join(template.sizes)}.")
    world = worlds.get(template.default_world)
    if world is None:
        wanted = {name: value for name, value in (("size", size), ("seed", seed)) if value is not None}
        fields = {**new_world_defaults(edition), **wanted, "edition": template.edition}
        try:
            return worlds.create(template.default_world, **fields, is_seeded=is_seeded)
        except Conflict:  # another process has created it meanwhile
            world = worlds.get(template.default_world) or fail(_INCOMPLETE.format("world"))
    lacking = worlds.lacking(world)
    if lacking:
        fail(_INCOMPLETE.format(lacking[0]))
    _require(size, world.size, "")
    _require(seed, world.seed, "made from the seed ")
    return worlds.seeded(world) if is_seeded else world


def _require(wanted: object, found: object, made: str) -> None:
    if wanted not in (None, found):
        fail(
            f"The default world of this store is {made}{found}, not {wanted}. Name another file with --store, "
            "or remove this one."
        )
