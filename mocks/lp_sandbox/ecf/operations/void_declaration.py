"""Voids a declaration, or claws back what was paid for it."""

from __future__ import annotations

from typing import Any

from lp_sandbox.ecf.declaration_effects import rebuild_listings_of, record_completion
from lp_sandbox.ecf.declaration_states import declaration_state
from lp_sandbox.ecf.operations.declarations import DeclarationView, answer
from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.ecf.rules.declarations import VoidedDeclaration
from lp_sandbox.programme.declaration_states import completes_mentor
from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def void(call: Call, view: DeclarationView) -> bytes:
    """Void a declaration of the lead provider, or claw it back if it is paid."""
    found = call.store.get(EcfDeclaration, call.world.id, call.path["id"])
    is_own = found is not None and found.lead_provider_id == call.lead_provider_id
    declaration = call.found(found if is_own else None)
    facts = _facts(call, declaration)
    call.judge(facts)
    changed = call.store.update(call.world.id, declaration, **_changes(call, declaration, facts))
    rebuild_listings_of(call, [changed])
    if completes_mentor(changed):
        record_completion(call, changed.participant_id)
    return answer(call, changed, view)


def _facts(call: Call, declaration: EcfDeclaration) -> VoidedDeclaration:
    statement, clawback = call.store.get_each(
        call.world.id, (Statement, declaration.statement_id), (Statement, declaration.clawback_statement_id)
    )
    state = declaration_state(declaration, statement, clawback, call.moment)
    return VoidedDeclaration(
        state=state,
        cohort_year=declaration.cohort,
        has_refund=declaration.clawback_statement_id is not None,
        clawback_statement=open_statement(call, call.lead_provider_id, declaration.cohort) if state == "paid" else None,
    )


def _changes(call: Call, declaration: EcfDeclaration, facts: VoidedDeclaration) -> dict[str, Any]:
    changes = {"updated_at": call.stamp, "retired": declaration.retired or _same_type(call, declaration)}
    if facts.state == "paid":
        return {**changes, "clawback_statement_id": required(facts.clawback_statement).id}
    return {**changes, "voided_at": call.stamp, "statement_id": None}


def _same_type(call: Call, declaration: EcfDeclaration) -> int:
    """Return how many declarations of this type the participant has in the role, this one included."""
    columns = ("participant_id", "role", "declaration_type")
    where = [Where(column, "=", getattr(declaration, column)) for column in columns]
    return len(call.store.rows(EcfDeclaration, ("id",), call.world.id, *where))
