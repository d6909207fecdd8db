"""The command that lists which parts of the contract the pages show."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lp_guide.commands.options_and_failures import (
    SANDBOX_OPTION,
    SITE_OPTION,
    Command,
    format_option,
)


@click.command(cls=Command, doing="Making the pages")
@SITE_OPTION
@SANDBOX_OPTION
@format_option("text", "json")
def coverage(site: Path, sandbox: str | None, form: str) -> None:
    """List what the pages show of the contract, and what they omit.

    Counts operations, states, transitions, rules, problems, fields and scenarios. Prints how many the contract has, how
    many are on any page, how many are in the guidance, and how many are in the requests of the guidance.

    Then lists what the guidance leaves out. Also lists the code on pages that is not a name of the contract, with the
    reason. Exits with 1 when the guidance shows less than site.yaml requires.

    \b
    Examples:
      lp-guide coverage
      lp-guide coverage --format json
    """
    import json

    from lp_contract import SPEC
    from lp_guide.contract_checks import sound
    from lp_guide.coverage.report import as_json, as_text
    from lp_guide.settings import edition_of
    from lp_guide.site import Site
    from lp_guide.source_hashes import Sources

    with Site(sound(edition_of(site)), site, sandbox, sources=Sources.read(SPEC, site)) as opened:
        opened.make()
        opened.save_answers()
        report = opened.report()
    click.echo(json.dumps(as_json(report), indent=2, ensure_ascii=False) if form == "json" else as_text(report))
    sys.exit(any(line.is_short for line in report.lines))
