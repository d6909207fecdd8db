"""The command line of the generator: `lp-guide`, or `python -m lp_guide`."""

from __future__ import annotations

import gc
import io
import sys

import click

from lp_contract.environment_variables import read_options_from_environment
from lp_guide.commands.anchors import anchors
from lp_guide.commands.build import build
from lp_guide.commands.check import check
from lp_guide.commands.coverage import coverage
from lp_guide.commands.diff import diff
from lp_guide.commands.lint import lint
from lp_guide.commands.update import update
from lp_guide.commands.watch import watch


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lead-provider-api-sandbox", message="%(version)s")
def lp_guide() -> None:
    """Build the guidance pages of the lead provider API from its contract.

    The contract is the YAML in spec/: OpenAPI documents with the business rules of each operation and their exact
    messages. Content, templates and settings of the pages are in site/.

    \b
    In the order of a day's work:
      lp-guide check              check the contract and the pages; every complaint has file, line and remedy
      lp-guide watch              show a page as soon as it is saved, with its mistakes
      lp-guide update             write the sandbox's answers into the pages
      lp-guide build --out out    build the pages; every request on them is sent to the sandbox
      lp-guide coverage           list what the guidance does not show of the contract yet
      lp-guide anchors --write    lock new anchors on the pages, so that links to them keep working
    """


for command in (check, build, update, watch, diff, lint, anchors, coverage):
    lp_guide.add_command(command)
read_options_from_environment(lp_guide, "LP_GUIDE")


GARBAGE = 20_000, 20, 1_000
"""The thresholds of the garbage collector: nearly all objects of a command stay in use. Python begins with 700, 10, 10.

They save a tenth of the time of a build, and cost no memory. With the garbage collector off, a build needs half as much
memory again.
"""


def main() -> None:
    """Run the program."""
    gc.set_threshold(*GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a letter that a page has
    try:
        lp_guide(prog_name="lp-guide")
    except OSError as error:  # of standard output: the commands handle all others
        sys.stdout = None  # or Python fails to flush it once more at its end
        sys.exit(f"lp-guide: standard output: {error.strerror}. Write it somewhere else.")


if __name__ == "__main__":
    main()
