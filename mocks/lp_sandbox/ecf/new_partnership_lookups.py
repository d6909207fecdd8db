"""Looks up what the rules of a new partnership need to know of schools in a cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.records import EcfPartnership, ProgrammeChoice
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where


class Commitments(NamedTuple):
    """What a school is committed to in a cohort, and was in the cohort before."""

    present_partnership: EcfPartnership | None
    had_provider_last_year: bool
    has_chosen_programme: bool


def commitments_of(call: Call, cohort: int, school_ids: Collection[str]) -> Mapping[str, Commitments]:
    """Return the commitments of schools in a cohort, by the id of the school."""
    present, before = (_present_partnerships(call, year, school_ids) for year in (cohort, cohort - 1))
    of_schools = Where("cohort", "=", cohort), Where("school_id", "in", tuple(school_ids))
    chosen = {id_ for (id_,) in call.store.rows(ProgrammeChoice, ("school_id",), call.world.id, *of_schools)}
    return {id_: Commitments(present.get(id_), id_ in before, id_ in chosen) for id_ in school_ids}


def _present_partnerships(call: Call, cohort: int, school_ids: Collection[str]) -> Mapping[str, EcfPartnership]:
    """Return each school's unchallenged partnership in a cohort that is not a relationship, with any lead provider."""
    of_schools = Where("cohort", "=", cohort), Where("school_id", "in", tuple(school_ids))
    found = call.store.find(EcfPartnership, call.world.id, *of_schools, NOT_CHALLENGED, NOT_A_RELATIONSHIP)
    return {each.school_id: each for each in found}
