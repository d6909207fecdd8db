"""The command that checks the contract and the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lp_contract import SPEC
from lp_guide.commands.options_and_failures import (
    FOLDER,
    FORMATS,
    SANDBOX_OPTION,
    SITE_OPTION,
    Command,
    fail,
    format_option,
    print_warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lp_contract.yaml_source import Complaint
    from lp_guide.contract_checks.unchecked_contract import Draft
    from lp_guide.pages import Page
    from lp_guide.site import Made


@click.command(cls=Command, doing="Checking the contract and the pages")
@click.option("--edition", metavar="NAME", help="Check one edition, such as register. [default: every edition]")
@click.option(
    "--spec",
    type=FOLDER,
    metavar="DIR",
    help="The folder of the editions. With this option, the pages are not checked. [default: this project's]",
)
@click.option("--contract-only", is_flag=True, help="Check the contract, but not the pages. This is quicker.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@click.option("--due", is_flag=True, help="List the pages whose review is due, and check nothing else.")
@SITE_OPTION
@SANDBOX_OPTION
@format_option(*FORMATS)
def check(
    edition: str | None,
    spec: Path | None,
    contract_only: bool,
    strict: bool,
    due: bool,
    site: Path,
    sandbox: str | None,
    form: str,
) -> None:
    """Check the contract, and then the pages.

    Prints everything that is wrong, with file and line, the name of the check, and what to do. A page
    is wrong if the sandbox does not answer a request as the page says, or if a recorded answer is out of date. Exits
    with 1 when anything is wrong, and otherwise with 0.

    If nothing is wrong, prints warnings about English that is not plain: long sentences, the passive voice, words to
    avoid and misspellings. The settings are in site.yaml, under `plain_english`.

    \b
    Examples:
      lp-guide check
      lp-guide check --strict
      lp-guide check --contract-only
      lp-guide check --edition register --format json
      lp-guide check --spec ../draft-of-next-year
      lp-guide check --due
    """
    from lp_contract.merge_documents import shown
    from lp_guide.settings import read_settings

    if due:
        list_due_reviews(site, form)
        return
    settings = read_settings(site, shown(site)).data
    drafts, complaints = judge_contract(edition, spec or SPEC)
    praise = [_praise(drafts)]
    pages: Sequence[Page] = ()
    if not contract_only and spec is None and edition in (None, settings["edition"]):
        if complaints:
            fail(_with_effects_on_pages(complaints, settings["edition"], site, sandbox), form)
        made, pages = _judge_pages(settings["edition"], site, sandbox, form)
        praise.append(f"The pages are sound: {made.pages} pages, {made.requests} requests.")
    if complaints:
        fail(complaints, form)
    print_warnings(english_warnings(site, drafts, pages), form, strict=strict)
    if form != "json":
        click.echo("\n".join(praise))


def english_warnings(site: Path, drafts: Iterable[Draft], pages: Sequence[Page]) -> Sequence[Complaint]:
    """Return the warnings about plain English, for contracts, pages and the words of templates."""
    from lp_contract.merge_documents import shown
    from lp_contract.yaml_source import read
    from lp_guide.plain_english import PlainEnglish, of_contracts, of_pages, of_words
    from lp_guide.settings import read_settings
    from lp_guide.texts import FOLDER

    settings = read_settings(site, shown(site)).data
    words = site / FOLDER / f"{settings['language']}.yaml"
    sources = [source for draft in drafts for source in draft.sources.values()]
    checks = PlainEnglish(settings, [source.data for source in sources])
    of_templates = of_words(read(words, shown(words))) if pages else ()
    return checks.warnings([*of_contracts(sources), *of_pages(pages), *of_templates])


def judge_contract(edition: str | None, spec: Path) -> tuple[Sequence[Draft], Sequence[Complaint]]:
    """Check one edition or all. Return them, and every complaint."""
    from lp_contract.contract import editions
    from lp_guide.contract_checks import judge
    from lp_guide.contract_checks.unchecked_contract import read_draft

    drafts = [read_draft(name, spec) for name in ([edition] if edition else editions(spec))]
    complaints = [complaint for each in drafts for complaint in judge(each)]
    if not drafts:
        raise click.BadParameter(f"{spec} has no folder with an openapi.yaml.", param_hint="--spec")
    return drafts, complaints


def list_due_reviews(site: Path, form: str) -> None:
    """Print that no review is due. Ends the program with a complaint for each page whose review is due."""
    from datetime import date

    from lp_contract.contract import load
    from lp_contract.merge_documents import shown
    from lp_guide.content_files import Content
    from lp_guide.settings import read_settings

    settings = read_settings(site, shown(site)).data
    contracts = [load(name) for name in (settings["edition"], *settings["beside"])]
    pages, complaints = Content(contracts, site, shown(site)).pages()
    today = date.today().isoformat()  # noqa: DTZ011, TID251 - reviews are due by the user's calendar
    complaints += due_reviews(pages, today)
    if complaints:
        fail(sorted({*complaints}), form)
    click.echo("[]" if form == "json" else "No review is due.")


def due_reviews(pages: Iterable[Page], today: str) -> Iterator[Complaint]:
    """Complain of each page whose next review is due, or whose last review is in the future.

    Pages of one file have equal complaints.
    """
    from lp_contract.yaml_source import Complaint

    for page in pages:
        if page.reviewed > today:
            message = f"The review of this page on {page.reviewed} is in the future."
            yield Complaint(page.place_of_front("reviewed"), "review-due", message, "Write the day of the last review.")
        elif page.review_due and page.review_due <= today:
            owner = f" Its owner is {page.owner}." if page.owner else ""
            message = f"This page was due for review on {page.review_due}.{owner}"
            remedy = "Correct the page if necessary, and set `reviewed` to the day of the review."
            yield Complaint(page.place_of_front("reviewed"), "review-due", message, remedy)


def _judge_pages(edition: str, site: Path, sandbox: str | None, form: str) -> tuple[Made, Sequence[Page]]:
    """Check the pages, and return them. Ends the program when there are complaints."""
    from lp_contract.contract import load
    from lp_guide.site import Site
    from lp_guide.source_hashes import Sources

    with Site(load(edition), site, sandbox, sources=Sources.read(SPEC, site)) as opened:
        made = opened.make()
        opened.save_answers()
    if made.complaints:
        fail(made.complaints, form)
    return made, opened.read_pages


def _with_effects_on_pages(
    complaints: Sequence[Complaint], edition: str, site: Path, sandbox: str | None
) -> Sequence[Complaint]:
    """Return the complaints about the contract, and then those about pages."""
    from lp_contract.merge_documents import shown
    from lp_guide.draft_site import complaints_without_pages, open_draft, with_effects

    try:
        with open_draft(edition, site, sandbox) as opened:
            effects = opened.make().complaints
    except Exception as error:  # noqa: BLE001 - pages rely on a sound contract
        effects = complaints_without_pages(error, shown(site))
    return with_effects(complaints, effects)


def _praise(drafts: Sequence[Draft]) -> str:
    operations = sum(len(each.endpoints) for each in drafts)
    rules = sum(len(each.section("rules")) for each in drafts)
    schemas = sum(len(each.document.get("components", {}).get("schemas", {})) for each in drafts)
    return f"The contract is sound: {operations} operations, {rules} rules, {schemas} schemas."
