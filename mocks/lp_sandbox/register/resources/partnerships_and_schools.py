"""The documents of partnerships, schools and delivery partners."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lp_sandbox.programme.records import DeliveryPartner, School
from lp_sandbox.register.partnership_state import PartnershipState
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.request.json_documents import changed, document

TRAINING = "participants_currently_training"


def with_partnership_document(partnership: Partnership, school: School, partner: DeliveryPartner) -> Partnership:
    """Return a partnership with the document that shows it."""
    attributes = {
        "cohort": str(partnership.cohort),
        "urn": school.urn,
        "school_id": school.id,
        "delivery_partner_id": partner.id,
        "delivery_partner_name": partner.name,
        "induction_tutor_name": school.induction_tutor_name,
        "induction_tutor_email": school.induction_tutor_email,
        TRAINING: partnership.training,
        "created_at": partnership.created_at,
        "updated_at": max(partnership.updated_at, partnership.moved_at),
    }
    return msgspec.structs.replace(partnership, document=document("partnership", partnership.id, attributes))


def with_state(partnership: Partnership, state: PartnershipState) -> Partnership:
    """Return a partnership in another state, with the document that shows it."""
    stamps = partnership.moved_at, state.moved_at
    rendered = changed(partnership.document, "updated_at", *(max(partnership.updated_at, stamp) for stamp in stamps))
    rendered = changed(rendered, TRAINING, partnership.training, state.training)
    return msgspec.structs.replace(partnership, document=rendered, **state._asdict())


def school_document(row: SchoolCohort, school: School, *, interest: bool) -> bytes:
    """Return the document of a school in a cohort. It names the induction tutor only to an interested lead provider."""
    attributes = {
        "name": school.name,
        "urn": school.urn,
        "cohort": str(row.cohort),
        "in_partnership": row.in_partnership,
        "induction_programme_choice": row.induction_programme_choice,
        "expression_of_interest": interest,
        "induction_tutor_name": school.induction_tutor_name if interest else None,
        "induction_tutor_email": school.induction_tutor_email if interest else None,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
    return document("school", school.id, attributes)


def delivery_partner_document(partner: DeliveryPartner, cohorts: Iterable[int]) -> bytes:
    """Return the document of a delivery partner, with every cohort in which it works with the lead provider."""
    attributes = {
        "name": partner.name,
        "created_at": partner.created_at,
        "updated_at": partner.updated_at,
        "cohort": [str(cohort) for cohort in sorted(cohorts)],
    }
    return document("delivery-partner", partner.id, attributes)
