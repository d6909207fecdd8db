"""A school gives an ECT a mentor."""

from __future__ import annotations

from lp_sandbox.ecf.actors.participant_answer import participant_at_school
from lp_sandbox.ecf.actors.participant_lookups import history_of, is_mentor_at, last_school_period, profile_in
from lp_sandbox.ecf.actors.rules.moves import MentorChange
from lp_sandbox.ecf.actors.start_and_end_periods import (
    end_mentorships,
    mentorships_at,
    start_mentorship,
)
from lp_sandbox.ecf.leave_frozen_cohort import can_leave_frozen_cohort
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.move_to_cohort import leave_frozen_cohort
from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.standing_declarations import standing_declarations
from lp_sandbox.programme.records import ECT, SchoolPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def assign_mentor(call: Call) -> bytes:
    """Give an ECT a mentor from today, instead of the present mentor."""
    history = history_of(call, call.id_in("participant_id"))
    ect_period = last_school_period(history, ECT)
    first_day = max(call.today, ect_period.started_on) if ect_period else call.today
    facts = _facts(call, history, ect_period, first_day)
    call.judge(facts)
    ect_period, profile = required(ect_period), required(facts.profile)
    end_mentorships(call, mentorships_at(call, ect_period), first_day)
    start_mentorship(call, ect_period, facts.mentor_id, first_day)
    if can_leave_frozen_cohort(profile, standing_declarations(call, profile)):
        leave_frozen_cohort(call, required(history), profile)
    record_change(call, [profile.participant_id, facts.mentor_id])
    return participant_at_school(call, profile.participant_id, ECT)


def _facts(call: Call, history: History | None, ect_period: SchoolPeriod | None, first_day: str) -> MentorChange:
    mentor_id = call.id_in("mentor_id")
    present = [each for each in mentorships_at(call, ect_period) if each.finished_on > first_day] if ect_period else []
    return MentorChange(
        participant=history.participant if history else None,
        profile=profile_in(history, ECT),
        school_period=ect_period,
        day=call.today,
        mentor_id=mentor_id,
        mentor_is_there=ect_period is not None and is_mentor_at(call, mentor_id, ect_period.school_id),
        present_mentor_id=present[0].mentor_id if present else None,
    )
