"""What the commands share: options, and how they print complaints and end.

All modules but click are imported where they are used, so that `--help` does not wait for validators.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from lp_guide.slow_work import announced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lp_contract.yaml_source import Complaint

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED, _CHECKOUT = _PACKAGE / "site", _PACKAGE.parents[1] / "site"
SITE = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
"""The folder with content, templates and settings: inside this package in a wheel, and next to it in a checkout."""
FORMATS = ("text", "json", "github")
FAULTY = 70
"""The exit code for a fault of this program, as in sysexits.h."""
INTERRUPTED = 130
"""The exit code that shells give to a program that Ctrl-C ended."""
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_INSTALL = "lp-guide needs more than the sandbox: pip install 'lead-provider-api-sandbox[guide]'"


class Command(click.Command):
    """A command that prints complaints for every error, and says on a terminal what takes it so long."""

    def __init__(self, *given: Any, doing: str = "", **options: Any) -> None:
        """Take what the command does, such as `Making the pages`, if it can be slow."""
        super().__init__(*given, **options)
        self.doing = doing

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        is_shown = self.doing and is_terminal(sys.stderr)
        try:
            with announced(lambda: click.echo(f"{self.doing} ...", err=True)) if is_shown else nullcontext():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except ModuleNotFoundError as error:
            raise click.ClickException(f"{error}. {_INSTALL}") from error
        except Exception as error:  # noqa: BLE001 - a traceback does not help users
            from lp_guide.failure_complaints import FAULT, complaints_of

            complaints = complaints_of(error)
            is_ours = any(complaint.check == FAULT for complaint in complaints)
            fail(complaints, ctx.params.get("form") or "text", FAULTY if is_ours else 1)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody reads a stream as it is written."""
    return stream.isatty()


def fail(complaints: Sequence[Complaint], form: str = "text", code: int = 1) -> NoReturn:
    """Print complaints and end the program."""
    _print(complaints, form)
    sys.exit(code)


def print_warnings(warnings: Sequence[Complaint], form: str, *, strict: bool) -> None:
    """Print warnings, if there are any or the format is a list. If it is `strict`, they end the program."""
    if warnings and strict:
        fail(warnings, form)
    if warnings or form == "json":
        _print(warnings, form)


def _print(complaints: Sequence[Complaint], form: str) -> None:
    from lp_guide import complaint_formats

    write = complaint_formats.FORMATS.get(form, complaint_formats.as_text)
    click.echo(write(complaints, colour=complaint_formats.wants_colour(sys.stdout)))


def number(count: int, noun: str) -> str:
    """Write a number with its noun: `No answers`, `1 page`, `2 pages`."""
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


def format_option(*forms: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option for the format of the output."""
    return click.option(
        "--format", "form", default="text", type=click.Choice(forms), show_default=True, help="How to write the result."
    )


EDITION_OPTION = click.option("--edition", metavar="NAME", help="The contract to use. [default: what site.yaml names]")
SITE_OPTION = click.option(
    "--site",
    default=SITE,
    type=FOLDER,
    metavar="DIR",
    help="The folder with content, templates and settings. [default: this project's]",
)
SANDBOX_OPTION = click.option(
    "--sandbox",
    metavar="URL|FACTORY",
    help="Where to send the requests on pages: the address of a running sandbox, or the ASGI app `module:function` "
    "to call without a network. [default: what site.yaml names]",
)
