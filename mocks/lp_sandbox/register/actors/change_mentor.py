"""A school changes the mentor of an ECT."""

from __future__ import annotations

from lp_sandbox.programme.records import ECT, SchoolPeriod
from lp_sandbox.register.actors.participant_answer import participant_at_school
from lp_sandbox.register.actors.participant_lookups import last_school_period, mentor_at, mentorships, participant_with
from lp_sandbox.register.actors.rules.schools import MentorChange
from lp_sandbox.register.actors.start_and_end_periods import assign_mentor
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def change_mentor(call: Call) -> bytes:
    """Assign another mentor to an ECT."""
    participant_id, day = call.id_in("participant_id"), call.text("date") or call.today
    school_period = last_school_period(call, participant_id, ECT)
    mentor = mentor_at(call, call.id_in("mentor_id"), school_period.school_id if school_period else "", day)
    facts = _facts(call, day, school_period, mentor)
    call.judge(facts)
    participant, ect_period = required(facts.participant), required(school_period)
    assign_mentor(call, ect_period, required(mentor), day)
    record_change(call, [participant.id])
    return participant_at_school(call, participant, ect_period)


def _facts(call: Call, day: str, school_period: SchoolPeriod | None, mentor: SchoolPeriod | None) -> MentorChange:
    previous = mentorships(call, school_period) if school_period else ()
    starts = [mentorship.started_on for mentorship in previous]
    return MentorChange(
        participant=participant_with(call, call.id_in("participant_id")),
        school_period=school_period,
        first_day=day,
        since=max([school_period.started_on, *starts]) if school_period else "",
        mentor_id=call.id_in("mentor_id"),
        mentor_is_there=mentor is not None,
        present_mentor_id=previous[-1].mentor_id if previous and previous[-1].finished_on >= day else None,
    )
