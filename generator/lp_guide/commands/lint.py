"""The command that checks any guidance in Markdown."""

from __future__ import annotations

from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    FILE,
    FORMATS,
    Command,
    fail,
    format_option,
)


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@click.option(
    "--edition", metavar="NAME", help="The edition that the files describe. [default: those whose names they have]"
)
@format_option(*FORMATS)
def lint(files: tuple[Path, ...], edition: str | None, form: str) -> None:
    """Check any guidance in Markdown for mistakes.

    Prints what is wrong and what to do, with file and line: JSON that cannot be read, ids that are not UUIDs, endpoints
    without a method, links without a target, placeholders, and more. Names and types are compared with the contract of
    each edition that a file describes: one that has the paths and links of the file, or that you name with --edition.
    The text output says which editions each file describes.

    \b
    Examples:
      lp-guide lint guidance.md
      lp-guide lint --edition register --format github docs/*.md
    """
    from lp_guide.lint import look_over

    linted = [(file, look_over(file, edition)) for file in files]
    for file, each in linted if form == "text" else ():
        if each.contracts:
            names = " and ".join(contract.edition for contract in each.contracts)
            click.echo(f"{file} describes the edition{'s' if len(each.contracts) > 1 else ''} {names}.")
    complaints = [complaint for _, each in linted for complaint in each.complaints]
    if complaints:
        fail(complaints, form)
    click.echo("[]" if form == "json" else f"Nothing is wrong with {len(files)} file{'' if len(files) == 1 else 's'}.")
