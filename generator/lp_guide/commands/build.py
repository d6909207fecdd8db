"""The command that builds the pages."""

from __future__ import annotations

from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    EDITION_OPTION,
    SANDBOX_OPTION,
    SITE_OPTION,
    Command,
)


@click.command(cls=Command, doing="Making the pages")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write the pages. Removes files of earlier builds that this build does not make.",
)
@EDITION_OPTION
@SITE_OPTION
@SANDBOX_OPTION
def build(out: Path, edition: str | None, site: Path, sandbox: str | None) -> None:
    """Build the pages, or write nothing when anything is wrong.

    Sends every request on a page to the sandbox. The page shows the answer. If nothing has changed since the last
    build, builds nothing. If neither the contract nor the code has changed, uses the answers of the last build.

    \b
    Examples:
      lp-guide build --out build/site
      lp-guide build --out build/site --sandbox http://127.0.0.1:8000
    """
    from lp_contract import SPEC
    from lp_guide.built_files import up_to_date
    from lp_guide.source_hashes import Sources

    sources = Sources.read(SPEC, site, edition, sandbox)
    if up_to_date(out, sources.whole):
        click.echo(f"The pages in {out} are up to date: nothing has changed.")
        return
    from lp_guide.build import build as build_site
    from lp_guide.settings import edition_of

    chosen = edition or edition_of(site)
    build_site(out, edition=chosen, site=site, sandbox=sandbox, report=click.echo, sources=sources)
