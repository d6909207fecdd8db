"""The command that checks any guidance in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lp_guide.commands.options_and_failures import (
    FILE,
    FORMATS,
    SITE_OPTION,
    Command,
    fail,
    format_option,
    print_warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lp_contract.yaml_source import Complaint


@click.command(cls=Command, doing="Reading the files")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@click.option(
    "--edition",
    metavar="NAME",
    help="The edition that the files describe. [default: the editions whose names they use]",
)
@click.option("--plain-english", is_flag=True, help="Warn about English that is not plain, by the settings of a site.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@SITE_OPTION
@format_option(*FORMATS)
def lint(
    files: tuple[Path, ...], edition: str | None, plain_english: bool, strict: bool, site: Path, form: str
) -> None:
    """Check any guidance in Markdown for mistakes.

    Prints what is wrong and what to do, with file and line: JSON that cannot be read, ids that are not UUIDs, endpoints
    without a method, links without a target, placeholders, and more. Compares names and types with the contract of each
    edition that a file describes. A file describes an edition that has the paths and links of the file, or that you
    name with --edition. The text output says which editions each file describes.

    \b
    Examples:
      lp-guide lint guidance.md
      lp-guide lint --edition register --format github docs/*.md
      lp-guide lint --plain-english README.md
    """
    from lp_guide.lint import look_over

    linted = [(file, look_over(file, edition)) for file in files]
    for file, each in linted if form == "text" else ():
        if each.contracts:
            names = " and ".join(contract.edition for contract in each.contracts)
            click.echo(f"{file} describes the edition{'s' if len(each.contracts) > 1 else ''} {names}.")
        if each.is_about_another_api:
            click.echo(
                f"{file} is about another API: most of its paths are in no edition. Its names are not compared. "
                "If it describes an edition, name it with --edition."
            )
    complaints = [complaint for _, each in linted for complaint in each.complaints]
    if complaints:
        fail(complaints, form)
    print_warnings(english_warnings(files, site) if plain_english else (), form, strict=strict)
    if form != "json":
        click.echo(f"Nothing is wrong with {len(files)} file{'' if len(files) == 1 else 's'}.")


def english_warnings(files: Iterable[Path], site: Path) -> Sequence[Complaint]:
    """Return the warnings about plain English, for some files."""
    from lp_contract.contract import editions, load
    from lp_contract.merge_documents import shown
    from lp_contract.yaml_source import read_text
    from lp_guide.plain_english import PlainEnglish, of_file
    from lp_guide.settings import read_settings

    contracts = [load(name) for name in editions()]
    names = [part for contract in contracts for part in (contract.document, contract.seeds)]
    checks = PlainEnglish(read_settings(site, shown(site)).data, names)
    return checks.warnings([of_file(read_text(file), file) for file in files])
