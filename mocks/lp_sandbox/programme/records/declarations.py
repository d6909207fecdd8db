"""Declarations: the columns that every edition's kind of record has, and the rows that lead providers list.

Each edition rebuilds the rows whenever the records they are made from change.
"""

from __future__ import annotations

from typing import Any, TypeVar

from lp_sandbox.worlds.records import Record, kept_by


class AnyDeclaration(Record, frozen=True):
    """A lead provider's report that a participant reached a milestone. Its state is derived from its statements.

    Each edition has its own kind of these records, with more columns.
    """

    id: str
    participant_id: str
    role: str
    lead_provider_id: str
    cohort: int
    declaration_type: str
    declaration_date: str
    delivery_partner_id: str | None
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
    """0 while it prevents another of its type; 1 or more after that, for instance when it is voided or clawed back."""
    created_at: str
    updated_at: str
    """When a request last changed it. Answers add changes that come with time."""


kept_as_listing = kept_by(
    "declaration_id",
    "lead_provider_id",
    indexes=(
        # The last columns make it a covering index for lists that `updated_since` filters.
        (
            *("lead_provider_id", "created_at", "declaration_id"),
            *("updated_at", "statement_id", "clawback_statement_id"),
        ),
        ("lead_provider_id", "cohort", "created_at", "declaration_id"),
    ),
)
"""Keeps the listings of an edition, which can have more columns."""


@kept_as_listing
class ListedDeclaration(Record, frozen=True):
    """A declaration that a lead provider can see."""

    lead_provider_id: str
    """A lead provider that sees it: its own lead provider, or another that trains the participant."""
    declaration_id: str
    cohort: int
    delivery_partner_id: str | None
    statement_id: str | None
    """None while it has none, and after it was voided."""
    clawback_statement_id: str | None
    created_at: str
    """The declaration's, like the next column."""
    updated_at: str


L = TypeVar("L", bound=ListedDeclaration)


def listing_of(declaration: AnyDeclaration, lead_provider_id: str, kind: type[L], **more: Any) -> L:
    """Return the row of a declaration in the list of a lead provider that sees it.

    `more` are the columns that the edition's kind of row has besides the usual columns.
    """
    return kind(
        lead_provider_id=lead_provider_id,
        declaration_id=declaration.id,
        cohort=declaration.cohort,
        delivery_partner_id=declaration.delivery_partner_id,
        statement_id=None if declaration.voided_at else declaration.statement_id,
        clawback_statement_id=declaration.clawback_statement_id,
        created_at=declaration.created_at,
        updated_at=declaration.updated_at,
        **more,
    )
