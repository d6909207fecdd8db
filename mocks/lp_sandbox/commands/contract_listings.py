"""The commands that list what editions contain: operations, rules and scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from lp_sandbox.commands.open_editions_and_stores import chosen, load_editions
from lp_sandbox.commands.options import edition_option, json_option
from lp_sandbox.commands.output import fail, print_rows

if TYPE_CHECKING:
    from lp_sandbox.request.edition import Edition


@click.command()
@edition_option
@json_option
def operations(edition_name: str | None, as_json: bool) -> None:
    """List every operation of the API, and whether it saves data.

    An operation that is not stateful returns the contract's example, with the header X-Sandbox-Answer.
    """
    editions = chosen(load_editions(), edition_name)
    rows = [
        {
            "operation_id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "stateful": edition.is_stateful(operation.id),
            "edition": edition.contract.edition,
        }
        for edition in editions
        for operation in edition.contract.operations.values()
    ]
    print_rows(rows, as_json=as_json)
    if not as_json:
        click.echo(f"\n{sum(bool(row['stateful']) for row in rows)} of {len(rows)} stateful.")


@click.command()
@edition_option
@json_option
def rules(edition_name: str | None, as_json: bool) -> None:
    """List every rule of the API and of the actors with its message.

    The rules are in the order in which the sandbox checks them.
    """
    editions = chosen(load_editions(), edition_name)
    rows = [
        {
            "operation_id": operation.id,
            "rule": rule.name,
            "field": rule.field,
            "message": rule.detail,
            "edition": edition.contract.edition,
        }
        for edition in editions
        for contract in (edition.contract, edition.controls)
        for operation in contract.operations.values()
        for rule in operation.rules
    ]
    print_rows(rows, as_json=as_json)


@click.command()
@edition_option
@click.option("--lead-provider", help="The full name of the lead provider.  [default: the first]")
@json_option
def scenarios(edition_name: str | None, lead_provider: str | None, as_json: bool) -> None:
    """List the scenarios of a lead provider.

    These are the scenarios of a world that is created today from the seed 0.

    With --json each scenario has its story, what to try with it, and its ids. POST /_sandbox/scenarios/NAME creates a
    scenario again.
    """
    editions = chosen(load_editions(), edition_name)
    if lead_provider is not None:
        known = dict.fromkeys(name for edition in editions for name in edition.template.lead_providers.values())
        if lead_provider not in known:
            fail(f"There is no lead provider {lead_provider!r}. Known: {', '.join(known)}.")
    listed = [
        {**scenario, "edition": edition.contract.edition}
        for edition in editions
        for scenario in _scenarios(edition, lead_provider)
    ]
    short = [{"scenario": each["name"], "story": each["story"]} for each in listed]
    print_rows(listed if as_json else short, as_json=as_json)


def _scenarios(edition: Edition, lead_provider: str | None) -> Sequence[Mapping[str, Any]]:
    """Return the scenarios of the day on which a new world of the edition begins."""
    from lp_sandbox.worlds.clock import day, parse, real_time

    template = edition.template
    ids = [provider_id for provider_id, name in template.lead_providers.items() if lead_provider in (None, name)]
    begins = parse(template.clock_starts_at) if template.clock_starts_at else real_time()
    return edition.scenarios(0, ids[0], day(begins)) if ids else ()
