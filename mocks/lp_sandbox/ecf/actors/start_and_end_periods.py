"""Starts and ends the time of participants at schools, with their training and their mentors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lp_sandbox.ecf.list_rows import rebuild_list_rows, record_change
from lp_sandbox.ecf.programme_choices import Programme
from lp_sandbox.programme.people import training_throughout
from lp_sandbox.programme.records import ECT, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.training_lookups import training_within
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store import Where


def start_school_period(call: Call, participant_id: str, *, role: str, first_day: str, email: str) -> SchoolPeriod:
    """Start a participant's time at the school that the request names."""
    school_id = call.id_in("school_id")
    in_role = Where("participant_id", "=", participant_id), Where("role", "=", role)
    before = call.store.rows(SchoolPeriod, ("id",), call.world.id, *in_role)
    school_period = SchoolPeriod(
        id=make_id(call.world.seed, "registered-school-period", participant_id, role, school_id, len(before)),
        participant_id=participant_id,
        role=role,
        school_id=school_id,
        started_on=first_day,
        finished_on=FOREVER,
        email=email,
        working_pattern=None,
        created_at=call.stamp,
    )
    call.store.add(call.world.id, [school_period])
    return school_period


def start_training(call: Call, school_period: SchoolPeriod, programme: Programme) -> None:
    """Start training that lasts as long as a participant's time at a school."""
    id_ = make_id(call.world.seed, "registered-training-period", school_period.id)
    call.store.add(call.world.id, [training_throughout(school_period, id=id_, **programme._asdict())])


def end_school_period(call: Call, school_period: SchoolPeriod, end: str) -> None:
    """End a participant's time at a school with the training and, of an ECT, the mentorship."""
    training = training_within(call, school_period)
    call.store.put(call.world.id, msgspec.structs.replace(school_period, finished_on=end))
    call.store.put(call.world.id, *_ended(call, training, end))
    if school_period.role == ECT:
        end_mentorships(call, mentorships_at(call, school_period), end)


def _ended(call: Call, training: Sequence[TrainingPeriod], end: str) -> Iterator[TrainingPeriod]:
    for each in training:
        if each.finished_on > end:
            yield msgspec.structs.replace(each, finished_on=end, moved_at=call.stamp)


def mentorships_at(call: Call, school_period: SchoolPeriod) -> Sequence[Mentorship]:
    """Return the mentorships of an ECT's school period, or of a mentor with ECTs of the school."""
    if school_period.role == ECT:
        at = Where("ect_school_period_id", "=", school_period.id)
        return call.store.find(Mentorship, call.world.id, at)
    own = call.store.find(Mentorship, call.world.id, Where("mentor_id", "=", school_period.participant_id))
    ects = Where("id", "in", tuple(each.ect_school_period_id for each in own))
    there = call.store.rows(
        SchoolPeriod, ("id",), call.world.id, ects, Where("school_id", "=", school_period.school_id)
    )
    return [each for each in own if (each.ect_school_period_id,) in there]


def end_mentorships(call: Call, mentorships: Sequence[Mentorship], end: str) -> None:
    """End mentorships on a day, and remove those that start on it or later. Only their ECTs are recorded as changed."""
    ending = [each for each in mentorships if each.finished_on > end]
    never_begun = tuple(each.id for each in ending if each.started_on >= end)
    begun = [msgspec.structs.replace(each, finished_on=end) for each in ending if each.id not in never_begun]
    call.store.put(call.world.id, *begun)
    call.store.remove(Mentorship, call.world.id, Where("id", "in", never_begun))
    record_change(call, {each.ect_id for each in ending})
    rebuild_list_rows(call.store, call.world.id, {each.mentor_id for each in ending}, call.today)


def start_mentorship(call: Call, ect_period: SchoolPeriod, mentor_id: str, first_day: str) -> None:
    """Start a mentorship that lasts until the ECT leaves the school."""
    mentorship = Mentorship(
        id=make_id(call.world.seed, "registered-mentorship", ect_period.id, mentor_id, call.stamp),
        ect_id=ect_period.participant_id,
        ect_school_period_id=ect_period.id,
        mentor_id=mentor_id,
        started_on=first_day,
        finished_on=ect_period.finished_on,
    )
    call.store.put(call.world.id, mentorship)
