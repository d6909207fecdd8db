"""Declarations that participants reached a milestone."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by(
    "id",
    unique=(("participant_id", "role", "declaration_type", "retired"),),
    indexes=(("training_period_id",),),
)
class Declaration(Record, frozen=True):
    """A lead provider's report that a participant reached a milestone. Its state is derived from its statements."""

    id: str
    participant_id: str
    role: str
    training_period_id: str
    lead_provider_id: str
    cohort: int
    declaration_type: str
    declaration_date: str
    delivery_partner_id: str
    """The delivery partner when it was made, which never changes."""
    mentor_id: str | None
    evidence_held: str | None
    pupil_premium: bool
    sparsity: bool
    statement_id: str | None
    """None while the participant's eligibility is not confirmed."""
    voided_at: str | None
    clawback_statement_id: str | None
    retired: int
    """0 while it prevents another of its type; 1 or more after it is voided or clawed back."""
    created_at: str
    updated_at: str
    """When a request last changed it. Changes by time are added when it is shown."""
