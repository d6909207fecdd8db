"""The documents of delivery partners."""

from __future__ import annotations

from collections.abc import Iterable

from lp_sandbox.programme.records import DeliveryPartner
from lp_sandbox.request.json_documents import document


def delivery_partner_document(partner: DeliveryPartner, cohorts: Iterable[int]) -> bytes:
    """Render what a lead provider sees of a delivery partner that works with it in some cohorts."""
    attributes = {
        "name": partner.name,
        "created_at": partner.created_at,
        "updated_at": partner.updated_at,
        "cohort": [str(cohort) for cohort in sorted(cohorts)],
    }
    return document("delivery-partner", partner.id, attributes)
