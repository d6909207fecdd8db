"""The documents of declarations, in their states at an instant."""

from __future__ import annotations

from lp_sandbox.ecf.declaration_states import declaration_state, is_ineligible, is_uplift_paid
from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.programme.declaration_states import declaration_updated_at
from lp_sandbox.programme.people import COURSE_OF
from lp_sandbox.programme.records import Statement
from lp_sandbox.request.json_documents import document


def declaration_document(
    declaration: EcfDeclaration,
    *,
    statement: Statement | None,
    clawback: Statement | None,
    lead_provider_name: str,
    now: str,
    today: str,
) -> bytes:
    """Render a declaration in its present state."""
    state = declaration_state(declaration, statement, clawback, now, today)
    attributes = {
        "participant_id": declaration.participant_id,
        "declaration_type": declaration.declaration_type,
        "course_identifier": COURSE_OF[declaration.role],
        "declaration_date": declaration.declaration_date,
        "mentor_id": declaration.mentor_id,
        "state": state,
        "updated_at": declaration_updated_at(declaration, statement, clawback, now),
        "created_at": declaration.created_at,
        "delivery_partner_id": declaration.delivery_partner_id,
        "statement_id": declaration.statement_id,
        "clawback_statement_id": declaration.clawback_statement_id,
        "ineligible_for_funding_reason": "duplicate_declaration" if is_ineligible(declaration) else None,
        "uplift_paid": is_uplift_paid(declaration, state),
        "evidence_held": declaration.evidence_held,
        "has_passed": None,
        "lead_provider_name": lead_provider_name,
    }
    return document("participant-declaration", declaration.id, attributes)
