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
    of_schools = Where("school_id", "in", tuple(school_ids))
    present = of_schools, NOT_CHALLENGED, NOT_A_RELATIONSHIP
    now, last_year, choices = call.store.find_each(
        call.world.id,
        (EcfPartnership, Where("cohort", "=", cohort), *present),
        (EcfPartnership, Where("cohort", "=", cohort - 1), *present),
        (ProgrammeChoice, Where("cohort", "=", cohort), of_schools),
    )
    partnerships = {each.school_id: each for each in now}
    had_provider, have_chosen = ({each.school_id for each in found} for found in (last_year, choices))
    return {id_: Commitments(partnerships.get(id_), id_ in had_provider, id_ in have_chosen) for id_ in school_ids}
