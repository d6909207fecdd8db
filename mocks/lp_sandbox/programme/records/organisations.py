"""Cohorts, lead providers, delivery partners, pairings and schools."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by("year")
class Cohort(Record, frozen=True):
    """The participants who start in one academic year, and the funding they share."""

    year: int
    starts_on: str
    ends_on: str
    enabled: bool
    """Lead providers may form partnerships."""
    payments_frozen_at: str | None
    """From this instant nothing can be declared."""
    mentor_funding: bool
    """Mentors are funded for started and completed only."""
    detailed_evidence: bool
    """Each type of declaration takes evidence of its own."""
    uplift_fees: bool
    """Schools with many disadvantaged pupils, or in sparse areas, bring more money."""
    dates_in_sequence: bool
    """Declarations must be dated in the order of their types."""
    ects_move_to_cohort: int | None
    """The cohort in which ECTs continue after payments are frozen; None when they are never frozen."""
    ects_move_to_schedule: str | None


@kept_by("id")
class LeadProvider(Record, frozen=True):
    """An organisation that trains ECTs and mentors."""

    id: str
    name: str


@kept_by("id")
class DeliveryPartner(Record, frozen=True):
    """An organisation that delivers training together with lead providers."""

    id: str
    name: str
    created_at: str
    updated_at: str


@kept_by(
    "lead_provider_id",
    "cohort",
    "delivery_partner_id",
    indexes=(("lead_provider_id", "delivery_partner_id"), ("cohort", "delivery_partner_id")),
)
class Pairing(Record, frozen=True):
    """A delivery partner registered to work with a lead provider in a cohort."""

    lead_provider_id: str
    delivery_partner_id: str
    cohort: int


@kept_by("id", indexes=(("urn",),))
class School(Record, frozen=True):
    """A school, in all cohorts."""

    id: str
    urn: str
    name: str
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    eligible: bool
    """Open or proposed to close, in England, and of an eligible type or with section 41 approval. DfE can change it."""
    pupil_premium: bool
    """Participants bring the pupil premium uplift. The next column is the same for sparsity."""
    sparsity: bool
    created_at: str
