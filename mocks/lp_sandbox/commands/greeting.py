"""What `lp-sandbox serve` prints when the sandbox is ready."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from lp_contract.dates_in_words import day_in_words
from lp_sandbox.commands.output import program, store_option_for, uses_colour

if TYPE_CHECKING:
    import socket

    from lp_sandbox.app import App
    from lp_sandbox.worlds.records import World

STALE_AFTER = timedelta(days=7)
"""How old a world can be until it no longer fits the stories of its scenarios, in which people join in four weeks."""
_NO_PAGES = (
    "This sandbox has no guidance pages. `lp-guide build --out build/site` builds them; start the sandbox with "
    "`--site build/site` to show them.\n"
)


def greet(
    app: App, world: World, listening: socket.socket, store_name: str, key: str | None, *, has_pages: bool
) -> None:
    """Print the address, a request to try, and how to list the tokens."""
    host, port = listening.getsockname()[:2]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    token = app.worlds.tokens(world)[0]
    first = app.edition.contract.first_request
    if _is_stale(world):
        click.echo(
            f"The default world was {_begun(world)}, so its people and dates are those of that day. "
            f"`{program()} reset{store_option_for(store_name)}` renews it."
        )
    click.echo(
        f"The sandbox is ready at {click.style(base, bold=True)} ({world.size} world, {store_name}).\n"
        f"Try it as {token.lead_provider}:\n\n"
        f'  curl -H "Authorization: Bearer {token.token}" {base}{first.path if first else "/"}\n\n'
        f"{'' if has_pages else _NO_PAGES}"
        f"{_where_tokens_are(base, store_name, key)} lists the others. Ctrl-C stops the sandbox.",
        color=uses_colour(),
    )
    sys.stdout.flush()


def _where_tokens_are(base: str, store_name: str, key: str | None) -> str:
    """Say how to list the tokens of a running sandbox: from its file, or from itself where it has none."""
    if store_name == "memory":
        return f"{base}/_sandbox/worlds{' (with your key as X-Sandbox-Key)' if key else ''}"
    return f"`{program()} tokens{store_option_for(store_name)}`"


def _is_stale(world: World) -> bool:
    """Say whether a world that runs with the real time is much older than its people and dates fit."""
    from lp_sandbox.worlds.clock import day, real_time

    return world.first_clock is None and world.seeded_on < day(real_time() - STALE_AFTER)


def _begun(world: World) -> str:
    """Say when a world was created, or when it was last reset."""
    from lp_sandbox.worlds.clock import day, parse

    is_as_created = world.seeded_on == day(parse(world.created_at))
    return f"{'created' if is_as_created else 'reset'} on {day_in_words(world.seeded_on)}"
