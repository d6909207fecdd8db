"""Scenarios: named recipes, each made once for every lead provider of a world, and again whenever asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lp_sandbox.programme.seed.almanac import Almanac, almanac_of_seeds
from lp_sandbox.programme.seed.due_declarations import detailed_cohorts
from lp_sandbox.programme.seed.names import names
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.seed.organisations import named_partners
from lp_sandbox.register.seed.participant_documents import participants_shown, uplift_cohorts
from lp_sandbox.register.seed.partnership_states import partnerships_last
from lp_sandbox.register.seed.scenario_instance import Ids, Instance, Recipe, Setting, is_for
from lp_sandbox.register.seed.school_cohorts import SchoolYears
from lp_sandbox.worlds.clock import day, stamp
from lp_sandbox.worlds.records import Record, World

Seeds = Mapping[str, Any]
FIRST_URN = 200000
"""The URNs of the schools of scenarios start here, those of fresh ones at the next."""
FIRST_FRESH_URN = 300000


class Fresh(NamedTuple):
    """A new instance of a scenario: the records that make it, and the ids of what a client will ask for."""

    records: list[Record]
    ids: Ids


def fresh(seeds: Seeds, scenario: str, lead_provider_id: str, world: World, now: datetime) -> Fresh:
    """Make a new instance of a scenario for a lead provider, with schools and partnerships of its own.

    The words of the recipe are those of the day of `now`, and all of it was last changed then, so that
    whoever asks for what was updated since will see it. How many were made in the world tells instances apart: the
    same seed and number give the same ids.

    Raises LookupError when there is no such scenario, or none for this lead provider.
    """
    almanac = Almanac(seeds, day(now))
    recipe = next(_mine(seeds, lead_provider_id, almanac, scenario), None)
    if recipe is None:
        raise LookupError(scenario)
    setting = _setting(seeds, world.seed, Statements(seeds, world.seed, almanac), almanac, stamp(now))
    years = SchoolYears(seeds)
    urn = FIRST_FRESH_URN + world.made * max(len(other["schools"]) for other in seeds["scenarios"])
    instance = Instance(setting, recipe, lead_provider_id, str(world.made), urn)
    shown = participants_shown(instance.records(), seeds, almanac.today)
    records = list(partnerships_last(years.watched(shown), stamp(now)))
    return Fresh([*records, *years.rows()], instance.ids())


def listed(seeds: Seeds, seed: int, lead_provider_id: str, today: str) -> list[Mapping[str, Any]]:
    """List the scenarios of a lead provider in a world that began on a day.

    Each has its name, its story, what to try, and the ids that are there from the start.
    """
    almanac = Almanac(seeds, today)
    setting = _setting(seeds, seed, Statements(seeds, seed, almanac), almanac)
    return [
        {
            "name": recipe["name"],
            "story": recipe["story"],
            "try": recipe["try"],
            "ids": Instance(setting, recipe, lead_provider_id).ids(),
        }
        for recipe in _mine(seeds, lead_provider_id, almanac)
    ]


def seeded(seeds: Seeds, seed: int, statements: Statements, almanac: Almanac) -> Iterator[Record]:
    """Yield the records of every scenario for every lead provider."""
    setting = _setting(seeds, seed, statements, almanac)
    recipes = almanac.resolved(seeds["scenarios"])
    urn = FIRST_URN
    for provider in seeds["lead-providers"]:
        for recipe in recipes:
            if is_for(recipe, provider):
                yield from Instance(setting, recipe, provider["id"], urn=urn).records()
            urn += len(recipe["schools"])  # also where it is not made: a URN does not depend on the day


def _setting(seeds: Seeds, seed: int, statements: Statements, almanac: Almanac, touched: str | None = None) -> Setting:
    return Setting(
        seeds=seeds,
        seed=seed,
        almanac=almanac,
        statements=statements,
        names=names(seeds),
        partners=named_partners(seeds),
        uplift_cohorts=uplift_cohorts(seeds),
        detailed_cohorts=detailed_cohorts(seeds),
        naming=almanac_of_seeds(seeds),
        written={recipe["name"]: recipe for recipe in seeds["scenarios"]},
        touched=touched,
    )


def _mine(seeds: Seeds, lead_provider_id: str, almanac: Almanac, name: str | None = None) -> Iterator[Recipe]:
    """Yield the recipes that can be made for a lead provider, or the one of a name, without words to resolve."""
    provider = next(entry for entry in seeds["lead-providers"] if entry["id"] == lead_provider_id)
    for recipe in seeds["scenarios"]:
        if name in (None, recipe["name"]) and is_for({"cohorts": almanac.resolved(recipe["cohorts"])}, provider):
            yield almanac.resolved(recipe)
