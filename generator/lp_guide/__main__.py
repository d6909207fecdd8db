"""The command line of the generator: `lp-guide`, or `python -m generator`.

Everything but click is imported where it is used: help must not wait half a second for validators.
"""

from __future__ import annotations

import gc
import io
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lp_contract import SPEC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lp_contract.source import Complaint
    from lp_guide.checks.draft_contract import Draft

HERE = Path(__file__).resolve().parent
_INSTALLED, _CHECKOUT = HERE / "site", HERE.parents[1] / "site"
SITE = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
"""What writers write: in a wheel it came with this package, in a checkout it stands beside it."""
EDITION = "register"
FORMATS = ("text", "json", "github")
FAULTY = 70
"""The exit code for a fault of this program, as in sysexits.h."""
INTERRUPTED = 130
"""The exit code that shells give to what Ctrl-C ended."""
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Command(click.Command):
    """A command that ends with complaints, whatever stops it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except Exception as error:  # noqa: BLE001 - nobody can do anything with a traceback
            from lp_guide.faults import FAULT, complaints_of

            complaints = complaints_of(error)
            is_ours = any(complaint.check == FAULT for complaint in complaints)
            _fail(complaints, ctx.params.get("form") or "text", FAULTY if is_ours else 1)


class Guide(click.Group):
    """The program."""

    command_class = Command


@click.group(cls=Guide, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lead-provider-api-sandbox", message="%(version)s")
def lp_guide() -> None:
    """Make the guidance pages of the lead provider API from its contract.

    The contract is the YAML in spec/: OpenAPI documents, and beside each operation the rules that it asks, with
    their exact messages. What writers write is in site/.

    \b
    A day's work:
      lp-guide check              are contract and pages sound? Every complaint has file, line and remedy
      lp-guide watch              see a page as soon as it is saved, with what is wrong in it
      lp-guide update             write into the pages what their requests are answered with
      lp-guide build --out out    make the pages; every example in them is sent to the sandbox
      lp-guide coverage           what of the contract does the guidance not show yet?
      lp-guide anchors --write    lock the new places on the pages, so that links to them hold
    """


FORMAT_OPTION = click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(FORMATS),
    show_default=True,
    help="How to complain: to people, to programs, or as annotations of a pull request.",
)
SITE_OPTION = click.option(
    "--site", default=SITE, type=FOLDER, metavar="DIR", help="What writers write. [default: this project's]"
)
SANDBOX_OPTION = click.option(
    "--sandbox",
    metavar="URL|FACTORY",
    help="Where to send the examples: the address of a running sandbox, or the ASGI app `module:function` to "
    "call without a network. [default: what site.yaml names]",
)


@lp_guide.command()
@click.option("--edition", metavar="NAME", help="Judge one edition, such as register, and not every one there is.")
@click.option(
    "--spec", type=FOLDER, metavar="DIR", help="Where the editions are; with it, no pages. [default: this project's]"
)
@click.option("--contract-only", is_flag=True, help="Judge the contract and not the pages, which is quicker.")
@SITE_OPTION
@SANDBOX_OPTION
@FORMAT_OPTION
def check(
    edition: str | None, spec: Path | None, contract_only: bool, site: Path, sandbox: str | None, form: str
) -> None:
    """Judge the contract before anything uses it, and then the pages.

    Says everything that is wrong at once: file and line, the name of the check, what is wrong and what to do. A page
    is wrong when a request on it is not answered as the page says, or with something else than what stands under it.
    Exits with 1 when there is anything, and otherwise with 0.

    \b
    For example:
      lp-guide check
      lp-guide check --contract-only
      lp-guide check --edition register --format json
      lp-guide check --spec ../draft-of-next-year
    """
    praise = [_judge_contract(edition, spec or SPEC, form)]
    if not contract_only and spec is None and edition in (None, EDITION):
        praise.append(_judge_pages(site, sandbox, form))
    click.echo("[]" if form == "json" else "\n".join(praise))


def _judge_contract(edition: str | None, spec: Path, form: str) -> str:
    from lp_contract.contract import editions
    from lp_guide.checks import judge
    from lp_guide.checks.draft_contract import read_draft

    gc.disable()  # nearly all that is read is there to stay, and the collector looks through it again and again
    drafts = [read_draft(name, spec) for name in ([edition] if edition else editions(spec))]
    if not drafts:
        raise click.BadParameter(f"{spec} has no folder with an openapi.yaml.", param_hint="--spec")
    complaints = [complaint for each in drafts for complaint in judge(each)]
    if complaints:
        _fail(complaints, form)
    gc.enable()
    return _praise(drafts)


def _judge_pages(site: Path, sandbox: str | None, form: str) -> str:
    from lp_contract.contract import load
    from lp_guide.site import Site

    with Site(load(EDITION), site, sandbox) as opened:
        made = opened.make()
    if made.complaints:
        _fail(made.complaints, form)
    return f"The pages are sound: {made.pages} pages, {made.requests} requests."


def _praise(drafts: Sequence[Draft]) -> str:
    operations = sum(len(each.endpoints) for each in drafts)
    rules = sum(len(each.section("rules")) for each in drafts)
    schemas = sum(len(each.document.get("components", {}).get("schemas", {})) for each in drafts)
    return f"The contract is sound: {operations} operations, {rules} rules, {schemas} schemas."


def _fail(complaints: Sequence[Complaint], form: str = "text", code: int = 1) -> NoReturn:
    """Say what is wrong, and end the program."""
    from lp_guide import reports

    write = reports.FORMATS.get(form, reports.as_text)
    click.echo(write(complaints, colour=reports.wants_colour(sys.stdout)))
    sys.exit(code)


@lp_guide.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write the pages. What an earlier build left there and this one does not make is removed.",
)
@click.option("--edition", default=EDITION, metavar="NAME", show_default=True, help="The edition to describe.")
@SITE_OPTION
@SANDBOX_OPTION
def build(out: Path, edition: str, site: Path, sandbox: str | None) -> None:
    """Make the guidance pages, or nothing at all when something is wrong.

    Every example on a page is sent to the sandbox, and the answer is what the page shows.

    \b
    For example:
      lp-guide build --out build/site
      lp-guide build --out build/site --sandbox http://127.0.0.1:8000
    """
    from lp_guide.build import build as build_site

    build_site(out, edition=edition, site=site, sandbox=sandbox, report=click.echo)


@lp_guide.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@SITE_OPTION
@SANDBOX_OPTION
def update(files: tuple[Path, ...], site: Path, sandbox: str | None) -> None:
    """Write into the pages what their requests are answered with, and show what changes.

    Under each `http` block of a page stands the answer that it got, in a `response` block. This puts the answers
    that are missing or no longer right in their place, on all pages or on those in FILES. Nothing else is changed.

    \b
    For example:
      lp-guide update
      lp-guide update site/content/guidance/get-started.md
    """
    from lp_guide import reports
    from lp_guide.checks import sound
    from lp_guide.mistakes import Mistake
    from lp_guide.site import Site

    try:
        with Site(sound(EDITION), site, sandbox) as opened:
            updates, complaints = opened.updates(files)
        for each in updates:
            each.write()
            click.echo(reports.difference(each.difference, colour=reports.wants_colour(sys.stdout)))
    except Mistake as mistake:
        raise click.UsageError(str(mistake)) from None
    if complaints:
        _fail(complaints)
    answers = sum(each.answers for each in updates)
    where = f" on {_number(len(updates), 'page')}" if updates else ""
    click.echo(f"{_number(answers, 'answer')} changed{where}.")


def _number(count: int, noun: str) -> str:
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


@lp_guide.command()
@SITE_OPTION
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to show the pages on; 0 takes any free one.",
)
def watch(site: Path, port: int) -> None:
    """Show the pages while they are written.

    Starts a sandbox of its own with the guidance, and makes a page anew as soon as it is saved: the browser shows it by
    itself. What is wrong is told here and on the page, with file and line and what to do. Ctrl-C ends it.
    """
    from lp_guide import reports
    from lp_guide.watch import Round, watch

    def report(made: Round) -> None:
        wrong = reports.as_text(made.complaints, colour=reports.wants_colour(sys.stdout))
        click.echo(wrong if made.complaints else made.told)

    def ready(address: str) -> None:
        click.echo(f"The guidance is at {address} and shows what is saved. Ctrl-C ends this.")

    click.echo("Making the pages ...")
    try:
        with suppress(KeyboardInterrupt):  # the server may have taken it already, and come to its end
            watch(edition=EDITION, site=site.resolve(), port=port, report=report, ready=ready)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port.") from error
    click.echo("\nStopped.")


@lp_guide.command()
@click.argument("old")
@click.argument("new")
@click.option("--edition", default=EDITION, metavar="NAME", show_default=True, help="The edition to compare.")
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(("text", "json", "markdown")),
    show_default=True,
    help="How to tell it: to people, to programs, or as a draft of release notes.",
)
@click.option("--fail-on-breaking", is_flag=True, help="Exit with 1 when a change breaks clients.")
def diff(old: str, new: str, edition: str, form: str, fail_on_breaking: bool) -> None:
    """Say what changed between two contracts, rules and messages included.

    OLD and NEW are folders like spec/, or revisions of Git; `git:` before a name says that it is a revision. What
    breaks clients comes first, with the reason.

    \b
    For example:
      lp-guide diff v0.1.0 spec
      lp-guide diff git:main spec --fail-on-breaking
      lp-guide diff v0.1.0 v0.2.0 --format markdown
    """
    from lp_guide.changes import changes, report
    from lp_guide.changes.revisions import contract_of
    from lp_guide.mistakes import Mistake

    try:
        found = changes(contract_of(old, edition), contract_of(new, edition))
    except Mistake as mistake:
        raise click.UsageError(str(mistake)) from None
    click.echo(report.FORMATS[form](found, old, new))
    sys.exit(fail_on_breaking and any(change.breaking for change in found))


@lp_guide.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--edition", metavar="NAME", help="The edition that the files describe. [default: what they show]")
@FORMAT_OPTION
def lint(files: tuple[Path, ...], edition: str | None, form: str) -> None:
    """Look over any guidance in Markdown for what cannot be right.

    Says what is wrong and what to do, with file and line: JSON that cannot be read, ids that are none, endpoints
    without a method, links that lead nowhere, words left to be written, and more. Names and types are held against
    the contract when a file links into the Swagger UI of an edition, or when --edition names one.

    \b
    For example:
      lp-guide lint guidance.md
      lp-guide lint --edition register --format github docs/*.md
    """
    from lp_guide.lint import lint_file

    complaints = [complaint for file in files for complaint in lint_file(file, edition)]
    if complaints:
        _fail(complaints, form)
    click.echo("[]" if form == "json" else f"Nothing is wrong with {len(files)} file{'' if len(files) == 1 else 's'}.")


@lp_guide.command()
@click.option("--write", is_flag=True, help="Add to the lock what it lacks.")
@click.option("--edition", default="register", metavar="NAME", show_default=True, help="The edition to describe.")
@click.option("--site", default=SITE, type=FOLDER, metavar="DIR", help="What writers write. [default: this project's]")
def anchors(write: bool, edition: str, site: Path) -> None:
    """Say which new places on the pages are not in the lock yet, or lock them.

    Other sites link to headings, rules, fields and states. What is in site/anchors.lock cannot vanish any more: the
    build fails until it is back or a redirect in site.yaml says where it went. Lock what is new when it is finished,
    before it is published. Exits with 1 when the lock lacks anything.

    \b
    For example:
      lp-guide anchors
      lp-guide anchors --write
    """
    from lp_guide.anchors import unlocked, write_lock
    from lp_guide.build import make
    from lp_guide.checks import sound

    new = unlocked(make(sound(edition), site), site)
    if write:
        write_lock(site, new)
        click.echo(f"{len(new)} new in the lock.")
        return
    for each in new:
        click.echo(each)
    click.echo(f"{len(new)} not in the lock." + (" Lock them with `lp-guide anchors --write`." if new else ""))
    sys.exit(bool(new))


@lp_guide.command(name="coverage")
@SITE_OPTION
@SANDBOX_OPTION
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(("text", "json")),
    show_default=True,
    help="How to tell it: to people, or to programs.",
)
def report_coverage(site: Path, sandbox: str | None, form: str) -> None:
    """Say what of the contract the pages show, and what they do not.

    Counts the operations, states, steps between states, rules, problems, fields and scenarios that any page shows,
    that guidance shows and that a request on a page of guidance has shown, and lists what guidance leaves out. Lists
    the code on pages that is no name of the contract, with the reason that is given. Exits with 1 when guidance shows
    less than site.yaml asks for.

    \b
    For example:
      lp-guide coverage
      lp-guide coverage --format json
    """
    import json

    from lp_guide.checks import sound
    from lp_guide.coverage import as_json, as_text
    from lp_guide.site import Site

    with Site(sound(EDITION), site, sandbox) as opened:
        opened.make()
        report = opened.report()
    click.echo(json.dumps(as_json(report), indent=2, ensure_ascii=False) if form == "json" else as_text(report))
    sys.exit(any(line.is_short for line in report.lines))


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a letter that a page has
    try:
        lp_guide(prog_name="lp-guide")
    except OSError as error:  # of standard output: all others are told by the commands
        sys.stdout = None  # or Python fails to flush it once more at its end
        sys.exit(f"lp-guide: standard output: {error.strerror}. Write it somewhere else.")


if __name__ == "__main__":
    main()
