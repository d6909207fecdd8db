"""Milestones and statements: what is paid for, and when."""

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
FUNDED_MENTOR_TYPES = (STARTED, COMPLETED)
"""The types that can be declared for mentors of a cohort with mentor funding."""


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
    """What a lead provider is paid for a cohort on one day. Its state is derived from its dates and the clock."""

    id: str
    lead_provider_id: str
    cohort: int
    year: int
    month: int
    cut_off_date: str
    """The last day on which declarations go into it."""
    payment_date: str
    paid_early_at: str | None
    """When finance paid it before its payment date."""
    created_at: str
    updated_at: str
    """When a request last changed it. Answers add changes that come with time."""
    output_fee: bool = True
    """Declarations go into it. A statement of service fees takes none, and lists leave it out."""
