"""Voids a declaration, or claws back what was paid for it."""

from __future__ import annotations

from typing import Any

import msgspec

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
    changed = msgspec.structs.replace(declaration, **_changes(call, facts), retired=_same_type(call, declaration))
    call.store.put(call.world.id, changed)
    of_participant = Where("participant_id", "=", changed.participant_id)
    training_periods = call.store.find(TrainingPeriod, call.world.id, of_participant)
    rebuild_declaration_listings(call.store, call.world.id, [changed], training_periods)
    if completes_mentor(changed):
        mentor = required(call.store.get(Participant, call.world.id, changed.participant_id))
        undo_completion(call, mentor, changed)
    return answer(call, changed)


def _facts(call: Call, declaration: Declaration) -> VoidedDeclaration:
    statement, clawback = (
        call.store.get(Statement, call.world.id, id_)
        for id_ in (declaration.statement_id, declaration.clawback_statement_id)
    )
    return VoidedDeclaration(
        state=declaration_state(declaration, statement, clawback, call.moment),
        cohort_year=declaration.cohort,
        clawback_statement=open_statement(call, call.lead_provider_id, declaration.cohort),
    )


def _changes(call: Call, facts: VoidedDeclaration) -> dict[str, Any]:
    if facts.state == "paid":
        return {"updated_at": call.stamp, "clawback_statement_id": required(facts.clawback_statement).id}
    return {"updated_at": call.stamp, "voided_at": call.stamp, "statement_id": None}


def _same_type(call: Call, declaration: Declaration) -> int:
    """Return how many declarations of this type the participant has in the role, this one included."""
    columns = ("participant_id", "role", "declaration_type")
    where = [Where(column, "=", getattr(declaration, column)) for column in columns]
    return len(call.store.rows(Declaration, ("id",), call.world.id, *where))
