"""What actors look up: people, where they are, and who trains them there."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.programme.cohorts import is_frozen
from lp_sandbox.programme.people import latest
from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    Cohort,
    Induction,
    LeadProvider,
    Mentorship,
    Pairing,
    Participant,
    School,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.register.actors.rules.training_choice import Place
from lp_sandbox.register.actors.starting_schedule import Placing, placed, usual_schedule
from lp_sandbox.register.records import Declaration, SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Slice, Where

_BY_START = Slice((("started_on", False), ("id", False)))


def day_in(call: Call, field: str) -> str:
    """Return a day of the request; today when it has none."""
    return call.text(field) or call.today


def participant(call: Call, id: str) -> Participant | None:
    """Return a participant."""
    return call.store.get(Participant, call.world.id, id)


def periods(call: Call, participant_id: str, role: str) -> Sequence[SchoolPeriod]:
    """Return somebody's times at schools in a role, by their first days."""
    return call.store.find(SchoolPeriod, call.world.id, *_of(participant_id, role), part=_BY_START)


def training(call: Call, participant_id: str, role: str) -> Sequence[TrainingPeriod]:
    """Return somebody's training in a role, by its first days."""
    return call.store.find(TrainingPeriod, call.world.id, *_of(participant_id, role), part=_BY_START)


def _of(participant_id: str, role: str) -> tuple[Where, Where]:
    return Where("participant_id", "=", participant_id), Where("role", "=", role)


def inductions(call: Call, participant_id: str) -> Sequence[Induction]:
    """Return the periods of somebody's induction, by their first days."""
    where = Where("participant_id", "=", participant_id)
    return call.store.find(Induction, call.world.id, where, part=_BY_START)


def mentorships(call: Call, ect_period: SchoolPeriod) -> Sequence[Mentorship]:
    """Return who mentored an ECT during a time at a school, by their first days."""
    where = Where("ect_school_period_id", "=", ect_period.id)
    return call.store.find(Mentorship, call.world.id, where, part=_BY_START)


def at_school(call: Call, participant_id: str, role: str, school_id: str, day: str) -> SchoolPeriod | None:
    """Return somebody's time at a school in a role that is not over on a day."""
    times = periods(call, participant_id, role)
    return next((time for time in times if time.school_id == school_id and time.finished_on >= day), None)


def cohort_of(call: Call, day: str) -> Cohort | None:
    """Return the cohort that a day is in."""
    return next((c for c in call.store.find(Cohort, call.world.id) if c.starts_on <= day <= c.ends_on), None)


def place(call: Call, school_id: str, year: int | None, named_provider: str) -> Place:
    """Look up where somebody shall be trained, and by whom."""
    store, world = call.store, call.world.id
    cohort = store.get(Cohort, world, year)
    provider = _lead_provider(call, named_provider)
    works = provider and store.rows(
        Pairing, ("cohort",), world, Where("lead_provider_id", "=", provider.id), Where("cohort", "=", year)
    )
    return Place(
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
    return next((provider for provider in providers if named in (provider.id, provider.name)), None)


def last_period(call: Call, participant_id: str, role: str) -> SchoolPeriod | None:
    """Return somebody's latest time at a school in a role."""
    times = periods(call, participant_id, role)
    return times[-1] if times else None


def since(call: Call, period: SchoolPeriod | None) -> str:
    """Return the first day of a time at a school, or of the latest training in it; empty where there is none."""
    if period is None:
        return ""
    there = Where("school_period_id", "=", period.id)
    begun = [one.started_on for one in call.store.find(TrainingPeriod, call.world.id, there)]
    return max([period.started_on, *begun])


def mentor_at(call: Call, mentor_id: str, school_id: str, day: str) -> SchoolPeriod | None:
    """Return the time at a school of a mentor who is there on a day."""
    period = at_school(call, mentor_id, MENTOR, school_id, day)
    return period if period and period.started_on <= day else None


def induction_over(call: Call, participant_id: str, role: str) -> bool:
    """Say whether somebody's induction has an outcome, so that they can be an ECT no more."""
    return role == ECT and any(induction.outcome for induction in inductions(call, participant_id))


def placing(call: Call, participant_id: str, role: str, first_day: str) -> Placing:
    """Find cohort and schedule: those of the last training in the role, or what is usual on the day."""
    cohort = cohort_of(call, first_day)
    schedule = usual_schedule(first_day, call.today, replaces=_replaces(call, role))
    last = latest(training(call, participant_id, role))
    left = call.store.get(Cohort, call.world.id, last.cohort) if last else None
    frozen = left if is_frozen(left, call.stamp) else None
    return placed(role, last, Placing(cohort.year if cohort else None, schedule), frozen)


def _replaces(call: Call, role: str) -> bool:
    """Say whether a new mentor takes over from one for whom something was declared while they mentored the ECT."""
    ect_period = last_period(call, call.id_in("ect_id"), ECT) if role == MENTOR else None
    so_far = mentorships(call, ect_period) if ect_period else ()
    if not so_far:
        return False
    of_mentor = Where("participant_id", "=", so_far[-1].mentor_id), Where("role", "=", MENTOR)
    declared = call.store.find(Declaration, call.world.id, *of_mentor, Where("voided_at", "is", None))
    begun, over = so_far[-1].started_on, so_far[-1].finished_on
    return any(begun <= declaration.declaration_date[:10] <= over for declaration in declared)
