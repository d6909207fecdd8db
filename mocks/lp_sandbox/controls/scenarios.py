"""Scenarios: list them with their ids, and create them again."""

from __future__ import annotations

from typing import Any

from lp_sandbox.controls.control_request import ControlRequest
from lp_sandbox.worlds.clock import day
from lp_sandbox.worlds.ids import read_id


def list_(request: ControlRequest) -> Any:
    """Answer with every scenario that a lead provider has in a world."""
    provider_id, full_name = _lead_provider(request)
    listed = request.context.edition.scenarios(request.world.seed, provider_id, request.world.seeded_on)
    return [{**scenario, "lead_provider": full_name} for scenario in listed]


def create(request: ControlRequest) -> Any:
    """Create a scenario again, with new people."""
    _ = request.body  # refuse an invalid body before an unknown scenario
    provider_id, full_name = _lead_provider(request)
    name, context = request.path["name"], request.context
    with context.worlds.changing(request.world) as found:
        now = request.now(found)
        listed = context.edition.scenarios(found.seed, provider_id, day(now))
        scenario = next((each for each in listed if each["name"] == name), None)
        if scenario is None:
            raise request.refuse("scenario_is_found")
        world = context.worlds.count_scenario(found)
        records, ids = context.edition.fresh(name, provider_id, world, now)
        context.store.add(world.id, records)
    return {**scenario, "lead_provider": full_name, "ids": ids}


def _lead_provider(request: ControlRequest) -> tuple[str, str]:
    """Return the id and the full name of the lead provider that the request names, or else of the first."""
    providers = request.context.edition.template.lead_providers
    named = request.parameter("lead_provider")
    found = next(((id_, name) for id_, name in providers.items() if named in ("", name) or read_id(named) == id_), None)
    if found is None:
        raise request.refuse("lead_provider_is_found")
    return found
