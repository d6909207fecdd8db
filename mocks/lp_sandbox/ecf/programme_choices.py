"""Records what schools choose for a cohort."""

from __future__ import annotations

from lp_sandbox.ecf.records import ProgrammeChoice
from lp_sandbox.request.call import Call


def choose_programme(
    call: Call,
    school_id: str,
    cohort: int,
    choice: str,
    default_partnership_id: str | None = None,
    *,
    appropriate_body: str = "",
) -> None:
    """Record a school's choice for a cohort. Without another appropriate body the school keeps the one that it has."""
    before = call.store.get(ProgrammeChoice, call.world.id, school_id, cohort)
    chosen = ProgrammeChoice(
        school_id=school_id,
        cohort=cohort,
        choice=choice,
        default_partnership_id=default_partnership_id,
        appropriate_body=appropriate_body or (before.appropriate_body if before else None),
        created_at=before.created_at if before else call.stamp,
        updated_at=call.stamp,
    )
    call.store.put(call.world.id, chosen)
