"""A school registers a participant."""

from __future__ import annotations

from lp_sandbox.programme.records import ECT, Participant, SchoolPeriod
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.register.actors.participant_answer import participant_at_school
from lp_sandbox.register.actors.participant_lookups import (
    induction_over,
    mentor_at,
    participant_with,
    school_period_at,
    school_periods,
)
from lp_sandbox.register.actors.rules.schools import Registration
from lp_sandbox.register.actors.start_and_end_periods import assign_mentor, start_school_period, start_training
from lp_sandbox.register.actors.starting_cohort_and_schedule import Placement
from lp_sandbox.register.actors.training_choice_lookups import placement, training_choice
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.store import Where


def register(names: Names, call: Call) -> bytes:
    """Register a participant at a school."""
    role, first_day = call.text("participant_type"), call.text("start_date") or call.today
    start = placement(call, call.id_in("participant_id"), role, first_day)
    facts = _facts(call, role, first_day, start)
    call.judge(facts)
    participant = facts.participant or _new_participant(call, names)
    if not facts.participant:
        call.store.add(call.world.id, [participant])
    school_period = start_school_period(
        call,
        participant.id,
        role=role,
        first_day=first_day,
        email=call.text("email") or email(participant.full_name, int(participant.id[:7], 16) % 1000),
        working_pattern=(facts.working_pattern or "full_time") if role == ECT else None,
    )
    start_training(call, school_period, facts.choice, start.schedule)
    _assign_mentors(call, school_period)
    record_change(call, [participant.id], **start.changes)
    return participant_at_school(call, participant, school_period)


def _facts(call: Call, role: str, first_day: str, start: Placement) -> Registration:
    participant_id, school_id = call.id_in("participant_id"), call.id_in("school_id")
    number = call.text("teacher_reference_number")
    mentor_id, ect_id = call.id_in("mentor_id"), call.id_in("ect_id")
    participant = participant_with(call, participant_id)
    return Registration(
        role=role,
        participant_id=participant_id,
        full_name=call.text("full_name"),
        teacher_reference_number=number,
        working_pattern=call.text("working_pattern"),
        mentor_id=mentor_id,
        ect_id=ect_id,
        participant=participant,
        induction_over=induction_over(call, participant_id, role),
        at_a_school=any(each.finished_on >= first_day for each in school_periods(call, participant_id, role)),
        number_is_taken=bool(number) and participant is None and _is_taken(call, number),
        choice=training_choice(call, school_id, start.cohort, call.text("lead_provider")),
        mentor_is_there=mentor_at(call, mentor_id, school_id, first_day) is not None,
        ect_is_there=school_period_at(call, ect_id, ECT, school_id, first_day) is not None,
    )


def _is_taken(call: Call, number: str) -> bool:
    where = Where("teacher_reference_number", "=", number)
    return bool(call.store.rows(Participant, ("id",), call.world.id, where))


def _new_participant(call: Call, names: Names) -> Participant:
    """Make a participant, with the name and number given or made up."""
    school_id = call.id_in("school_id")
    there = call.store.rows(SchoolPeriod, ("id",), call.world.id, Where("school_id", "=", school_id))
    id_ = make_id(call.world.seed, "registered-participant", school_id, len(there))
    chance = int(id_[:7], 16)
    return Participant(
        id=id_,
        full_name=call.text("full_name") or names.person(chance),
        teacher_reference_number=call.text("teacher_reference_number") or _free_number(call, chance),
        ect_training_record_id=make_id(id_, "ect-training-record"),
        mentor_training_record_id=make_id(id_, "mentor-training-record"),
        ect_eligible_at=None,
        ect_ineligible_on=None,
        ect_frozen_cohort=None,
        mentor_eligible_at=None,
        mentor_ineligible_on=None,
        mentor_ineligible_reason=None,
        mentor_frozen_cohort=None,
        created_at=call.stamp,
        updated_at=call.stamp,
        contact_updated_at=call.stamp,
    )


def _free_number(call: Call, chance: int) -> str:
    number = reference_number(chance)
    return _free_number(call, chance + 1) if _is_taken(call, number) else number


def _assign_mentors(call: Call, school_period: SchoolPeriod) -> None:
    """Assign the mentor that the request names to the ECT, or the registered mentor to the ECT that it names."""
    day, school_id = school_period.started_on, school_period.school_id
    mentor = mentor_at(call, call.id_in("mentor_id"), school_id, day)
    if mentor:
        assign_mentor(call, school_period, mentor, day)
    ect_period = school_period_at(call, call.id_in("ect_id"), ECT, school_id, day)
    if ect_period:
        assign_mentor(call, ect_period, school_period, day)
        record_change(call, [ect_period.participant_id])
