"""The documents of schools."""

from __future__ import annotations

from lp_sandbox.ecf.records import EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import NOT_YET_KNOWN, SHOWN_AS
from lp_sandbox.request.json_documents import document


def school_document(school: EcfSchool, cohort: int, chosen: ProgrammeChoice | None, *, in_partnership: bool) -> bytes:
    """Render what every lead provider sees of a school in a cohort."""
    attributes = {
        "name": school.name,
        "urn": school.urn,
        "cohort": str(cohort),
        "in_partnership": in_partnership,
        "induction_programme_choice": SHOWN_AS[chosen.choice if chosen else NOT_YET_KNOWN],
        "created_at": school.created_at,
        "updated_at": max(school.updated_at, chosen.updated_at if chosen else ""),
    }
    return document("school", school.id, attributes)
