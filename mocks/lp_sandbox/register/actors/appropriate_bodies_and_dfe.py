"""What appropriate bodies and the department do: record inductions, confirm eligibility, and pay."""

from __future__ import annotations

import msgspec

from lp_sandbox.programme.people import in_role
from lp_sandbox.programme.records import ECT, Induction, LeadProvider, Participant, Statement
from lp_sandbox.programme.statement_states import is_paid
from lp_sandbox.register.actors import lookup
from lp_sandbox.register.actors.rules.appropriate_bodies_and_dfe import Confirmation, InductionEvent, Payment
from lp_sandbox.register.declaration_effects import assign_statements
from lp_sandbox.register.listings import record_change
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import document, one
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required


def record_induction(call: Call) -> bytes:
    """Record that an induction starts, or what came of it."""
    facts = _induction_event(call)
    call.judge(facts)
    who = required(facts.participant)
    if facts.event == "start":
        induction = _started(call, who, facts.day)
        who = _eligible(call, who, ECT)
    else:
        latest = required(facts.latest)
        induction = msgspec.structs.replace(latest, finished_on=facts.day, outcome=facts.event)
        who = msgspec.structs.replace(who, ect_ineligible_on=facts.day)
    call.store.put(call.world.id, induction)
    record_change(call, who)
    attributes = {
        "start_date": induction.started_on,
        "end_date": None if induction.finished_on == FOREVER else induction.finished_on,
        "outcome": induction.outcome,
    }
    return one(document("induction", who.id, attributes))


def confirm_eligibility(call: Call) -> bytes:
    """Confirm that somebody is eligible for funding in a role."""
    wanted, role = call.id_in("participant_id"), call.text("participant_type")
    who = lookup.participant(call, wanted)
    facts = Confirmation(
        participant=who,
        has_the_role=bool(lookup.periods(call, wanted, role)),
        is_confirmed=who is not None and in_role(who, role).eligible_at is not None,
    )
    call.judge(facts)
    eligible = record_change(call, _eligible(call, required(who), role))
    attributes = {"participant_type": role, "confirmed_at": in_role(eligible, role).eligible_at}
    return one(document("eligibility", eligible.id, attributes))


def pay_statement(call: Call) -> bytes:
    """Pay a statement ahead of its payment date."""
    statement = call.store.get(Statement, call.world.id, call.id_in("statement_id"))
    facts = Payment(statement, is_paid=statement is not None and is_paid(statement, call.stamp, call.today))
    call.judge(facts)
    paid = msgspec.structs.replace(required(statement), paid_early_at=call.stamp, updated_at=call.stamp)
    call.store.put(call.world.id, paid)
    provider = required(call.store.get(LeadProvider, call.world.id, paid.lead_provider_id))
    attributes = {
        "lead_provider": provider.name,
        "cohort": str(paid.cohort),
        "cut_off_date": paid.cut_off_date,
        "payment_date": paid.payment_date,
        "paid_at": paid.paid_early_at,
    }
    return one(document("statement", paid.id, attributes))


def _induction_event(call: Call) -> InductionEvent:
    wanted = call.id_in("participant_id")
    inductions = lookup.inductions(call, wanted)
    latest = inductions[-1] if inductions else None
    return InductionEvent(
        participant=lookup.participant(call, wanted),
        is_ect=bool(lookup.periods(call, wanted, ECT)),
        event=call.text("event"),
        day=lookup.day_in(call, "date"),
        today=call.today,
        latest=latest,
        induction_over=any(induction.outcome for induction in inductions),
        is_under_way=latest is not None and latest.finished_on == FOREVER,
    )


def _started(call: Call, who: Participant, day: str) -> Induction:
    number = len(lookup.inductions(call, who.id))
    return Induction(
        id=make_id(call.world.seed, "recorded-induction", who.id, number),
        participant_id=who.id,
        started_on=day,
        finished_on=FOREVER,
        outcome=None,
    )


def _eligible(call: Call, who: Participant, role: str) -> Participant:
    """Confirm eligibility, unless it was before, and put what was submitted into statements."""
    if in_role(who, role).eligible_at is not None:
        return who
    assign_statements(call, who.id, role)
    changes: dict[str, str] = {f"{role}_eligible_at": call.stamp}
    return msgspec.structs.replace(who, **changes)
