"""Cohorts, organisations and schools, and the partnerships between them."""

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
    """From this instant on there are no declarations."""
    mentor_funding: bool
    """Mentors are funded for started and completed only."""
    detailed_evidence: bool
    """Each type of declaration takes evidence of its own."""
    uplift_fees: bool
    """Schools with many pupils in need bring more money."""


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


@kept_by("id")
class School(Record, frozen=True):
    """A school, whatever the cohort."""

    id: str
    urn: str
    name: str
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    eligible: bool
    """Open or proposed to close, in England, and of an eligible type or with section 41 approval. DfE can change it."""
    pupil_premium: bool
    """Participants bring the pupil premium uplift. So for sparsity."""
    sparsity: bool
    created_at: str


# Not indexed by `updated_at`: a new partnership can move it in every cohort, and lists are short enough to be scanned.
@kept_by("school_id", "cohort", indexes=(("cohort", "listed", "created_at", "school_id"),))
class SchoolCohort(Record, frozen=True):
    """A school in one cohort: what every lead provider sees of it alike."""

    school_id: str
    cohort: int
    urn: int
    eligible: bool
    """The school is eligible in this cohort."""
    listed: bool
    """Shown to lead providers: it is eligible, or has a partnership."""
    in_partnership: bool
    induction_programme_choice: str
    created_at: str
    """When the school itself was created."""
    updated_at: str


@kept_by(
    "id",
    unique=(("lead_provider_id", "school_id", "cohort", "added_by_dfe"),),
    indexes=(
        # To its end it holds all that a list in order of time needs to know of every partnership.
        ("lead_provider_id", "created_at", "id", "updated_at", "moved_at", "good_from", "good_until"),
    ),
)
class Partnership(Record, frozen=True):
    """An agreement between a school, a lead provider and a delivery partner for a cohort."""

    id: str
    lead_provider_id: str
    school_id: str
    delivery_partner_id: str
    cohort: int
    added_by_dfe: int
    """0 for the one that a lead provider can form, 1 and on for those that the department added."""
    created_at: str
    updated_at: str
    document: bytes
    """The finished JSON, as it stands from `good_from` on until right before `good_until`."""
    training: int
    """How many participants train then. `lp_sandbox.register.listings` keeps it and the next three in step."""
    moved_at: str
    """When time last moved it by then; empty when it never did."""
    good_from: str
    good_until: str
