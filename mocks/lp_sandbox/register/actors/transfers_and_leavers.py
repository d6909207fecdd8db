"""Schools report that a participant moves to another school, or leaves for no school that they know."""

from __future__ import annotations

from lp_sandbox.programme.day_arithmetic import day_before
from lp_sandbox.programme.people import latest
from lp_sandbox.register.actors.participant_answer import participant_at_school
from lp_sandbox.register.actors.participant_lookups import (
    induction_over,
    last_school_period,
    last_start,
    participant_with,
    school_period_at,
    training_periods,
)
from lp_sandbox.register.actors.rules.schools import Leaver, SchoolTransfer
from lp_sandbox.register.actors.start_and_end_periods import end_school_period, start_school_period, start_training
from lp_sandbox.register.actors.starting_cohort_and_schedule import Placement
from lp_sandbox.register.actors.training_choice_lookups import placement, training_choice
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def report_transfer(call: Call) -> bytes:
    """Move a participant from one school to another."""
    role, first_day = call.text("participant_type"), call.text("date")
    start = placement(call, call.id_in("participant_id"), role, first_day)
    facts = _transfer(call, role, start)
    call.judge(facts)
    participant, left = required(facts.participant), required(facts.school_period)
    end_school_period(call, left, facts.last_day)
    joined = start_school_period(
        call,
        participant.id,
        role=role,
        first_day=first_day,
        email=call.text("email") or left.email,
        working_pattern=left.working_pattern,
    )
    start_training(call, joined, facts.choice, start.schedule)
    record_change(call, [participant.id], **start.changes)
    return participant_at_school(call, participant, joined)


def report_leaver(call: Call) -> bytes:
    """End a participant's school period."""
    participant_id, role = call.id_in("participant_id"), call.text("participant_type")
    school_period = last_school_period(call, participant_id, role)
    facts = Leaver(
        participant=participant_with(call, participant_id),
        school_period=school_period,
        since=last_start(call, school_period),
        last_day=call.text("date"),
    )
    call.judge(facts)
    participant = required(facts.participant)
    left = end_school_period(call, required(school_period), facts.last_day)
    record_change(call, [participant.id])
    return participant_at_school(call, participant, left)


def _transfer(call: Call, role: str, start: Placement) -> SchoolTransfer:
    participant_id, new_school = call.id_in("participant_id"), call.id_in("school_id")
    school_period, first_day = last_school_period(call, participant_id, role), call.text("date")
    return SchoolTransfer(
        participant=participant_with(call, participant_id),
        induction_over=induction_over(call, participant_id, role),
        school_period=school_period,
        is_there_already=school_period_at(call, participant_id, role, new_school, first_day) is not None,
        since=last_start(call, school_period),
        last_day=day_before(first_day),
        choice=training_choice(call, new_school, start.cohort, _lead_provider(call, participant_id, role)),
    )


def _lead_provider(call: Call, participant_id: str, role: str) -> str:
    """Return the lead provider that the request names, or else the present one; empty for none."""
    if "lead_provider" in call.attributes():
        return call.text("lead_provider")
    present = latest(training_periods(call, participant_id, role))
    return (present.lead_provider_id or "") if present else ""
