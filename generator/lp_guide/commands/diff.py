"""The command that compares contracts: `diff`."""

from __future__ import annotations

import sys

import click

from lp_guide.commands.options_and_failures import EDITION_OPTION, SITE, Command, format_option


@click.command(cls=Command, doing="Comparing the contracts")
@click.argument("old")
@click.argument("new")
@EDITION_OPTION
@format_option("text", "json", "markdown")
@click.option("--fail-on-breaking", is_flag=True, help="Exit with 1 when a change breaks clients.")
def diff(old: str, new: str, edition: str | None, form: str, fail_on_breaking: bool) -> None:
    """List the changes between two contracts, with rules and messages.

    OLD and NEW are folders like spec/, released versions, or revisions of Git. Put `git:` before the name of a revision
    that is also the name of a folder. Changes that break clients come first, with the reason. Changed conditions come
    last, because you must compare their words yourself. The format `markdown` is the draft of a release note, as a
    whole page.

    \b
    Examples:
      lp-guide diff v0.1.0 spec
      lp-guide diff git:main spec --fail-on-breaking
      lp-guide diff v0.1.0 spec --format markdown
    """
    from lp_guide.changes import changes, report
    from lp_guide.changes.git_revisions import contract_of
    from lp_guide.settings import edition_of
    from lp_guide.writer_mistakes import Mistake

    name = edition or edition_of(SITE)
    try:
        found = changes(contract_of(old, name), contract_of(new, name))
    except Mistake as mistake:
        raise click.UsageError(str(mistake)) from None
    click.echo(report.FORMATS[form](found, old, new))
    sys.exit(fail_on_breaking and any(change.breaking for change in found))
