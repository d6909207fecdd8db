"""Schools report that somebody leaves them, for another school or for none that they know."""

from __future__ import annotations

import msgspec

from lp_sandbox.programme.days import day_before
from lp_sandbox.programme.people import latest
from lp_sandbox.register.actors import lookup
from lp_sandbox.register.actors.answers import shown
from lp_sandbox.register.actors.rules.schools import Leaver, SchoolTransfer
from lp_sandbox.register.actors.school_changes import at_new_school, leave, train
from lp_sandbox.register.actors.starting_schedule import Placing
from lp_sandbox.register.listings import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required


def transfer(call: Call) -> bytes:
    """Move somebody from one school to another."""
    wanted, role, first_day = call.id_in("participant_id"), call.text("participant_type"), call.text("date")
    placing = lookup.placing(call, wanted, role, first_day)
    facts = _school_transfer(call, wanted, role, placing)
    call.judge(facts)
    who, old = required(facts.participant), required(facts.period)
    leave(call, old, facts.last_day)
    address = call.text("email") or old.email
    period = at_new_school(
        call, who.id, role=role, first_day=first_day, email=address, working_pattern=old.working_pattern
    )
    train(call, period, facts.place, placing.schedule)
    if placing.frozen_cohort:
        who = msgspec.structs.replace(who, ect_frozen_cohort=placing.frozen_cohort)
    record_change(call, who)
    return shown(call, who, period)


def report_leaver(call: Call) -> bytes:
    """End somebody's time at a school."""
    wanted, role = call.id_in("participant_id"), call.text("participant_type")
    period = lookup.last_period(call, wanted, role)
    facts = Leaver(
        participant=lookup.participant(call, wanted),
        period=period,
        since=lookup.since(call, period),
        last_day=call.text("date"),
    )
    call.judge(facts)
    who, left = required(facts.participant), leave(call, required(period), facts.last_day)
    record_change(call, who)
    return shown(call, who, left)


def _school_transfer(call: Call, wanted: str, role: str, placing: Placing) -> SchoolTransfer:
    period = lookup.last_period(call, wanted, role)
    new_school, first_day = call.id_in("school_id"), call.text("date")
    return SchoolTransfer(
        participant=lookup.participant(call, wanted),
        induction_over=lookup.induction_over(call, wanted, role),
        period=period,
        is_there_already=lookup.at_school(call, wanted, role, new_school, first_day) is not None,
        since=lookup.since(call, period),
        last_day=day_before(first_day),
        place=lookup.place(call, new_school, placing.cohort, _provider(call, wanted, role)),
    )


def _provider(call: Call, participant_id: str, role: str) -> str:
    """Return the lead provider that is named, or else who trains them so far; empty for nobody."""
    if "lead_provider" in call.attributes():
        return call.text("lead_provider")
    so_far = latest(lookup.training(call, participant_id, role))
    return (so_far.lead_provider_id or "") if so_far else ""
