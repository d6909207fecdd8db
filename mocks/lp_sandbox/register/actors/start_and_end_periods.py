"""Starts and ends school periods and training periods, and assigns mentors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from lp_sandbox.programme.day_arithmetic import day_before
from lp_sandbox.programme.people import training_throughout
from lp_sandbox.programme.records import ECT, MENTOR, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.training_lookups import training_within
from lp_sandbox.register.actors.participant_lookups import (
    mentorships,
    school_periods,
    training_periods,
)
from lp_sandbox.register.actors.rules.training_choice_facts import TrainingChoice
from lp_sandbox.register.operations.schools import interested
from lp_sandbox.register.rebuild_list_rows import rebuild_programme_choice, record_change
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Slice, Where

_FIRST = Slice((("added_by_dfe", False), ("created_at", False)), length=1)


@contextmanager
def updating_schools(call: Call, *training: TrainingPeriod) -> Iterator[None]:
    """Update the schools of training periods that change within: their choice of programme and their interest."""
    schools = {(each.school_id, each.cohort, each.lead_provider_id) for each in training}
    before = {school: _shows_interest(call, *school) for school in schools}
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


def start_school_period(
    call: Call, participant_id: str, *, role: str, first_day: str, email: str, working_pattern: str | None
) -> SchoolPeriod:
    """Start a participant's school period at the school that the request names."""
    before = school_periods(call, participant_id, role)
    school_period = SchoolPeriod(
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
    call.store.add(call.world.id, [school_period])
    return school_period


def start_training(call: Call, school_period: SchoolPeriod, choice: TrainingChoice, schedule: str) -> None:
    """Start the training of a school period. A mentor without a lead provider has none."""
    provider_id = choice.lead_provider.id if choice.lead_provider else None
    if provider_id is None and school_period.role == MENTOR:
        return
    training_period = _training_period(call, school_period, required(choice.cohort).year, schedule, provider_id)
    with updating_schools(call, training_period):
        call.store.add(call.world.id, [training_period])


def _training_period(
    call: Call, school_period: SchoolPeriod, cohort: int, schedule: str, lead_provider_id: str | None
) -> TrainingPeriod:
    """Return the training period of a school period: under a partnership where there is one, or school-led."""
    participant_id, role = school_period.participant_id, school_period.role
    before = training_periods(call, participant_id, role)
    return training_throughout(
        school_period,
        id=make_id(call.world.seed, "registered-training-period", participant_id, role, len(before)),
        cohort=cohort,
        schedule=schedule if lead_provider_id else None,
        lead_provider_id=lead_provider_id,
        partnership_id=_first_partnership(call, lead_provider_id, school_period.school_id, cohort),
    )


def _first_partnership(call: Call, lead_provider_id: str | None, school_id: str, cohort: int) -> str | None:
    where = (
        Where("lead_provider_id", "=", lead_provider_id),
        Where("school_id", "=", school_id),
        Where("cohort", "=", cohort),
    )
    found = call.store.rows(Partnership, ("id",), call.world.id, *where, part=_FIRST)
    return found[0][0] if found else None


def end_school_period(call: Call, school_period: SchoolPeriod, last_day: str) -> SchoolPeriod:
    """End a school period with its training and mentorships. Returns the ended school period."""
    ended = msgspec.structs.replace(school_period, finished_on=last_day)
    training = training_within(call, school_period)
    with updating_schools(call, *training):
        call.store.put(call.world.id, ended, *_ended(call, training, last_day))
    is_ect = school_period.role == ECT
    to_end = mentorships(call, school_period) if is_ect else _mentorships_of_mentor(call, school_period)
    _end_mentorships(call, to_end, last_day)
    return ended


def _ended(call: Call, training: Sequence[TrainingPeriod], last_day: str) -> Iterator[TrainingPeriod]:
    for each in training:
        if each.finished_on > last_day:
            yield msgspec.structs.replace(each, finished_on=last_day, moved_at=call.stamp)


def _mentorships_of_mentor(call: Call, school_period: SchoolPeriod) -> Sequence[Mentorship]:
    """Return the mentorships of a mentor with ECTs of one school."""
    own = call.store.find(Mentorship, call.world.id, Where("mentor_id", "=", school_period.participant_id))
    ids = tuple(mentorship.ect_school_period_id for mentorship in own)
    there = Where("id", "in", ids), Where("school_id", "=", school_period.school_id)
    at_this_school = call.store.rows(SchoolPeriod, ("id",), call.world.id, *there)
    return [mentorship for mentorship in own if (mentorship.ect_school_period_id,) in at_this_school]


def _end_mentorships(call: Call, to_end: Sequence[Mentorship], last_day: str) -> None:
    """End mentorships on a day, and remove those that would start later. Their ECTs are recorded as changed."""
    ended = [m for m in to_end if m.finished_on > last_day]
    removed = tuple(m.id for m in ended if m.started_on > last_day)
    call.store.remove(Mentorship, call.world.id, Where("id", "in", removed))
    begun = [msgspec.structs.replace(m, finished_on=last_day) for m in ended if m.id not in removed]
    call.store.put(call.world.id, *begun)
    record_change(call, {m.ect_id for m in ended})


def assign_mentor(call: Call, ect_period: SchoolPeriod, mentor_period: SchoolPeriod, day: str) -> None:
    """Assign a mentor to an ECT from a day, instead of the present mentor."""
    first_day = max(day, ect_period.started_on, mentor_period.started_on)
    _end_mentorships(call, mentorships(call, ect_period), day_before(first_day))
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
