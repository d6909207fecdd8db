"""The documents of declarations and statements, in their states at an instant."""

from __future__ import annotations

from calendar import month_name

from lp_sandbox.programme.declaration_states import ONCE_PAID, declaration_state, declaration_updated_at
from lp_sandbox.programme.people import COURSE_OF
from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_states import is_paid, statement_updated_at
from lp_sandbox.register.records import Declaration
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.clock import Moment


def declaration_document(
    declaration: Declaration,
    *,
    statement: Statement | None,
    clawback: Statement | None,
    lead_provider_name: str,
    moment: Moment,
) -> bytes:
    """Return the document of a declaration in its present state."""
    state = declaration_state(declaration, statement, clawback, moment)
    uplift = declaration.pupil_premium or declaration.sparsity
    attributes = {
        "participant_id": declaration.participant_id,
        "declaration_type": declaration.declaration_type,
        "course_identifier": COURSE_OF[declaration.role],
        "declaration_date": declaration.declaration_date,
        "mentor_id": declaration.mentor_id,
        "state": state,
        "updated_at": declaration_updated_at(declaration, statement, clawback, moment),
        "created_at": declaration.created_at,
        "delivery_partner_id": declaration.delivery_partner_id,
        "statement_id": None if declaration.voided_at else declaration.statement_id,
        "clawback_statement_id": declaration.clawback_statement_id,
        "ineligible_for_funding_reason": None,
        "uplift_paid": uplift and state in ONCE_PAID,
        "evidence_held": declaration.evidence_held,
        "lead_provider_name": lead_provider_name,
    }
    return document("participant-declaration", declaration.id, attributes)


def statement_document(statement: Statement, moment: Moment) -> bytes:
    """Return the document of a statement in its present state."""
    attributes = {
        "month": month_name[statement.month],
        "year": str(statement.year),
        "cohort": str(statement.cohort),
        "cut_off_date": statement.cut_off_date,
        "payment_date": statement.payment_date,
        "paid": is_paid(statement, moment),
        "created_at": statement.created_at,
        "updated_at": statement_updated_at(statement, moment),
    }
    return document("statement", statement.id, attributes)
