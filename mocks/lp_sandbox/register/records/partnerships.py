"""Partnerships between schools, lead providers and delivery partners."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by(
    "id",
    unique=(("lead_provider_id", "school_id", "cohort", "added_by_dfe"),),
    indexes=(
        # The last columns make it a covering index for lists in the order of time.
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
    """0 for the partnership that a lead provider can form, 1 and up for those that DfE added."""
    created_at: str
    updated_at: str
    document: bytes
    """The JSON document, which is good from `good_from` until just before `good_until`."""
    training: int
    """How many participants train then. `rebuild_list_rows` rebuilds this column and the next three."""
    moved_at: str
    """When time last changed it by then; empty when it never did."""
    good_from: str
    good_until: str
