"""Voids a declaration, or claws back what was paid for it."""

from __future__ import annotations

from typing import Any

import msgspec

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
    changed = msgspec.structs.replace(declaration, **_changes(call, declaration, facts))
    call.store.put(call.world.id, changed)
    rebuild_listings_of(call, [changed])
    if completes_mentor(changed):
        record_completion(call, changed.participant_id)
    return answer(call, changed, view)


def _facts(call: Call, declaration: EcfDeclaration) -> VoidedDeclaration:
    statement, clawback = (
        call.store.get(Statement, call.world.id, id_)
        for id_ in (declaration.statement_id, declaration.clawback_statement_id)
    )
    return VoidedDeclaration(
        state=declaration_state(declaration, statement, clawback, call.moment),
        cohort_year=declaration.cohort,
        has_refund=declaration.clawback_statement_id is not None,
        clawback_statement=open_statement(call, call.lead_provider_id, declaration.cohort),
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
