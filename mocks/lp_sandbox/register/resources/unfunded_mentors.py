"""The documents of unfunded mentors."""

from __future__ import annotations

from lp_sandbox.programme.records import Participant, SchoolPeriod
from lp_sandbox.request.json_documents import document


def unfunded_mentor_document(mentor: Participant, school_period: SchoolPeriod) -> bytes:
    """Return the document of a mentor, with the email that the school of the ECT gave."""
    attributes = {
        "full_name": mentor.full_name,
        "email": school_period.email,
        "teacher_reference_number": mentor.teacher_reference_number,
        "created_at": mentor.created_at,
        "updated_at": mentor.contact_updated_at,
    }
    return document("unfunded-mentor", mentor.id, attributes)
