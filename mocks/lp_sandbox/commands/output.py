"""What commands print: tables or JSON, colours, the name of the program, and messages before they end."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from lp_sandbox.commands.options import DEFAULT_STORE

NAME = "lp-sandbox"
PREFIX = "LP_SANDBOX"
"""With which the environment variables of its options begin."""


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    cells = [{name: _word(value) for name, value in row.items()} for row in rows]
    names = list(rows[0]) if rows else []
    widths = {name: max(len(name), *(len(row[name]) for row in cells)) for name in names}
    for row in [{name: name.replace("_", " ").upper() for name in names}, *cells]:
        click.echo("  ".join(row[name].ljust(widths[name]) for name in names).rstrip())


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def uses_colour() -> bool:
    """Say whether a terminal shows what the program prints, in colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # see https://no-color.org


def program() -> str:
    """Name this program as the user can call it."""
    called = Path(sys.argv[0])
    return str(called) if called.stem == NAME and not shutil.which(NAME) else NAME


def store_option_for(store_name: str) -> str:
    """Write the option that names a store, unless it is the default one."""
    return "" if store_name == DEFAULT_STORE else f" --store {shlex.quote(store_name)}"


def fail(message: str) -> NoReturn:
    """Print a message and end the program with 1."""
    click.echo(message, err=True)
    sys.exit(1)
