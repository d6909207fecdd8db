"""Finds cohorts: a participant's new cohort, the current cohort, open cohorts, and the cohort in a request."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.ecf.records import EcfCohort, LeadProviderCohort
from lp_sandbox.ecf.validate_details import induction_year
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.records import ECT
from lp_sandbox.request.call import Call
from lp_sandbox.request.query import leading_number
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.store import Slice

BY_YEAR = Slice((("year", False),))
PILOT_YEAR = 2020


def joined_cohort(call: Call, role: str, date_of_birth: str, start_date: str) -> EcfCohort | None:
    """Return the cohort that a participant joins; None when there is none of that year.

    An ECT whose induction has started joins the cohort of that start: the current one instead of 2020, and the one that
    is open for registration instead of one whose payments are frozen. Everybody else joins the current cohort until its
    automatic assignment ends, and from then on the next one if they start in its academic year.
    """
    cohorts = call.store.find(EcfCohort, call.world.id, part=BY_YEAR)
    started_in = induction_year(date_of_birth) if role == ECT else None
    if started_in and started_in != PILOT_YEAR:
        cohort = _of_year(cohorts, started_in)
        return _open(call, cohorts) if is_frozen(cohort, call.stamp) else cohort
    current = _current(call, cohorts)
    if started_in or call.today <= current.automatic_assignment_ends_on:
        return current
    following = _of_year(cohorts, current.year + 1)
    starts_in_following = (start_date or call.today) >= f"{current.year + 1}-09-01"
    return following if starts_in_following else current


def current_cohort(call: Call) -> EcfCohort:
    """Return the cohort whose academic year started last, or before all of them the first one."""
    return _current(call, call.store.find(EcfCohort, call.world.id, part=BY_YEAR))


def trained_cohort(call: Call) -> int:
    """Return the cohort of the request if the lead provider trains in it, or else the current one."""
    year = leading_number(text_of(call.parameters.get("cohort")))
    if call.store.get(LeadProviderCohort, call.world.id, call.lead_provider_id, year):
        return year
    return current_cohort(call).year


def open_cohorts(call: Call) -> Sequence[EcfCohort]:
    """Return the cohorts whose registration has opened, the earliest first."""
    return [cohort for cohort in call.store.find(EcfCohort, call.world.id, part=BY_YEAR) if _is_open(call, cohort)]


def _current(call: Call, cohorts: Sequence[EcfCohort]) -> EcfCohort:
    return [cohorts[0], *(cohort for cohort in cohorts if cohort.academic_year_starts_on <= call.today)][-1]


def _open(call: Call, cohorts: Sequence[EcfCohort]) -> EcfCohort:
    return [cohorts[0], *(cohort for cohort in cohorts if _is_open(call, cohort))][-1]


def _is_open(call: Call, cohort: EcfCohort) -> bool:
    return cohort.registration_starts_on <= call.today


def _of_year(cohorts: Sequence[EcfCohort], year: int) -> EcfCohort | None:
    return next((cohort for cohort in cohorts if cohort.year == year), None)
