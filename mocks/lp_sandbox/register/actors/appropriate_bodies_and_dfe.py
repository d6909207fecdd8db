"""Appropriate bodies record inductions; DfE confirms eligibility and pays statements."""

from __future__ import annotations

import msgspec

from lp_sandbox.programme.pay_statement import paid_now
from lp_sandbox.programme.people import in_role
from lp_sandbox.programme.records import ECT, Induction, Participant, Statement
from lp_sandbox.programme.statement_states import is_paid
from lp_sandbox.register.actors.participant_lookups import inductions, participant_with, school_periods
from lp_sandbox.register.actors.rules.appropriate_bodies_and_dfe import Confirmation, InductionEvent, Payment
from lp_sandbox.register.declaration_effects import assign_statements
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required


def record_induction(call: Call) -> bytes:
    """Record that an induction starts, or its outcome."""
    facts = _induction_event(call)
    call.judge(facts)
    participant = required(facts.participant)
    if facts.event == "start":
        induction = _started(call, participant, facts.day)
        changes = _eligible(call, participant, ECT)
    else:
        latest = required(facts.latest)
        induction = msgspec.structs.replace(latest, finished_on=facts.day, outcome=facts.event)
        changes = {"ect_ineligible_on": facts.day}
    call.store.put(call.world.id, induction)
    record_change(call, [participant.id], **changes)
    attributes = {
        "start_date": induction.started_on,
        "end_date": None if induction.finished_on == FOREVER else induction.finished_on,
        "outcome": induction.outcome,
    }
    return one(document("induction", participant.id, attributes))


def confirm_eligibility(call: Call) -> bytes:
    """Confirm that a participant is eligible for funding in a role."""
    participant_id, role = call.id_in("participant_id"), call.text("participant_type")
    participant = participant_with(call, participant_id)
    facts = Confirmation(
        participant=participant,
        has_the_role=bool(school_periods(call, participant_id, role)),
        is_confirmed=participant is not None and in_role(participant, role).eligible_at is not None,
    )
    call.judge(facts)
    eligible = required(participant)
    record_change(call, [eligible.id], **_eligible(call, eligible, role))
    attributes = {"participant_type": role, "confirmed_at": call.stamp}
    return one(document("eligibility", eligible.id, attributes))


def pay_statement(call: Call) -> bytes:
    """Pay a statement before its payment date."""
    statement = call.store.get(Statement, call.world.id, call.id_in("statement_id"))
    facts = Payment(statement, is_paid=statement is not None and is_paid(statement, call.moment))
    call.judge(facts)
    return paid_now(call, required(statement))


def _induction_event(call: Call) -> InductionEvent:
    participant_id = call.id_in("participant_id")
    recorded = inductions(call, participant_id)
    latest = recorded[-1] if recorded else None
    return InductionEvent(
        participant=participant_with(call, participant_id),
        is_ect=bool(school_periods(call, participant_id, ECT)),
        event=call.text("event"),
        day=call.text("date") or call.today,
        today=call.today,
        latest=latest,
        induction_over=any(induction.outcome for induction in recorded),
        is_under_way=latest is not None and latest.finished_on == FOREVER,
    )


def _started(call: Call, participant: Participant, day: str) -> Induction:
    number = len(inductions(call, participant.id))
    return Induction(
        id=make_id(call.world.seed, "recorded-induction", participant.id, number),
        participant_id=participant.id,
        started_on=day,
        finished_on=FOREVER,
        outcome=None,
    )


def _eligible(call: Call, participant: Participant, role: str) -> dict[str, str]:
    """Put submitted declarations into statements, and return the changes that confirm eligibility, if it is not yet."""
    if in_role(participant, role).eligible_at is not None:
        return {}
    assign_statements(call, participant.id, role)
    return {f"{role}_eligible_at": call.stamp}
