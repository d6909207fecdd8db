"""The documents of declarations, in their states at an instant: one for each version of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lp_sandbox.ecf.declaration_states import declaration_state, is_ineligible, is_uplift_paid
from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.programme.declaration_states import declaration_updated_at
from lp_sandbox.programme.people import COURSE_OF
from lp_sandbox.programme.records import Statement
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.clock import Moment


@dataclass(frozen=True, slots=True)
class ShownDeclaration:
    """A declaration in its present state."""

    declaration: EcfDeclaration
    state: str
    updated_at: str
    lead_provider_name: str

    @classmethod
    def at(
        cls,
        declaration: EcfDeclaration,
        *,
        statement: Statement | None,
        clawback: Statement | None,
        lead_provider_name: str,
        moment: Moment,
    ) -> ShownDeclaration:
        """Return a declaration as it is at a moment."""
        return cls(
            declaration,
            state=declaration_state(declaration, statement, clawback, moment),
            updated_at=declaration_updated_at(declaration, statement, clawback, moment),
            lead_provider_name=lead_provider_name,
        )


def document_v3(shown: ShownDeclaration) -> bytes:
    """Render a declaration as version 3 shows it."""
    declaration = shown.declaration
    return _document(
        declaration,
        {
            **_event(declaration),
            "declaration_date": declaration.declaration_date,
            "mentor_id": declaration.mentor_id,
            "state": shown.state,
            "updated_at": shown.updated_at,
            "created_at": declaration.created_at,
            "delivery_partner_id": declaration.delivery_partner_id,
            "statement_id": declaration.statement_id,
            "clawback_statement_id": declaration.clawback_statement_id,
            "ineligible_for_funding_reason": "duplicate_declaration" if is_ineligible(declaration) else None,
            "uplift_paid": is_uplift_paid(declaration, shown.state),
            "evidence_held": declaration.evidence_held,
            "has_passed": None,
            "lead_provider_name": shown.lead_provider_name,
        },
    )


def document_v2(shown: ShownDeclaration) -> bytes:
    """Render a declaration as version 2 shows it."""
    return _document(
        shown.declaration,
        {
            **_event(shown.declaration),
            "declaration_date": shown.declaration.declaration_date,
            "updated_at": shown.updated_at,
            "state": shown.state,
            "has_passed": None,
        },
    )


def document_v1(shown: ShownDeclaration) -> bytes:
    """Render a declaration as version 1 shows it."""
    return _document(
        shown.declaration,
        {
            **_event(shown.declaration),
            "eligible_for_payment": shown.state in ("eligible", "payable"),
            "declaration_date": shown.declaration.declaration_date,
            "updated_at": shown.updated_at,
            "voided": shown.state == "voided",
            "state": shown.state,
            "has_passed": None,
        },
    )


def _event(declaration: EcfDeclaration) -> Mapping[str, str]:
    """Return what is declared, which every version shows first."""
    return {
        "participant_id": declaration.participant_id,
        "declaration_type": declaration.declaration_type,
        "course_identifier": COURSE_OF[declaration.role],
    }


def _document(declaration: EcfDeclaration, attributes: Mapping[str, Any]) -> bytes:
    return document("participant-declaration", declaration.id, attributes)
