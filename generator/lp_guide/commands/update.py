"""The command that writes the sandbox's answers into the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    FILE,
    SANDBOX_OPTION,
    SITE_OPTION,
    Command,
    fail,
    number,
)


@click.command(cls=Command, doing="Sending the requests of the pages")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FILE)
@SITE_OPTION
@SANDBOX_OPTION
def update(files: tuple[Path, ...], site: Path, sandbox: str | None) -> None:
    """Write the sandbox's answers into the pages, and show changes.

    On a page, a `response` block under each `http` block has the answer to that request. This command adds missing
    answers and replaces old ones, on all pages or in FILES. It changes nothing else. If a request fails, it writes the
    answers to the requests above it, and lists the requests without an answer.

    \b
    Examples:
      lp-guide update
      lp-guide update site/content/guidance/get-started.md
    """
    from lp_guide import complaint_formats
    from lp_guide.contract_checks import sound
    from lp_guide.settings import edition_of
    from lp_guide.site import Site
    from lp_guide.writer_mistakes import Mistake

    try:
        with Site(sound(edition_of(site)), site, sandbox) as opened:
            updates, complaints = opened.updates(files)
        for each in updates:
            each.write()
            click.echo(complaint_formats.difference(each.difference, colour=complaint_formats.wants_colour(sys.stdout)))
    except Mistake as mistake:
        raise click.UsageError(str(mistake)) from None
    if complaints:
        fail(complaints)
    answers = sum(each.answers for each in updates)
    where = f" on {number(len(updates), 'page')}" if updates else ""
    click.echo(f"{number(answers, 'answer')} changed{where}.")
