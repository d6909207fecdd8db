"""A school reports that a participant leaves it, or removes one who was registered by mistake or left teaching."""

from __future__ import annotations

from lp_sandbox.ecf.actors.participant_answer import participant_at_school
from lp_sandbox.ecf.actors.participant_lookups import history_of, last_school_period, last_start, profile_in
from lp_sandbox.ecf.actors.rules.moves import AtSchool, Leaver
from lp_sandbox.ecf.actors.start_and_end_periods import end_mentorships, end_school_period, mentorships_at
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.records import Removal
from lp_sandbox.programme.records import MENTOR
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def transfer_out(call: Call) -> bytes:
    """End a participant's time at a school. Where the participant goes is not known."""
    participant_id, role = call.id_in("participant_id"), call.text("participant_type")
    history = history_of(call, participant_id)
    school_period = last_school_period(history, role)
    facts = Leaver(
        participant=history.participant if history else None,
        profile=profile_in(history, role),
        school_period=school_period,
        since=last_start(history, school_period),
        day=call.text("date"),
    )
    call.judge(facts)
    end_school_period(call, required(school_period), facts.day)
    record_change(call, [participant_id])
    return participant_at_school(call, participant_id, role)


def remove(call: Call) -> bytes:
    """Remove a participant from a school. The ECTs of a mentor have no mentor from today."""
    participant_id, role = call.id_in("participant_id"), call.text("participant_type")
    history = history_of(call, participant_id)
    school_period = last_school_period(history, role)
    participant, profile = history.participant if history else None, profile_in(history, role)
    call.judge(AtSchool(participant, profile, school_period, call.today))
    school_period = required(school_period)
    call.store.put(call.world.id, Removal(school_period.participant_id, school_period.id, call.stamp))
    if role == MENTOR:
        end_mentorships(call, mentorships_at(call, school_period), call.today)
    record_change(call, [participant_id])
    return participant_at_school(call, participant_id, role)
