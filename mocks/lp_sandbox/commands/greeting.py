"""What `lp-sandbox serve` prints when the sandbox is ready."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from lp_contract.dates_in_words import day_in_words
from lp_sandbox.commands.output import program, store_option_for, uses_colour

if TYPE_CHECKING:
    from lp_sandbox.app import App
    from lp_sandbox.worlds.records import World

STALE_AFTER = timedelta(days=7)
"""How old a world can be until it no longer fits the stories of its scenarios, in which people join in four weeks."""
_NO_PAGES = (
    "This sandbox has no guidance pages. `lp-guide build --out build/site` builds them; start the sandbox with "
    "`--site build/site` to show them.\n"
)


def greet(app: App, worlds: Sequence[World], base: str, store_name: str, key: str | None, *, has_pages: bool) -> None:
    """Print the address, a request to try with each edition, and how to list the tokens."""
    for world in filter(_is_stale, worlds):
        click.echo(
            f"The people and dates of the world {world.id} are those of {day_in_words(world.seeded_on)}. "
            f"`{program()} reset {world.id}{store_option_for(store_name)}` renews them."
        )
    click.echo(
        f"The sandbox is ready at {click.style(base, bold=True)} ({worlds[0].size} world, {store_name}).\n"
        f"{''.join(_first_request(app, world, base) for world in worlds)}"
        f"{'' if has_pages else _NO_PAGES}"
        f"{_where_tokens_are(base, store_name, key)} lists the others. Ctrl-C stops the sandbox.",
        color=uses_colour(),
    )
    sys.stdout.flush()


def _first_request(app: App, world: World, base: str) -> str:
    """Write a request to try in a world, with the token of its first lead provider."""
    token = app.worlds.tokens(world)[0]
    first = app.editions[world.edition].contract.first_request
    return (
        f"Try the edition {world.edition} as {token.lead_provider}:\n\n"
        f'  curl -H "Authorization: Bearer {token.token}" {base}{first.path if first else "/"}\n\n'
    )


def _where_tokens_are(base: str, store_name: str, key: str | None) -> str:
    """Say how to list the tokens of a running sandbox: from its file, or from itself where it has none."""
    if store_name == "memory":
        return f"{base}/_sandbox/worlds{' (with your key as X-Sandbox-Key)' if key else ''}"
    return f"`{program()} tokens{store_option_for(store_name)}`"


def _is_stale(world: World) -> bool:
    """Say whether the clock of a world has run on for longer than its people and dates fit."""
    from lp_sandbox.worlds.clock import day, shown

    is_running = world.seeded_on and world.clock is None
    return bool(is_running) and world.seeded_on < day(shown(None, world.ahead) - STALE_AFTER)
