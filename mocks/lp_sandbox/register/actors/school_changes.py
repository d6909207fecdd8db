"""What changes when people come to schools, leave them and change mentors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from lp_sandbox.programme.days import day_before
from lp_sandbox.programme.records import ECT, MENTOR, Mentorship, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.actors import lookup
from lp_sandbox.register.actors.rules.training_choice import Place
from lp_sandbox.register.listings import rebuild_programme_choice, record_changes
from lp_sandbox.register.operations.schools import interested
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Slice, Where

_FIRST = Slice((("added_by_dfe", False), ("created_at", False)), length=1)


@contextmanager
def schools_in_step(call: Call, *training: TrainingPeriod) -> Iterator[None]:
    """Bring the schools of training that is about to change in step: what they chose, and who sees their interest."""
    places = {(p.school_id, p.cohort, p.lead_provider_id) for p in training}
    before = {place: _shows_interest(call, *place) for place in places}
    yield
    for (school_id, cohort, lead_provider_id), interest in before.items():
        rebuild_programme_choice(call, school_id, cohort)
        if interest != _shows_interest(call, school_id, cohort, lead_provider_id):
            everywhere = Where("school_id", "=", school_id)
            call.store.change(SchoolCohort, call.world.id, {"updated_at": call.stamp}, everywhere)


def _shows_interest(call: Call, school_id: str, cohort: int, lead_provider_id: str | None) -> bool:
    if lead_provider_id is None:
        return False
    return bool(interested(dataclasses.replace(call, lead_provider_id=lead_provider_id), cohort, [school_id]))


def at_new_school(
    call: Call, participant_id: str, *, role: str, first_day: str, email: str, working_pattern: str | None
) -> SchoolPeriod:
    """Begin somebody's time at the school that the request names."""
    before = lookup.periods(call, participant_id, role)
    period = SchoolPeriod(
        id=make_id(call.world.seed, "registered-school-period", participant_id, role, len(before)),
        participant_id=participant_id,
        role=role,
        school_id=call.id_in("school_id"),
        started_on=first_day,
        finished_on=FOREVER,
        email=email,
        working_pattern=working_pattern,
        created_at=call.stamp,
    )
    call.store.add(call.world.id, [period])
    return period


def train(call: Call, period: SchoolPeriod, place: Place, schedule: str) -> None:
    """Begin the training of a time at a school. A mentor whom no lead provider trains has none."""
    provider_id = place.lead_provider.id if place.lead_provider else None
    if provider_id is None and period.role == MENTOR:
        return
    training = _training(call, period, required(place.cohort).year, schedule, provider_id)
    with schools_in_step(call, training):
        call.store.add(call.world.id, [training])


def _training(
    call: Call, period: SchoolPeriod, cohort: int, schedule: str, lead_provider_id: str | None
) -> TrainingPeriod:
    """Make the training of somebody's time at a school: under a partnership where there is one, or school-led."""
    before = lookup.training(call, period.participant_id, period.role)
    return TrainingPeriod(
        id=make_id(call.world.seed, "registered-training-period", period.participant_id, period.role, len(before)),
        participant_id=period.participant_id,
        role=period.role,
        school_period_id=period.id,
        school_id=period.school_id,
        cohort=cohort,
        schedule=schedule if lead_provider_id else None,
        lead_provider_id=lead_provider_id,
        partnership_id=_partnership(call, lead_provider_id, period.school_id, cohort),
        started_on=period.started_on,
        finished_on=period.finished_on,
        withdrawn_at=None,
        withdrawal_reason=None,
        deferred_at=None,
        deferral_reason=None,
        created_at=call.stamp,
    )


def _partnership(call: Call, lead_provider_id: str | None, school_id: str, cohort: int) -> str | None:
    where = (
        Where("lead_provider_id", "=", lead_provider_id),
        Where("school_id", "=", school_id),
        Where("cohort", "=", cohort),
    )
    found = call.store.rows(Partnership, ("id",), call.world.id, *where, part=_FIRST)
    return found[0][0] if found else None


def leave(call: Call, period: SchoolPeriod, last_day: str) -> SchoolPeriod:
    """End somebody's time at a school, with their training and mentorships there. Returns it as it is now."""
    left = msgspec.structs.replace(period, finished_on=last_day)
    training = _training_in(call, period)
    with schools_in_step(call, *training):
        call.store.put(call.world.id, left, *_ended(call, training, last_day))
    mentorships = lookup.mentorships(call, period) if period.role == ECT else _mentored_at(call, period)
    _end_mentorships(call, mentorships, last_day)
    return left


def _training_in(call: Call, period: SchoolPeriod) -> Sequence[TrainingPeriod]:
    return call.store.find(TrainingPeriod, call.world.id, Where("school_period_id", "=", period.id))


def _ended(call: Call, training: Sequence[TrainingPeriod], last_day: str) -> Iterator[TrainingPeriod]:
    for one in training:
        if one.finished_on > last_day:
            yield msgspec.structs.replace(one, finished_on=last_day, moved_at=call.stamp)


def _mentored_at(call: Call, period: SchoolPeriod) -> Sequence[Mentorship]:
    """Return the mentorships of a mentor with ECTs of one school."""
    mine = call.store.find(Mentorship, call.world.id, Where("mentor_id", "=", period.participant_id))
    ids = tuple(mentorship.ect_school_period_id for mentorship in mine)
    there = Where("id", "in", ids), Where("school_id", "=", period.school_id)
    at_this_school = call.store.rows(SchoolPeriod, ("id",), call.world.id, *there)
    return [mentorship for mentorship in mine if (mentorship.ect_school_period_id,) in at_this_school]


def _end_mentorships(call: Call, mentorships: Sequence[Mentorship], last_day: str) -> None:
    """End mentorships on a day; those that would begin later never do. Their ECTs have changed."""
    ended = [m for m in mentorships if m.finished_on > last_day]
    never = tuple(m.id for m in ended if m.started_on > last_day)
    call.store.remove(Mentorship, call.world.id, Where("id", "in", never))
    begun = [msgspec.structs.replace(m, finished_on=last_day) for m in ended if m.id not in never]
    call.store.put(call.world.id, *begun)
    ects = Where("id", "in", tuple({m.ect_id for m in ended}))
    record_changes(call, call.store.find(Participant, call.world.id, ects))


def mentored(call: Call, ect_period: SchoolPeriod, mentor_period: SchoolPeriod, day: str) -> None:
    """Give an ECT a mentor from a day on, in place of the one so far."""
    first_day = max(day, ect_period.started_on, mentor_period.started_on)
    _end_mentorships(call, lookup.mentorships(call, ect_period), day_before(first_day))
    mentor_id = mentor_period.participant_id
    mentorship = Mentorship(
        id=make_id(call.world.seed, "registered-mentorship", ect_period.id, mentor_id, first_day),
        ect_id=ect_period.participant_id,
        ect_school_period_id=ect_period.id,
        mentor_id=mentor_id,
        started_on=first_day,
        finished_on=min(ect_period.finished_on, mentor_period.finished_on),
    )
    call.store.put(call.world.id, mentorship)
