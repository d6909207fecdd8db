"""The command that locks the anchors of published pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    EDITION_OPTION,
    SITE_OPTION,
    Command,
)


@click.command(cls=Command, doing="Making the pages")
@click.option("--write", is_flag=True, help="Add the new anchors to the lock.")
@EDITION_OPTION
@SITE_OPTION
def anchors(write: bool, edition: str | None, site: Path) -> None:
    """List the anchors that the lock lacks, or add them to it.

    Other sites link to headings, rules, fields and states. The build fails when an anchor in site/anchors.lock no
    longer exists, until you restore it or add its new address under `redirects` in site.yaml. Add new anchors when a
    page is finished, before you publish it. Exits with 1 when an anchor is not in the lock.

    \b
    Examples:
      lp-guide anchors
      lp-guide anchors --write
    """
    from lp_guide.build import make
    from lp_guide.contract_checks import sound
    from lp_guide.program_name import command
    from lp_guide.published_anchors import unlocked, write_lock
    from lp_guide.settings import edition_of

    new = unlocked(make(sound(edition or edition_of(site)), site), site)
    for each in new:
        click.echo(each)
    if write:
        write_lock(site, new)
        click.echo(f"{len(new)} new in the lock.")
        return
    click.echo(f"{len(new)} not in the lock." + (f" Lock them with `{command('anchors --write')}`." if new else ""))
    sys.exit(bool(new))
