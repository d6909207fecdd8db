"""One instance of a recipe, made for one lead provider: its schools, partnerships and people, and their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.seed.recipe_people import RecipeContext, records_of_people
from lp_sandbox.ecf.seed.records_at_schools import choice, choices, partnership, school
from lp_sandbox.programme.records import DeliveryPartner
from lp_sandbox.programme.seed.named_declarations import named_declarations
from lp_sandbox.programme.seed.names import Names
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

Seeds = Mapping[str, Any]
Recipe = Mapping[str, Any]
Ids = Mapping[str, Mapping[str, str]]
"""Ids by kind of resource and then by the name in the recipe."""
SEEDED = ""
"""The key of the instances that a world starts with."""


@dataclass(frozen=True, slots=True)
class ScenarioWorld:
    """What all instances of recipes in a world share."""

    seeds: Seeds
    seed: str
    almanac: Almanac
    names: Names
    cohorts: Mapping[int, EcfCohort]
    partners: Mapping[str, DeliveryPartner]
    statements: OpenStatements
    touched: str | None = None
    """When everything was last changed; None derives it from the recipe."""


class ScenarioInstance:
    """A recipe made for one lead provider."""

    def __init__(
        self, world: ScenarioWorld, recipe: Recipe, lead_provider_id: str, key: str = SEEDED, urn: int = 0
    ) -> None:
        """Take a recipe with resolved words; `urn` is the first URN of its schools."""
        self.world, self.recipe, self.key, self._urn = world, recipe, key, urn
        self.providers = _providers(world.seeds, recipe, lead_provider_id)
        self.as_given = key == SEEDED and lead_provider_id == world.seeds["lead-providers"][0]["id"]

    def records(self) -> Iterator[Record]:
        """Yield its schools with their choices and partnerships, and its people."""
        schools = {
            name: self._school(name, entry, number)
            for number, (name, entry) in enumerate(self.recipe["schools"].items())
        }
        partnerships = dict(self._partnerships(schools))
        bodies = tuple(self.world.seeds["world"]["appropriate_bodies"])
        yield from schools.values()
        yield from partnerships.values()
        yield from choices(partnerships.values(), self._choices(schools, bodies), bodies)
        context = RecipeContext(
            id_of=self._id,
            names=self.world.names,
            as_given=self.as_given,
            now=self.world.almanac.now,
            touched=self.world.touched,
            schools=schools,
            partnerships=partnerships,
            providers=self.providers,
            cohorts=self.world.cohorts,
            statements=self.world.statements,
        )
        yield from records_of_people(context, self.recipe["people"])

    def ids(self) -> Ids:
        """Return the ids of what the recipe names."""
        people, schools = self.recipe["people"], self.recipe["schools"]
        return {
            "participants": {
                name: self._id("participant", name, given=each.get("id")) for name, each in people.items()
            },
            "earlier_participants": {
                f"{name}-before-{number + 1}": self._id("earlier-participant", name, number, given=entry.get("from"))
                for name, person in people.items()
                for number, entry in enumerate(person.get("id_changes", ()))
            },
            "declarations": {
                f"{name}-{part}": self._id("declaration", name, part, given=entry.get("id"))
                for name, person in people.items()
                for part, entry in named_declarations(person)
            },
            "schools": {name: self._id("school", name) for name in schools},
            "partnerships": {
                f"{name}-{own}": self._id("partnership", name, own)
                for name, place in schools.items()
                for own in place.get("partnerships", ())
            },
        }

    def _id(self, kind: str, *name: object, given: str | None = None) -> str:
        if given and self.as_given:
            return given
        provider = self.providers["you"]
        return make_id(self.world.seed, "scenario", self.recipe["name"], provider, self.key, kind, *name)

    def _school(self, name: str, entry: Recipe, number: int) -> EcfSchool:
        id_, seeds = self._id("school", name), self.world.seeds
        chance = int(id_[:8], 16)
        tutor = self.world.names.person(chance), f"office{chance % 10_000}@example.com"
        first_day = min(cohort.registration_starts_on for cohort in self.world.cohorts.values())
        return school(
            id=id_,
            urn=str(self._urn + number),
            name=self.world.names.school(chance),
            facts={**seeds["world"]["usual_school"], **entry.get("facts", {})},
            tutor=tutor if entry.get("induction_tutor", True) else None,
            created_at=f"{first_day}T08:00:00Z",
            updated_at=self.world.touched,
        )

    def _partnerships(self, schools: Mapping[str, EcfSchool]) -> Iterator[tuple[str, EcfPartnership]]:
        for name, place in self.recipe["schools"].items():
            for own, entry in place.get("partnerships", {}).items():
                usual = self.world.almanac.past(f"{entry['cohort']}-06-16T10:15:00Z")
                yield (
                    f"{name}-{own}",
                    partnership(
                        id=self._id("partnership", name, own),
                        lead_provider_id=self.providers[entry["with"]],
                        school_id=schools[name].id,
                        delivery_partner_id=self.world.partners[entry["delivery_partner"]].id,
                        cohort=self.world.cohorts[entry["cohort"]],
                        created_at=entry.get("created_at") or usual,
                        relationship=entry.get("relationship", False),
                        challenged=entry.get("challenged"),
                        updated_at=self.world.touched,
                    ),
                )

    def _choices(self, schools: Mapping[str, EcfSchool], bodies: tuple[str, ...]) -> Iterator[ProgrammeChoice]:
        for name, place in self.recipe["schools"].items():
            for entry in place.get("choices", ()):
                made_at = self.world.touched or self.world.almanac.past(f"{entry['cohort']}-06-12T11:05:00Z")
                yield choice(schools[name].id, entry["cohort"], entry, made_at, bodies)


def is_for(recipe: Recipe, provider: Mapping[str, Any], today: str) -> bool:
    """Return whether a recipe can be made for a lead provider, and its story is true today."""
    return _has_cohorts(recipe, provider) and _is_true(recipe, today)


def _is_true(recipe: Recipe, today: str) -> bool:
    return "days" not in recipe or any(days["from"] <= today <= days["until"] for days in recipe["days"])


def _has_cohorts(recipe: Recipe, provider: Mapping[str, Any]) -> bool:
    return set(recipe["cohorts"]) <= set(provider["cohorts"])


def _providers(seeds: Seeds, recipe: Recipe, lead_provider_id: str) -> Mapping[str, str]:
    """Return the lead providers `you` and `another`: `another` is the next lead provider that can have the recipe."""
    able = [provider["id"] for provider in seeds["lead-providers"] if _has_cohorts(recipe, provider)]
    position = able.index(lead_provider_id)
    return {"you": lead_provider_id, "another": able[(position + 1) % len(able)]}
