"""Scenarios: listed with their ids, and made anew."""

from __future__ import annotations

from typing import Any

from lp_sandbox.controls.context import ControlRequest
from lp_sandbox.worlds.clock import day, shown


def list_(asked: ControlRequest) -> Any:
    """Answer with every scenario that a lead provider has in a world."""
    provider_id, full_name = _lead_provider(asked)
    listed = asked.desk.edition.scenarios(asked.world.seed, provider_id, asked.world.seeded_on)
    return [{**scenario, "lead_provider": full_name} for scenario in listed]


def create(asked: ControlRequest) -> Any:
    """Make a scenario once more."""
    asked.given()
    provider_id, full_name = _lead_provider(asked)
    name, desk = asked.path["name"], asked.desk
    with desk.worlds.changing(asked.world) as found:
        now = shown(found.clock, found.ahead)
        listed = desk.edition.scenarios(found.seed, provider_id, day(now))
        scenario = next((one for one in listed if one["name"] == name), None)
        if scenario is None:
            raise asked.refuse("scenario_is_found")
        world = desk.worlds.count_scenario(found)
        records, ids = desk.edition.fresh(name, provider_id, world, now)
        desk.store.add(world.id, records)
    return {**scenario, "lead_provider": full_name, "ids": ids}


def _lead_provider(asked: ControlRequest) -> tuple[str, str]:
    """Return id and full name of the lead provider that is named, or else of the first."""
    providers = asked.desk.edition.template.lead_providers
    named = asked.parameter("lead_provider")
    found = next((item for item in providers.items() if not named or named in item), None)
    if found is None:
        raise asked.refuse("lead_provider_is_found")
    return found
