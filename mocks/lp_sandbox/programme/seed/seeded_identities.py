"""Ids, names and numbers of the people in recipes, made from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.worlds.ids import make_id

Person = Mapping[str, Any]
"""A person in a recipe."""


class MakesIds(Protocol):
    """Makes the id of a part of a recipe, or returns the given id where the ids in the recipe apply."""

    def __call__(self, kind: str, *name: object, given: str | None = None) -> str:
        """Return the id of a part, from its kind and its name within the recipe."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is: what does not depend on their training."""

    id: str
    full_name: str
    email: str
    teacher_reference_number: str


def identity_of(person: Person, name: str, *, id_of: MakesIds, names: Names, as_given: bool) -> Identity:
    """Make the identity of a person in a recipe. Names in the recipe apply only if `as_given`."""
    id_ = id_of("participant", name, given=person.get("id"))
    number = int(id_[:7], 16)
    given = person if as_given else {}
    full_name = given.get("full_name") or names.person(number)
    trn = given.get("teacher_reference_number") or reference_number(number)
    address = email(full_name, None if "full_name" in given else number % 1000)
    return Identity(id_, full_name, address, trn)


def ids_from(seed: int | str) -> MakesIds:
    """Return a function that makes ids from a seed, unless the recipe gives one."""

    def made(kind: str, *name: object, given: str | None = None) -> str:
        return given or make_id(seed, kind, *name)

    return made
