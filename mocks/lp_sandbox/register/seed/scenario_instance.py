"""One instance of a recipe, made for one lead provider: its schools, partnerships and people, and their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lp_sandbox.programme.day_arithmetic import day_before
from lp_sandbox.programme.records import DeliveryPartner, School
from lp_sandbox.programme.seed.named_declarations import named_declarations
from lp_sandbox.programme.seed.names import Names
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.seeded_identities import Identity
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.new_partnership_record import new_partnership
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.seed.partnerships import PartnershipKey
from lp_sandbox.register.seed.recipe_context import ScenarioContext
from lp_sandbox.register.seed.scenario_people import records_of_people
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
    seed: int
    almanac: Almanac
    naming_almanac: Almanac
    """The almanac of the seeds' own day. Ids contain its cohorts, so that they are the same on every day."""
    written_recipes: Mapping[str, Recipe]
    """The recipes with unresolved words, by name."""
    statements: Statements
    names: Names
    partners: Mapping[str, DeliveryPartner]
    uplift_cohorts: frozenset[int]
    detailed_cohorts: frozenset[int]
    touched: str | None = None
    """When everything was last changed; None derives it from the recipe."""


class ScenarioInstance:
    """A recipe made for one lead provider."""

    def __init__(
        self, world: ScenarioWorld, recipe: Recipe, lead_provider_id: str, key: str = SEEDED, urn: int = 0
    ) -> None:
        """Take a recipe with resolved words; `urn` is the first URN of its schools."""
        self.world, self.recipe, self.key = world, recipe, key
        self.providers = _providers(world.seeds, recipe, lead_provider_id)
        first = world.seeds["lead-providers"][0]["id"]
        self.as_given = key == SEEDED and lead_provider_id == first
        self._urn = urn

    def records(self) -> Iterator[Record]:
        """Yield its schools and partnerships, and its people."""
        identities = self._context({}, {}).identities(self.recipe["people"])
        schools = {
            name: self._school(name, entry, number, identities)
            for number, (name, entry) in enumerate(self.recipe["schools"].items())
        }
        partnerships = list(self._partnerships(schools))
        firsts: dict[PartnershipKey, Partnership] = {}
        for partnership in partnerships:
            key = partnership.school_id, partnership.lead_provider_id, partnership.cohort
            firsts.setdefault(key, partnership)
        yield from schools.values()
        yield from partnerships
        yield from records_of_people(self._context(schools, firsts), self.recipe["people"])

    def ids(self) -> Ids:
        """Return the ids of what the recipe names."""
        people = self.recipe["people"]
        return {
            "participants": {
                name: self._id("participant", name, given=person.get("id")) for name, person in people.items()
            },
            "earlier_participants": dict(_flat(self._earlier_ids(name, person) for name, person in people.items())),
            "declarations": dict(_flat(self._declaration_ids(name, person) for name, person in people.items())),
            "schools": {name: self._id("school", name) for name in self.recipe["schools"]},
            "partnerships": {
                "-".join(map(str, (name, entry["with"], entry["cohort"], added)[: 4 if added else 3])): id_
                for name, entry, added, id_ in self._partnership_ids()
            },
        }

    def _id(self, kind: str, *name: object, given: str | None = None) -> str:
        if given and self.as_given:
            return given
        provider = self.providers["you"]
        return make_id(self.world.seed, "scenario", self.recipe["name"], provider, self.key, kind, *name)

    def _number(self, *name: object) -> int:
        return int(self._id("number", *name)[:8], 16)

    def _context(
        self, schools: Mapping[str, School], partnerships: Mapping[PartnershipKey, Partnership]
    ) -> ScenarioContext:
        world = self.world
        return ScenarioContext(
            id_of=self._id,
            providers=self.providers,
            schools=schools,
            partnerships=partnerships,
            statements=world.statements,
            uplift_cohorts=world.uplift_cohorts,
            detailed_cohorts=world.detailed_cohorts,
            names=world.names,
            as_given=self.as_given,
            now=world.almanac.now,
            touched=world.touched,
        )

    def _school(self, name: str, entry: Recipe, number: int, people: Mapping[str, Identity]) -> School:
        chance = self._number("school", name)
        tutor_name, tutor_email = self._tutor(entry, chance, people)
        return School(
            id=self._id("school", name),
            urn=str((self.as_given and entry.get("urn")) or self._urn + number),
            name=self.world.names.school(chance),
            induction_tutor_name=tutor_name,
            induction_tutor_email=tutor_email,
            eligible=True,
            pupil_premium=entry.get("pupil_premium", False),
            sparsity=entry.get("sparsity", False),
            created_at=self.world.touched or self._before_all_cohorts(),
        )

    def _before_all_cohorts(self) -> str:
        first_day: str = min(entry["starts_on"] for entry in self.world.seeds["cohorts"])
        return f"{day_before(first_day)}T08:00:00Z"

    def _tutor(self, entry: Recipe, chance: int, people: Mapping[str, Identity]) -> tuple[str, str] | tuple[None, None]:
        """Return the name and email of a school's induction tutor: a person of the recipe, another person, or none."""
        named = entry.get("induction_tutor", "")
        if named is None:
            return None, None
        if named:
            return people[named].full_name, people[named].email
        return self.world.names.person(chance), f"office{chance % 10_000}@example.com"

    def _partnership_ids(self) -> Iterator[tuple[str, Recipe, int, str]]:
        """Yield every partnership: its school, its entry, how many equal ones come before it, and its id."""
        for name, school in self.recipe["schools"].items():
            seen: Counter[tuple[str, int]] = Counter()
            for entry, id_ in zip(school.get("partnerships", ()), self._ids_at(name), strict=True):
                with_cohort = entry["with"], entry["cohort"]
                yield name, entry, seen[with_cohort], id_
                seen[with_cohort] += 1

    def _ids_at(self, school: str) -> Iterator[str]:
        """Yield the ids of the partnerships of a school."""
        written = self.world.written_recipes[self.recipe["name"]]["schools"][school]
        seen: Counter[tuple[str, int]] = Counter()
        for entry in self.world.naming_almanac.resolved(written.get("partnerships", ())):
            with_cohort = entry["with"], entry["cohort"]
            yield self._id("partnership", school, *with_cohort, seen[with_cohort])
            seen[with_cohort] += 1

    def _partnerships(self, schools: Mapping[str, School]) -> Iterator[Partnership]:
        for name, entry, added, id_ in self._partnership_ids():
            yield new_partnership(
                id=id_,
                lead_provider_id=self.providers[entry["with"]],
                school=schools[name],
                partner=self.world.partners[entry["delivery_partner"]],
                cohort=entry["cohort"],
                added_by_dfe=added,
                created_at=self.world.touched or self.world.almanac.past(f"{entry['cohort']}-06-16T10:15:00Z"),
            )

    def _earlier_ids(self, name: str, person: Recipe) -> Iterator[tuple[str, str]]:
        for number, entry in enumerate(person.get("id_changes", ())):
            yield f"{name}-before-{number + 1}", self._id("earlier-participant", name, number, given=entry.get("from"))

    def _declaration_ids(self, name: str, person: Recipe) -> Iterator[tuple[str, str]]:
        for part, entry in named_declarations(person):
            yield f"{name}-{part}", self._id("declaration", name, part, given=entry.get("id"))


def _flat(parts: Iterable[Iterable[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        yield from part


def is_for(recipe: Recipe, provider: Mapping[str, Any]) -> bool:
    """Return whether a recipe can be made for a lead provider."""
    return set(recipe["cohorts"]) <= set(provider["cohorts"])


def _providers(seeds: Seeds, recipe: Recipe, lead_provider_id: str) -> Mapping[str, str]:
    """Return the lead providers `you` and `another`: `another` is the next lead provider that can have the recipe."""
    able = [provider["id"] for provider in seeds["lead-providers"] if is_for(recipe, provider)]
    position = able.index(lead_provider_id)
    return {"you": lead_provider_id, "another": able[(position + 1) % len(able)]}
