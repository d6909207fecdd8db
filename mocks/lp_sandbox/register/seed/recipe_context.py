"""The context in which a recipe is made: what the words of the recipe refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lp_sandbox.programme.records import School
from lp_sandbox.programme.seed.names import Names
from lp_sandbox.programme.seed.seeded_identities import Identity, MakesIds, Person, identity_of
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.seed.partnerships import PartnershipKey


@dataclass(frozen=True, slots=True)
class ScenarioContext:
    """What the words of a recipe refer to in one instance of it."""

    id_of: MakesIds
    providers: Mapping[str, str]
    schools: Mapping[str, School]
    partnerships: Mapping[PartnershipKey, Partnership]
    statements: Statements
    uplift_cohorts: frozenset[int]
    detailed_cohorts: frozenset[int]
    names: Names
    as_given: bool
    """The ids and names in the recipe apply to this instance."""
    now: str
    """Nothing was recorded later."""
    touched: str | None
    """When everything was last changed; None derives it from the recipe."""

    def identities(self, people: Mapping[str, Person]) -> Mapping[str, Identity]:
        """Return the identities of the people of a recipe, by name."""
        return {
            name: identity_of(person, name, id_of=self.id_of, names=self.names, as_given=self.as_given)
            for name, person in people.items()
        }
