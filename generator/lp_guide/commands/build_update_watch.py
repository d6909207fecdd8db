"""The commands that make pages, and those that write into the site: `build`, `update`, `watch`, `anchors`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    EDITION_OPTION,
    FILE,
    SANDBOX_OPTION,
    SITE_OPTION,
    Command,
    fail,
    number,
)


@click.command(cls=Command)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write the pages. Files of an earlier build that are not made any more are removed.",
)
@EDITION_OPTION
@SITE_OPTION
@SANDBOX_OPTION
def build(out: Path, edition: str | None, site: Path, sandbox: str | None) -> None:
    """Build the guidance pages, or write nothing when anything is wrong.

    Sends every request on a page to the sandbox. The page shows the answer.

    \b
    Examples:
      lp-guide build --out build/site
      lp-guide build --out build/site --sandbox http://127.0.0.1:8000
    """
    from lp_guide.build import build as build_site
    from lp_guide.settings import edition_of

    build_site(out, edition=edition or edition_of(site), site=site, sandbox=sandbox, report=click.echo)


@click.command(cls=Command)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FILE)
@SITE_OPTION
@SANDBOX_OPTION
def update(files: tuple[Path, ...], site: Path, sandbox: str | None) -> None:
    """Write the sandbox's answers into the pages, and show what changes.

    On a page, a `response` block under each `http` block has the answer to that request. This command adds missing
    answers and replaces old ones, on all pages or in FILES. It changes nothing else.

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


@click.command(cls=Command)
@SITE_OPTION
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to show the pages on; 0 takes any free one.",
)
def watch(site: Path, port: int) -> None:
    """Show the pages while you write them.

    Starts a sandbox and shows the pages. When you save a page, its open tab in the browser changes by itself. Mistakes
    are listed here and on the page, with file, line and what to do. Ctrl-C stops it.
    """
    from lp_guide import complaint_formats
    from lp_guide.settings import edition_of
    from lp_guide.watch import Rebuild
    from lp_guide.watch import watch as watch_site

    def report(made: Rebuild) -> None:
        wrong = complaint_formats.as_text(made.complaints, colour=complaint_formats.wants_colour(sys.stdout))
        click.echo(wrong if made.complaints else made.summary)

    def ready(address: str) -> None:
        click.echo(f"The guidance is at {address} and shows what is saved. Ctrl-C ends this.")

    click.echo("Making the pages ...")
    try:
        with suppress(KeyboardInterrupt):  # the server may have handled it already and stopped
            watch_site(edition=edition_of(site), site=site.resolve(), port=port, report=report, ready=ready)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port.") from error
    click.echo("\nStopped.")


@click.command(cls=Command)
@click.option("--write", is_flag=True, help="Add to the lock what it lacks.")
@EDITION_OPTION
@SITE_OPTION
def anchors(write: bool, edition: str | None, site: Path) -> None:
    """List the anchors that are not in the lock yet, or add them.

    Other sites link to headings, rules, fields and states. The build fails when an anchor in site/anchors.lock has
    vanished, until you restore it or name its new place under `redirects` in site.yaml. Add new anchors when a page is
    finished, before it is published. Exits with 1 when the lock lacks any.

    \b
    Examples:
      lp-guide anchors
      lp-guide anchors --write
    """
    from lp_guide.build import make
    from lp_guide.contract_checks import sound
    from lp_guide.published_anchors import unlocked, write_lock
    from lp_guide.settings import edition_of

    new = unlocked(make(sound(edition or edition_of(site)), site), site)
    if write:
        write_lock(site, new)
        click.echo(f"{len(new)} new in the lock.")
        return
    for each in new:
        click.echo(each)
    click.echo(f"{len(new)} not in the lock." + (" Lock them with `lp-guide anchors --write`." if new else ""))
    sys.exit(bool(new))
