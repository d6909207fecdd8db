"""Scenarios: named recipes, each made once for every lead provider of a world, and again whenever asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from mocks.clock import day, parse, stamp
from mocks.records import Record, World
from mocks.register.seed.instance import Ids, Instance, Recipe, Setting, is_for
from mocks.register.seed.names import names
from mocks.register.seed.places import named_partners
from mocks.register.seed.school_years import SchoolYears
from mocks.register.seed.showing import participants_shown, uplift_cohorts
from mocks.register.seed.standing import partnerships_last
from mocks.register.seed.statements import Statements

Seeds = Mapping[str, Any]
FIRST_URN = 200000
"""The URNs of the schools of scenarios start here, those of fresh ones at the next."""
FIRST_FRESH_URN = 300000
_DAY = re.compile(r"today([+-]\d+)?(T.*)?")


class Fresh(NamedTuple):
    """A new instance of a scenario: the records that make it, and the ids of what a client will ask for."""

    records: list[Record]
    ids: Ids


def fresh(seeds: Seeds, scenario: str, lead_provider_id: str, world: World, now: datetime) -> Fresh:
    """Make a new instance of a scenario for a lead provider, with schools and partnerships of its own.

    Days that the recipe counts from today are counted from `now`, and all of it was last changed then, so that
    whoever asks for what was updated since will see it. How many were made in the world tells instances apart: the
    same seed and number give the same ids.

    Raises LookupError when there is no such scenario, or none for this lead provider.
    """
    recipe = next((r for r in _mine(seeds, lead_provider_id) if r["name"] == scenario), None)
    if recipe is None:
        raise LookupError(scenario)
    setting = _setting(seeds, world.seed, Statements(seeds, world.seed), day(now), stamp(now))
    years = SchoolYears(seeds)
    urn = FIRST_FRESH_URN + world.made * max(len(other["schools"]) for other in seeds["scenarios"])
    instance = Instance(setting, _resolved(recipe, setting.today), lead_provider_id, str(world.made), urn)
    shown = participants_shown(instance.records(), seeds, setting.today)
    records = list(partnerships_last(years.watched(shown), stamp(now)))
    return Fresh([*records, *years.rows()], instance.ids())


def listed(seeds: Seeds, seed: int, lead_provider_id: str) -> list[Mapping[str, Any]]:
    """List the scenarios of a lead provider: name, story, what to try, and the ids that are there from the start."""
    setting = _setting(seeds, seed, Statements(seeds, seed))
    return [
        {
            "name": recipe["name"],
            "story": recipe["story"],
            "try": recipe["try"],
            "ids": Instance(setting, recipe, lead_provider_id).ids(),
        }
        for recipe in _mine(seeds, lead_provider_id)
    ]


def seeded(seeds: Seeds, seed: int, statements: Statements) -> Iterator[Record]:
    """Yield the records of every scenario for every lead provider."""
    setting = _setting(seeds, seed, statements)
    recipes = [_resolved(recipe, setting.today) for recipe in seeds["scenarios"]]
    urn = FIRST_URN
    for provider in seeds["lead-providers"]:
        for recipe in recipes:
            if is_for(recipe, provider):
                yield from Instance(setting, recipe, provider["id"], urn=urn).records()
                urn += len(recipe["schools"])


def today(seeds: Seeds) -> str:
    """Return the day from which days are counted in a world that is made from the start."""
    return day(parse(seeds["world"]["clock"]))


def _setting(
    seeds: Seeds, seed: int, statements: Statements, on: str | None = None, touched: str | None = None
) -> Setting:
    partners = named_partners(seeds)
    return Setting(seeds, seed, on or today(seeds), statements, names(seeds), partners, uplift_cohorts(seeds), touched)


def _mine(seeds: Seeds, lead_provider_id: str) -> Iterator[Recipe]:
    provider = next(entry for entry in seeds["lead-providers"] if entry["id"] == lead_provider_id)
    return (recipe for recipe in seeds["scenarios"] if is_for(recipe, provider))


def _resolved(value: Any, today: str) -> Any:
    """Write the days that are counted from today as days: today, today-1, today+30T10:00:00Z."""
    if isinstance(value, Mapping):
        return {key: _resolved(item, today) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, today) for item in value]
    found = _DAY.fullmatch(value) if isinstance(value, str) and value.startswith("today") else None
    if found is None:
        return value
    moved = date.fromisoformat(today) + timedelta(days=int(found[1] or 0))
    return f"{moved.isoformat()}{found[2] or ''}"
