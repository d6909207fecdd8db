"""The documents of partnerships."""

from __future__ import annotations

from lp_sandbox.ecf.records import EcfPartnership, EcfSchool
from lp_sandbox.programme.records import DeliveryPartner
from lp_sandbox.request.json_documents import document


def partnership_document(partnership: EcfPartnership, school: EcfSchool, partner: DeliveryPartner) -> bytes:
    """Render what the lead provider sees of its partnership."""
    changed = (partnership.updated_at, school.updated_at, partner.updated_at, school.induction_tutor_updated_at or "")
    attributes = {
        "cohort": str(partnership.cohort),
        "urn": school.urn,
        "school_id": school.id,
        "delivery_partner_id": partner.id,
        "delivery_partner_name": partner.name,
        "status": "challenged" if partnership.challenged_reason else "active",
        "challenged_reason": partnership.challenged_reason,
        "challenged_at": _with_milliseconds(partnership.challenged_at),
        "induction_tutor_name": school.induction_tutor_name,
        "induction_tutor_email": school.induction_tutor_email or school.primary_email or school.secondary_email,
        "created_at": partnership.created_at,
        "updated_at": max(changed),
    }
    return document("partnership", partnership.id, attributes)


def _with_milliseconds(stamp: str | None) -> str | None:
    """Write a time as the service writes this one only."""
    return stamp and stamp.replace("Z", ".000Z")
