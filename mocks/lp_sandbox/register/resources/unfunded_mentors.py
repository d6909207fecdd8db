"""Unfunded mentors, as the lead provider of the ECTs they support sees them."""

from __future__ import annotations

from lp_sandbox.programme.records import Participant, SchoolPeriod
from lp_sandbox.request.documents import document


def unfunded_mentor_document(mentor: Participant, time: SchoolPeriod) -> bytes:
    """Show a mentor, with the address given by the school where they support the ECT."""
    attributes = {
        "full_name": mentor.full_name,
        "email": time.email,
        "teacher_reference_number": mentor.teacher_reference_number,
        "created_at": mentor.created_at,
        "updated_at": mentor.contact_updated_at,
    }
    return document("unfunded-mentor", mentor.id, attributes)
