"""Where a recipe is carried out: what its words stand for, and who its people are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lp_sandbox.programme.records import Partnership, School
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.seed.organisations import PartnershipKey
from lp_sandbox.worlds.ids import make_id

Spec = Mapping[str, Any]


class MakesIds(Protocol):
    """Makes the id of a part of a recipe, unless one is given that holds here."""

    def __call__(self, kind: str, *name: object, given: str | None = None) -> str:
        """Make it of the kind and what names the part within the recipe."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the words of a recipe stand for where it is carried out."""

    make_id: MakesIds
    providers: Mapping[str, str]
    schools: Mapping[str, School]
    partnerships: Mapping[PartnershipKey, Partnership]
    statements: Statements
    uplift_cohorts: frozenset[int]
    detailed_cohorts: frozenset[int]
    names: Names
    named: bool
    """The ids and names in the recipe hold here."""
    now: str
    """Nothing was recorded later."""
    touched: str | None
    """When everything was last changed; None leaves it to what happened."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, before anything is known of what they did."""

    id: str
    full_name: str
    email: str
    teacher_reference_number: str


def identity(stage: Stage, name: str, spec: Spec) -> Identity:
    """Make up who somebody of a recipe is."""
    id_ = stage.make_id("participant", name, given=spec.get("id"))
    number = int(id_[:7], 16)
    given = spec if stage.named else {}
    full_name = given.get("full_name") or stage.names.person(number)
    trn = given.get("teacher_reference_number") or reference_number(number)
    address = email(full_name, None if "full_name" in given else number % 1000)
    return Identity(id_, full_name, address, trn)


def seeded_id(seed: int) -> MakesIds:
    """Make ids for what the seeds name: what is given holds."""

    def made(kind: str, *name: object, given: str | None = None) -> str:
        return given or make_id(seed, kind, *name)

    return made
