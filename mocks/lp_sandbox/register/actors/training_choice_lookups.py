"""Looks up the training that a school chooses for a participant: school, cohort, lead provider and schedule."""

from __future__ import annotations

from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.people import latest
from lp_sandbox.programme.records import ECT, MENTOR, Cohort, LeadProvider, Pairing, School
from lp_sandbox.register.actors.participant_lookups import last_school_period, mentorships, training_periods
from lp_sandbox.register.actors.rules.training_choice_facts import TrainingChoice
from lp_sandbox.register.actors.starting_cohort_and_schedule import Placement, placement_after, usual_schedule
from lp_sandbox.register.records import Declaration, SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import Where


def training_choice(call: Call, school_id: str, year: int | None, named_provider: str) -> TrainingChoice:
    """Look up the school, cohort and lead provider of a choice."""
    store, world = call.store, call.world.id
    cohort = store.get(Cohort, world, year)
    provider = _lead_provider(call, named_provider)
    works = provider and store.rows(
        Pairing, ("cohort",), world, Where("lead_provider_id", "=", provider.id), Where("cohort", "=", year)
    )
    return TrainingChoice(
        school=store.get(School, world, school_id),
        school_in_cohort=store.get(SchoolCohort, world, school_id, year),
        cohort=cohort,
        cohort_is_frozen=is_frozen(cohort, call.stamp),
        named_provider=named_provider,
        lead_provider=provider,
        provider_works=bool(works),
    )


def _lead_provider(call: Call, named: str) -> LeadProvider | None:
    providers = call.store.find(LeadProvider, call.world.id)
    return next((provider for provider in providers if provider.name == named or provider.id == read_id(named)), None)


def placement(call: Call, participant_id: str, role: str, first_day: str) -> Placement:
    """Return the cohort and schedule for training from a day: from the last training, or the usual ones."""
    cohort = _cohort_on(call, first_day)
    schedule = usual_schedule(first_day, call.today, replaces=_replaces_mentor(call, role))
    last = latest(training_periods(call, participant_id, role))
    left = call.store.get(Cohort, call.world.id, last.cohort) if last else None
    frozen = left if is_frozen(left, call.stamp) else None
    return placement_after(role, last, Placement(cohort.year if cohort else None, schedule), frozen)


def _cohort_on(call: Call, day: str) -> Cohort | None:
    return next((c for c in call.store.find(Cohort, call.world.id) if c.starts_on <= day <= c.ends_on), None)


def _replaces_mentor(call: Call, role: str) -> bool:
    """Return whether a new mentor replaces one with a declaration dated within the mentorship."""
    ect_period = last_school_period(call, call.id_in("ect_id"), ECT) if role == MENTOR else None
    previous = mentorships(call, ect_period) if ect_period else ()
    if not previous:
        return False
    of_mentor = Where("participant_id", "=", previous[-1].mentor_id), Where("role", "=", MENTOR)
    declarations = call.store.find(Declaration, call.world.id, *of_mentor, Where("voided_at", "is", None))
    first, last = previous[-1].started_on, previous[-1].finished_on
    return any(first <= declaration.declaration_date[:10] <= last for declaration in declarations)
