"""A school gives an ECT another mentor."""

from __future__ import annotations

from lp_sandbox.programme.records import ECT, SchoolPeriod
from lp_sandbox.register.actors import lookup
from lp_sandbox.register.actors.answers import shown
from lp_sandbox.register.actors.rules.schools import MentorChange
from lp_sandbox.register.actors.school_changes import mentored
from lp_sandbox.register.listings import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def change_mentor(call: Call) -> bytes:
    """Give an ECT another mentor."""
    wanted, day = call.id_in("participant_id"), lookup.day_in(call, "date")
    period = lookup.last_period(call, wanted, ECT)
    school_id = period.school_id if period else ""
    mentor = lookup.mentor_at(call, call.id_in("mentor_id"), school_id, day)
    facts = _mentor_change(call, wanted, day, period, mentor)
    call.judge(facts)
    who, ect_period = required(facts.participant), required(period)
    mentored(call, ect_period, required(mentor), day)
    record_change(call, who)
    return shown(call, who, ect_period)


def _mentor_change(
    call: Call, wanted: str, day: str, period: SchoolPeriod | None, mentor: SchoolPeriod | None
) -> MentorChange:
    so_far = lookup.mentorships(call, period) if period else ()
    begun = [mentorship.started_on for mentorship in so_far]
    return MentorChange(
        participant=lookup.participant(call, wanted),
        period=period,
        first_day=day,
        since=max([period.started_on, *begun]) if period else "",
        mentor_id=call.id_in("mentor_id"),
        mentor_is_there=mentor is not None,
        present_mentor_id=so_far[-1].mentor_id if so_far and so_far[-1].finished_on >= day else None,
    )
