"""The command line of the sandbox: `lp-sandbox`, or `python -m lp_sandbox`."""

from __future__ import annotations

import click

from lp_contract.environment_variables import read_options_from_environment
from lp_sandbox.commands.contract_listings import operations, rules, scenarios
from lp_sandbox.commands.output import NAME, PREFIX
from lp_sandbox.commands.serve import serve
from lp_sandbox.commands.tokens_and_reset import reset, tokens


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lead-provider-api-sandbox")
def main() -> None:
    """Run a sandbox of the lead provider API: a server that enforces the contract's rules and saves data.

    \b
    Start with:
      lp-sandbox serve           then open http://127.0.0.1:8000
      lp-sandbox tokens          what to send as `Authorization: Bearer ...`
      lp-sandbox reset           return the default world to its beginning, with the dates of today
      lp-sandbox operations      which operations save data, and which return examples
      lp-sandbox rules           every rule with its message
    """


for command in (serve, tokens, reset, operations, rules, scenarios):
    main.add_command(command)
read_options_from_environment(main, PREFIX)

if __name__ == "__main__":
    main(prog_name=NAME)
