"""Reads the partnerships of a school, and the delivery partners that a lead provider can choose."""

from __future__ import annotations

from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.programme.records import Pairing
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where

NOT_CHALLENGED = Where("challenged_reason", "is", None)
NOT_A_RELATIONSHIP = Where("relationship", "=", 0)
FIRST_LISTED_COHORT = 2021
"""Lists without a filter for the cohort leave out earlier cohorts, which piloted the programme."""


def own_partnerships(call: Call, school_id: str, cohort: int) -> list[EcfPartnership]:
    """Return the lead provider's partnerships with a school in a cohort: challenged ones and relationships too."""
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("school_id", "=", school_id),
        Where("cohort", "=", cohort),
    )
    return sorted(call.store.find(EcfPartnership, call.world.id, *where), key=lambda each: (each.created_at, each.id))


def works_with_you(call: Call, cohort: int, delivery_partner_id: str) -> bool:
    """Return whether a delivery partner works with the lead provider in a cohort."""
    return call.store.get(Pairing, call.world.id, call.lead_provider_id, cohort, delivery_partner_id) is not None
