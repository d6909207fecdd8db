"""Scenarios: named recipes, each made once for every lead provider of a world, and again on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lp_sandbox.ecf.seed.calendar import almanac_of, cohorts, open_statements
from lp_sandbox.ecf.seed.participant_documents import with_participant_documents
from lp_sandbox.ecf.seed.scenario_instance import Ids, Recipe, ScenarioInstance, ScenarioWorld, is_for
from lp_sandbox.programme.seed.names import names
from lp_sandbox.programme.seed.organisations import named_partners
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.worlds.clock import day, stamp
from lp_sandbox.worlds.records import Record, World

Seeds = Mapping[str, Any]
FIRST_URN = 400000
"""The first URN of the schools of seeded scenarios."""
FIRST_NEW_URN = 500000
"""The first URN of the schools of new scenarios."""


class NewScenario(NamedTuple):
    """A new instance of a scenario: its records, and the ids that a client needs."""

    records: list[Record]
    ids: Ids


def new_scenario(seeds: Seeds, scenario: str, lead_provider_id: str, world: World, now: datetime) -> NewScenario:
    """Make a new instance of a scenario for a lead provider, with schools and partnerships of its own.

    The words of the recipe are resolved for the day of `now`, and all records were last changed then, so that
    `updated_since` finds them. Ids depend on how many scenarios were made in the world.

    Raises LookupError when there is no such scenario for this lead provider.
    """
    almanac = almanac_of(seeds, day(now))
    recipe = next(_recipes(seeds, lead_provider_id, almanac, scenario), None)
    if recipe is None:
        raise LookupError(scenario)
    scenario_world = _world(seeds, seed_key(world.seed), almanac, stamp(now))
    urn = FIRST_NEW_URN + world.made * max(len(other["schools"]) for other in seeds["scenarios"])
    instance = ScenarioInstance(scenario_world, recipe, lead_provider_id, str(world.made), urn)
    return NewScenario(list(with_participant_documents(instance.records(), almanac.today)), instance.ids())


def scenarios_of(seeds: Seeds, seed: int, lead_provider_id: str, today: str) -> list[Mapping[str, Any]]:
    """Return the scenarios of a lead provider in a world that began on a day, whose stories are true on that day.

    Each has its name, its story, what to try, and the ids that the world starts with.
    """
    almanac = almanac_of(seeds, today)
    world = _world(seeds, seed_key(seed), almanac)
    return [
        {
            "name": recipe["name"],
            "story": recipe["story"],
            "try": recipe["try"],
            "ids": ScenarioInstance(world, recipe, lead_provider_id).ids(),
        }
        for recipe in _recipes(seeds, lead_provider_id, almanac)
    ]


def seeded_scenarios(seeds: Seeds, seed: str, almanac: Almanac) -> Iterator[Record]:
    """Yield the records of every scenario for every lead provider."""
    world, recipes, urn = _world(seeds, seed, almanac), almanac.resolved(seeds["scenarios"]), FIRST_URN
    for provider in seeds["lead-providers"]:
        for recipe in recipes:
            if is_for(recipe, provider, almanac.today):
                yield from ScenarioInstance(world, recipe, provider["id"], urn=urn).records()
            urn += len(recipe["schools"])  # also where the recipe is not made: a URN does not depend on the day


def seed_key(seed: int) -> str:
    """Return what ids are made from: other editions make other ids from the same seed."""
    return f"ecf-{seed}"


def _world(seeds: Seeds, seed: str, almanac: Almanac, touched: str | None = None) -> ScenarioWorld:
    return ScenarioWorld(
        seeds,
        seed,
        almanac,
        names(seeds),
        cohorts(seeds),
        named_partners(seeds),
        open_statements(seeds, seed, almanac),
        touched,
    )


def _recipes(seeds: Seeds, lead_provider_id: str, almanac: Almanac, name: str | None = None) -> Iterator[Recipe]:
    """Yield the recipes, or the one of a name, that can be made for a lead provider, with resolved words."""
    provider = next(entry for entry in seeds["lead-providers"] if entry["id"] == lead_provider_id)
    for recipe in seeds["scenarios"]:
        wanted = {**recipe, "cohorts": almanac.resolved(recipe["cohorts"])}
        if name in (None, recipe["name"]) and is_for(wanted, provider, almanac.today):
            yield almanac.resolved(recipe)
