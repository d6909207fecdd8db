"""Options that several commands have."""

from __future__ import annotations

import click

DEFAULT_STORE = "sqlite:///sandbox.sqlite3"

edition_option = click.option(
    "--edition",
    "edition_name",
    metavar="NAME",
    help="The edition to use, such as register.  [default: all editions]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
store_option = click.option(
    "--store",
    "store_name",
    default=DEFAULT_STORE,
    show_default=True,
    metavar="memory|sqlite:///PATH",
    help="Where to keep worlds. A file keeps them after the sandbox stops.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    metavar="NUMBER",
    help="The number from which the sandbox generates a new default world.  [default: 0]",
)
