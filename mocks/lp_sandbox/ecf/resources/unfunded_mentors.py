"""The documents of unfunded mentors."""

from __future__ import annotations

from lp_sandbox.ecf.records import EcfUnfundedMentor
from lp_sandbox.request.json_documents import document


def unfunded_mentor_document(mentor: EcfUnfundedMentor) -> bytes:
    """Render a mentor of a lead provider's ECTs who does not train with it."""
    attributes = {
        "full_name": mentor.full_name,
        "email": mentor.email,
        "teacher_reference_number": mentor.teacher_reference_number,
        "created_at": mentor.created_at,
        "updated_at": mentor.updated_at,
    }
    return document("unfunded-mentor", mentor.participant_id, attributes)
