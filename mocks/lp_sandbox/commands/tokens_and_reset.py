"""The commands for the worlds in a store: print their tokens, and reset one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from lp_contract.dates_in_words import day_in_words
from lp_sandbox.commands.open_editions_and_stores import (
    chosen,
    closing,
    default_world,
    load_editions,
    missing_file,
    open_store_of,
)
from lp_sandbox.commands.options import edition_option, json_option, seed_option, store_option
from lp_sandbox.commands.output import fail, print_rows

if TYPE_CHECKING:
    from lp_sandbox.request.edition import Edition
    from lp_sandbox.worlds.records import Token
    from lp_sandbox.worlds.store import Store


@click.command()
@store_option
@seed_option
@edition_option
@json_option
def tokens(store_name: str, seed: int | None, edition_name: str | None, as_json: bool) -> None:
    """Print the tokens of every world in a store.

    This command does not create a default world. If there is none, it prints the tokens that `serve` gives the
    default world with the same --seed.
    """
    known = load_editions()
    store = open_store_of(known, "memory" if missing_file(store_name) else store_name)
    with closing(store):
        rows = [
            {"token": token.token, "lead_provider": token.lead_provider, "world": token.world_id, "edition": name}
            for edition in chosen(known, edition_name)
            for name in (edition.contract.edition,)
            for token in _tokens(edition, store, seed)
        ]
    print_rows(rows, as_json=as_json)


def _tokens(edition: Edition, store: Store, seed: int | None) -> Iterator[Token]:
    """Yield the tokens of the worlds of an edition, the default one first, whether it exists or not."""
    from lp_sandbox.worlds.world_lifecycle import Worlds

    worlds = Worlds(store, [edition.template])
    is_new = worlds.get(edition.template.default_world) is None
    stored = worlds if not is_new else Worlds(open_store_of([edition], "memory"), [edition.template])
    yield from stored.tokens(default_world(stored, edition, None, seed))
    for world in worlds.all():
        if not worlds.is_default(world):
            yield from worlds.tokens(world)


@click.command()
@click.argument("name", metavar="[WORLD]", required=False)
@store_option
@edition_option
@click.option("--yes", is_flag=True, help="Reset the world without confirmation.")
def reset(name: str | None, store_name: str, edition_name: str | None, yes: bool) -> None:
    """Return a world to its beginning.

    Resets WORLD. Without WORLD, resets the default world of the first edition.

    This deletes everything that was recorded in the world. Its tokens, ids and snapshots stay. The dates of its people
    are counted from today again, or from the clock with which the world was created. A running sandbox with the same
    file then uses the reset world.

    \b
    Examples:
      lp-sandbox reset
      lp-sandbox reset --yes ci-42
      lp-sandbox reset --store sqlite:////var/tmp/sandbox.sqlite3
    """
    from lp_sandbox.worlds.world_lifecycle import Impossible, Worlds

    known = load_editions()
    editions = chosen(known, edition_name)
    name = name or editions[0].template.default_world
    _require_a_file(name, store_name)
    store = open_store_of(known, store_name)
    with closing(store):
        worlds = Worlds(store, [edition.template for edition in editions])
        world = worlds.get(name)
        if world is None:
            others = ", ".join(world.id for world in worlds.all()) or "none"
            fail(f"There is no world {name!r} in {store_name}. Known: {others}.")
        if world.seeded_on and not yes:
            begun = day_in_words(world.seeded_on)
            click.echo(f"The world {name} began on {begun}. A reset deletes everything that was recorded in it since.")
            click.confirm("Reset it?", abort=True)
        try:
            world = worlds.reset(world)
        except Impossible:
            fail(f"The world {name} no longer exists, so there is nothing to reset.")
    click.echo(f"The world {name} is as new. Its dates are counted from {day_in_words(world.seeded_on)}.")


def _require_a_file(name: str, store_name: str) -> None:
    if store_name == "memory":
        fail(
            "A store in memory belongs to the running sandbox. "
            f"Send POST /_sandbox/worlds/{name}/reset to it, or name a file with --store."
        )
    path = missing_file(store_name)
    if path:
        fail(f"There is no file {path}, so there is nothing to reset. Name another with --store; `serve` creates one.")
