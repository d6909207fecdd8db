"""Voids a declaration, or claws back what was paid for it."""

from __future__ import annotations

from typing import Any

from lp_sandbox.programme.declaration_states import completes_mentor, declaration_state
from lp_sandbox.programme.records import Participant, Statement, TrainingPeriod
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.register.declaration_effects import undo_completion
from lp_sandbox.register.operations.declarations import answer
from lp_sandbox.register.operations.find_own_record import own_record
from lp_sandbox.register.rebuild_list_rows import rebuild_declaration_listings
from lp_sandbox.register.records import Declaration
from lp_sandbox.register.rules.declarations import VoidedDeclaration
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def void(call: Call) -> bytes:
    """Void a declaration, or claw it back if it is paid."""
    declaration = own_record(call, Declaration)
    facts = _facts(call, declaration)
    call.judge(facts)
    of_participant = Where("participant_id", "=", declaration.participant_id)
    same_event = of_participant, Where("role", "=", declaration.role)
    training_periods, of_this_type = call.store.find_each(
        call.world.id,
        (TrainingPeriod, of_participant),
        (Declaration, *same_event, Where("declaration_type", "=", declaration.declaration_type)),
    )
    changes = {**_changes(call, facts), "retired": len(of_this_type)}
    changed = call.store.update(call.world.id, declaration, **changes)
    rebuild_declaration_listings(call.store, call.world.id, [changed], training_periods)
    if completes_mentor(changed):
        mentor = required(call.store.get(Participant, call.world.id, changed.participant_id))
        undo_completion(call, mentor, changed)
    return answer(call, changed)


def _facts(call: Call, declaration: Declaration) -> VoidedDeclaration:
    statement, clawback = call.store.get_each(
        call.world.id, (Statement, declaration.statement_id), (Statement, declaration.clawback_statement_id)
    )
    state = declaration_state(declaration, statement, clawback, call.moment)
    return VoidedDeclaration(
        state=state,
        cohort_year=declaration.cohort,
        clawback_statement=open_statement(call, call.lead_provider_id, declaration.cohort) if state == "paid" else None,
    )


def _changes(call: Call, facts: VoidedDeclaration) -> dict[str, Any]:
    if facts.state == "paid":
        return {"updated_at": call.stamp, "clawback_statement_id": required(facts.clawback_statement).id}
    return {"updated_at": call.stamp, "voided_at": call.stamp, "statement_id": None}
