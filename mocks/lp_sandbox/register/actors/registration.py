"""A school registers somebody."""

from __future__ import annotations

import msgspec

from lp_sandbox.programme.records import ECT, Participant, SchoolPeriod
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.register.actors import lookup
from lp_sandbox.register.actors.answers import shown
from lp_sandbox.register.actors.rules.schools import Registration
from lp_sandbox.register.actors.school_changes import at_new_school, mentored, train
from lp_sandbox.register.actors.starting_schedule import Placing
from lp_sandbox.register.listings import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def register(names: Names, call: Call) -> bytes:
    """Register somebody at a school."""
    role, first_day = call.text("participant_type"), lookup.day_in(call, "start_date")
    placing = lookup.placing(call, call.id_in("participant_id"), role, first_day)
    facts = _registration(call, role, first_day, placing)
    call.judge(facts)
    who = facts.participant or _newcomer(call, names)
    address = call.text("email") or email(who.full_name, int(who.id[:7], 16) % 1000)
    pattern = (facts.working_pattern or "full_time") if role == ECT else None
    period = at_new_school(call, who.id, role=role, first_day=first_day, email=address, working_pattern=pattern)
    train(call, period, facts.place, placing.schedule)
    _mentor_from_the_start(call, period)
    if placing.frozen_cohort:
        who = msgspec.structs.replace(who, ect_frozen_cohort=placing.frozen_cohort)
    record_change(call, who)
    return shown(call, who, period)


def _registration(call: Call, role: str, first_day: str, placing: Placing) -> Registration:
    wanted, school_id = call.id_in("participant_id"), call.id_in("school_id")
    number = call.text("teacher_reference_number")
    mentor_id, ect_id = call.id_in("mentor_id"), call.id_in("ect_id")
    who = lookup.participant(call, wanted)
    return Registration(
        role=role,
        wanted_id=wanted,
        full_name=call.text("full_name"),
        teacher_reference_number=number,
        working_pattern=call.text("working_pattern"),
        mentor_id=mentor_id,
        ect_id=ect_id,
        participant=who,
        induction_over=lookup.induction_over(call, wanted, role),
        at_a_school=any(time.finished_on >= first_day for time in lookup.periods(call, wanted, role)),
        number_is_taken=bool(number) and who is None and _is_taken(call, number),
        place=lookup.place(call, school_id, placing.cohort, call.text("lead_provider")),
        mentor_is_there=lookup.mentor_at(call, mentor_id, school_id, first_day) is not None,
        ect_is_there=lookup.at_school(call, ect_id, ECT, school_id, first_day) is not None,
    )


def _is_taken(call: Call, number: str) -> bool:
    where = Where("teacher_reference_number", "=", number)
    return bool(call.store.rows(Participant, ("id",), call.world.id, where))


def _newcomer(call: Call, names: Names) -> Participant:
    """Make somebody whom nobody knew, with the name and number given or made up."""
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


def _mentor_from_the_start(call: Call, period: SchoolPeriod) -> None:
    """Give an ECT the mentor who was named, or a mentor the ECT."""
    day, school_id = period.started_on, period.school_id
    mentor = lookup.mentor_at(call, call.id_in("mentor_id"), school_id, day)
    if mentor:
        mentored(call, period, mentor, day)
    ect_period = lookup.at_school(call, call.id_in("ect_id"), ECT, school_id, day)
    if ect_period:
        mentored(call, ect_period, period, day)
        ect = required(lookup.participant(call, ect_period.participant_id))
        record_change(call, ect)
