"""Options of a command line that can come from environment variables: `--max-worlds` from LP_SANDBOX_MAX_WORLDS."""

from __future__ import annotations

import click


def variable(prefix: str, option: click.Option) -> str:
    """Name the environment variable of an option, by the long form of the option."""
    name = max(option.opts, key=len).lstrip("-")
    return f"{prefix}_{name}".replace("-", "_").upper()


def read_options_from_environment(program: click.Group, prefix: str) -> None:
    """Let every option of every command of a program come from an environment variable, which the help shows."""
    for command in program.commands.values():
        for option in command.params:
            if isinstance(option, click.Option):
                option.envvar, option.show_envvar = variable(prefix, option), True
