"""The command that shows the pages while they are written."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    SITE_OPTION,
    Command,
)


@click.command(cls=Command)
@SITE_OPTION
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port for the pages. 0 chooses any free port.",
)
def watch(site: Path, port: int) -> None:
    """Show the pages while you write them.

    Starts a sandbox and shows the pages. When you save a page, its open tab in the browser changes by itself. Mistakes
    are listed here and on the page, with file, line and what to do. Ctrl-C stops it.
    """
    from lp_guide import complaint_formats
    from lp_guide.settings import edition_of, page_for_writers
    from lp_guide.watch import Rebuild
    from lp_guide.watch import watch as watch_site

    def report(made: Rebuild) -> None:
        wrong = complaint_formats.as_text(made.complaints, colour=complaint_formats.wants_colour(sys.stdout))
        click.echo(wrong if made.complaints and not made.is_as_before else made.summary)

    def ready(address: str) -> None:
        click.echo(f"The guidance is at {address} and updates when you save. Press Ctrl-C to stop.")
        if for_writers:
            click.echo(f"How to write a page: {address.removesuffix('/')}{for_writers}")

    def busy() -> None:
        click.echo("Making the pages ...")

    for_writers = page_for_writers(site)
    busy()
    try:
        with suppress(KeyboardInterrupt):  # the server may have handled it already and stopped
            watch_site(edition=edition_of(site), site=site.resolve(), port=port, busy=busy, report=report, ready=ready)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port.") from error
    click.echo("\nStopped.")
