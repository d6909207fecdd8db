"""A recipe carried out for one lead provider: its schools, partnerships and people, and their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lp_sandbox.programme.records import DeliveryPartner, Partnership, School
from lp_sandbox.programme.seed.almanac import Almanac
from lp_sandbox.programme.seed.names import Names
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.seed.organisations import PartnershipKey, partnership
from lp_sandbox.register.seed.scenario_context import Identity, Stage, identity
from lp_sandbox.register.seed.scenario_people import records_of
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

Seeds = Mapping[str, Any]
Recipe = Mapping[str, Any]
Ids = Mapping[str, Mapping[str, str]]
"""Ids by kind of resource and then by the name in the recipe."""
SEEDED = ""
"""The key of the instances that are there from the start."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all instances of recipes in a world share."""

    seeds: Seeds
    seed: int
    almanac: Almanac
    naming: Almanac
    """The almanac of the seeds' own day. Ids hold the cohorts of that day, so that they are the same on every day."""
    written: Mapping[str, Recipe]
    """The recipes as they are written, by name."""
    statements: Statements
    names: Names
    partners: Mapping[str, DeliveryPartner]
    uplift_cohorts: frozenset[int]
    detailed_cohorts: frozenset[int]
    touched: str | None = None


class Instance:
    """A recipe carried out for one lead provider."""

    def __init__(
        self, setting: Setting, recipe: Recipe, lead_provider_id: str, key: str = SEEDED, urn: int = 0
    ) -> None:
        """Take a recipe without words to resolve; the URNs of its schools begin at `urn`."""
        self.setting, self.recipe, self.key = setting, recipe, key
        self.providers = _providers(setting.seeds, recipe, lead_provider_id)
        first = setting.seeds["lead-providers"][0]["id"]
        self.named = key == SEEDED and lead_provider_id == first
        self._urn = urn

    def records(self) -> Iterator[Record]:
        """Yield its schools and partnerships, and its people."""
        stage = self._stage({}, {})
        tutors = {name: identity(stage, name, person) for name, person in self.recipe["people"].items()}
        schools = {
            name: self._school(name, entry, number, tutors)
            for number, (name, entry) in enumerate(self.recipe["schools"].items())
        }
        partnerships = list(self._partnerships(schools))
        firsts: dict[PartnershipKey, Partnership] = {}
        for one in partnerships:
            firsts.setdefault((one.school_id, one.lead_provider_id, one.cohort), one)
        yield from schools.values()
        yield from partnerships
        yield from records_of(self._stage(schools, firsts), self.recipe["people"])

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
        if given and self.named:
            return given
        provider = self.providers["you"]
        return make_id(self.setting.seed, "scenario", self.recipe["name"], provider, self.key, kind, *name)

    def _number(self, *name: object) -> int:
        return int(self._id("number", *name)[:8], 16)

    def _stage(self, schools: Mapping[str, School], partnerships: Mapping[PartnershipKey, Partnership]) -> Stage:
        setting = self.setting
        return Stage(
            make_id=self._id,
            providers=self.providers,
            schools=schools,
            partnerships=partnerships,
            statements=setting.statements,
            uplift_cohorts=setting.uplift_cohorts,
            detailed_cohorts=setting.detailed_cohorts,
            names=setting.names,
            named=self.named,
            now=setting.almanac.now,
            touched=setting.touched,
        )

    def _school(self, name: str, entry: Recipe, number: int, people: Mapping[str, Identity]) -> School:
        chance = self._number("school", name)
        tutor_name, tutor_email = self._tutor(entry, chance, people)
        return School(
            id=self._id("school", name),
            urn=str((self.named and entry.get("urn")) or self._urn + number),
            name=self.setting.names.school(chance),
            induction_tutor_name=tutor_name,
            induction_tutor_email=tutor_email,
            eligible=True,
            pupil_premium=entry.get("pupil_premium", False),
            sparsity=entry.get("sparsity", False),
            created_at=self.setting.touched or "2021-05-31T08:00:00Z",
        )

    def _tutor(self, entry: Recipe, chance: int, people: Mapping[str, Identity]) -> tuple[str, str] | tuple[None, None]:
        """Return the name and the address of a school's induction tutor: one of its people, somebody, or nobody."""
        named = entry.get("induction_tutor", "")
        if named is None:
            return None, None
        if named:
            return people[named].full_name, people[named].email
        return self.setting.names.person(chance), f"office{chance % 10_000}@example.com"

    def _partnership_ids(self) -> Iterator[tuple[str, Recipe, int, str]]:
        """Yield the school, the entry, how many of its kind come before it, and the id of every partnership."""
        for name, school in self.recipe["schools"].items():
            seen: Counter[tuple[str, int]] = Counter()
            for entry, id_ in zip(school.get("partnerships", ()), self._ids_at(name), strict=True):
                place = entry["with"], entry["cohort"]
                yield name, entry, seen[place], id_
                seen[place] += 1

    def _ids_at(self, school: str) -> Iterator[str]:
        """Yield the ids of the partnerships of a school."""
        written = self.setting.written[self.recipe["name"]]["schools"][school]
        seen: Counter[tuple[str, int]] = Counter()
        for entry in self.setting.naming.resolved(written.get("partnerships", ())):
            place = entry["with"], entry["cohort"]
            yield self._id("partnership", school, *place, seen[place])
            seen[place] += 1

    def _partnerships(self, schools: Mapping[str, School]) -> Iterator[Partnership]:
        for name, entry, added, id_ in self._partnership_ids():
            yield partnership(
                id=id_,
                lead_provider_id=self.providers[entry["with"]],
                school=schools[name],
                partner=self.setting.partners[entry["delivery_partner"]],
                cohort=entry["cohort"],
                added_by_dfe=added,
                created_at=self.setting.touched or self.setting.almanac.past(f"{entry['cohort']}-06-16T10:15:00Z"),
            )

    def _earlier_ids(self, name: str, person: Recipe) -> Iterator[tuple[str, str]]:
        for number, entry in enumerate(person.get("id_changes", ())):
            yield f"{name}-before-{number + 1}", self._id("earlier-participant", name, number, given=entry.get("from"))

    def _declaration_ids(self, name: str, person: Recipe) -> Iterator[tuple[str, str]]:
        seen: Counter[str] = Counter()
        for entry in person.get("declarations", ()):
            seen[entry["type"]] += 1
            again = f"-{seen[entry['type']]}" if seen[entry["type"]] > 1 else ""
            part = f"{entry['type']}{again}"
            yield f"{name}-{part}", self._id("declaration", name, part, given=entry.get("id"))


def _flat(parts: Iterable[Iterable[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        yield from part


def is_for(recipe: Recipe, provider: Mapping[str, Any]) -> bool:
    """Say whether a recipe can be made for a lead provider."""
    return set(recipe["cohorts"]) <= set(provider["cohorts"])


def _providers(seeds: Seeds, recipe: Recipe, lead_provider_id: str) -> Mapping[str, str]:
    """Say who `you` and `another` are: the next lead provider for which the recipe could be made too."""
    able = [provider["id"] for provider in seeds["lead-providers"] if is_for(recipe, provider)]
    position = able.index(lead_provider_id)
    return {"you": lead_provider_id, "another": able[(position + 1) % len(able)]}
