"""Milestones, statements and declarations: what is paid for, and when."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by

TYPES = (
    "started",
    "retained-1",
    "retained-2",
    "retained-3",
    "retained-4",
    "completed",
    "extended-1",
    "extended-2",
    "extended-3",
)
"""The types of declarations, in the order in which their dates must come."""
STARTED, COMPLETED = "started", "completed"


@kept_by("cohort", "schedule", "declaration_type")
class Milestone(Record, frozen=True):
    """The days on which a type of declaration may be dated, on a schedule."""

    cohort: int
    schedule: str
    declaration_type: str
    starts_on: str
    ends_on: str
    """FOREVER when it never closes."""


@kept_by(
    "id",
    unique=(("lead_provider_id", "cohort", "year", "month"),),
    indexes=(("lead_provider_id", "payment_date", "id"), ("lead_provider_id", "cohort", "cut_off_date")),
)
class Statement(Record, frozen=True):
    """What a lead provider is paid for a cohort on one day. Its state is read off its dates and the clock."""

    id: str
    lead_provider_id: str
    cohort: int
    year: int
    month: int
    cut_off_date: str
    """The last day on which declarations come into it."""
    payment_date: str
    paid_early_at: str | None
    """When finance paid it ahead of its payment date."""
    created_at: str
    updated_at: str
    """When a record of it last changed; what time moves is added when it is shown."""


@kept_by(
    "id",
    unique=(("participant_id", "role", "declaration_type", "retired"),),
    indexes=(("training_period_id",),),
)
class Declaration(Record, frozen=True):
    """A lead provider's word that a participant reached a milestone. Its state is read off its statements' dates."""

    id: str
    participant_id: str
    role: str
    training_period_id: str
    lead_provider_id: str
    cohort: int
    declaration_type: str
    declaration_date: str
    delivery_partner_id: str
    """When it was made; it stays."""
    mentor_id: str | None
    evidence_held: str | None
    pupil_premium: bool
    sparsity: bool
    statement_id: str | None
    """None while the participant's eligibility is not confirmed."""
    voided_at: str | None
    clawback_statement_id: str | None
    retired: int
    """0 while it counts against another of its type; from 1 on once it was voided or is clawed back."""
    created_at: str
    updated_at: str
    """When a record of it last changed; what time moves is added when it is shown."""


@kept_by(
    "declaration_id",
    "lead_provider_id",
    indexes=(
        # To its end it holds all by which `updated_since` filters: a list of those is found without reading the rest.
        (
            *("lead_provider_id", "created_at", "declaration_id"),
            *("updated_at", "statement_id", "clawback_statement_id"),
        ),
        ("lead_provider_id", "cohort", "created_at", "declaration_id"),
        ("lead_provider_id", "participant_id", "created_at", "declaration_id"),
    ),
)
class ListedDeclaration(Record, frozen=True):
    """A declaration that a lead provider can see, with what lists are filtered and sorted by.

    It is kept in step with declarations and training periods by `lp_sandbox.register.listings`.
    """

    lead_provider_id: str
    """Who sees it: whoever made it, and another lead provider that trains the participant."""
    declaration_id: str
    participant_id: str
    cohort: int
    delivery_partner_id: str
    statement_id: str | None
    """None once it was voided."""
    clawback_statement_id: str | None
    created_at: str
    """The declaration's. So is the next."""
    updated_at: str
