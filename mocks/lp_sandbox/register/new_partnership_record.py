"""Makes the record of a new partnership."""

from __future__ import annotations

from lp_sandbox.programme.records import DeliveryPartner, School
from lp_sandbox.register.partnership_state import UNCHANGED_BY_TIME
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.resources import with_partnership_document


def new_partnership(
    *,
    id: str,
    lead_provider_id: str,
    school: School,
    partner: DeliveryPartner,
    cohort: int,
    added_by_dfe: int,
    created_at: str,
) -> Partnership:
    """Return a new partnership without training. Nothing is written."""
    partnership = Partnership(
        id=id,
        lead_provider_id=lead_provider_id,
        school_id=school.id,
        delivery_partner_id=partner.id,
        cohort=cohort,
        added_by_dfe=added_by_dfe,
        created_at=created_at,
        updated_at=created_at,
        document=b"",
        **UNCHANGED_BY_TIME._asdict(),
    )
    return with_partnership_document(partnership, school, partner)
