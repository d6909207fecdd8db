"""What follows from declarations and eligibility: statements for submitted declarations, and a mentor's completion.

Call these functions within the transaction of the request that causes the change.
"""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.ecf.list_rows import rebuild_listings, record_change
from lp_sandbox.ecf.people import COMPLETED_EARLY, STARTED_ONLY
from lp_sandbox.ecf.records import EcfDeclaration, Profile
from lp_sandbox.programme.people import COMPLETION_DECLARED
from lp_sandbox.programme.records import COMPLETED, MENTOR
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where


def assign_statements(call: Call, profile: Profile) -> None:
    """Put a participant's submitted declarations into statements, once the profile is eligible for funding.

    A declaration for which no statement is open stays submitted.
    """
    submitted = Where("retired", "=", 0), Where("statement_id", "is", None)
    of_profile = Where("participant_id", "=", profile.participant_id), Where("role", "=", profile.role)
    assigned = []
    for declaration in call.store.find(EcfDeclaration, call.world.id, *of_profile, *submitted):
        statement = open_statement(call, declaration.lead_provider_id, declaration.cohort)
        if statement:
            changes = {"statement_id": statement.id, "updated_at": call.stamp}
            assigned.append(call.store.update(call.world.id, declaration, **changes))
    rebuild_listings_of(call, assigned)


def record_completion(call: Call, participant_id: str) -> None:
    """Record on which day a mentor completed the training, after a completed declaration was made or taken back.

    The day is that of the declaration that DfE pays, has paid or can still find eligible. A mentor who completed
    during the early roll-out, or only started, stays as they are.
    """
    of_mentor = Where("participant_id", "=", participant_id), Where("role", "=", MENTOR)
    (profile,) = call.store.find(Profile, call.world.id, *of_mentor)
    if profile.mentor_completion_reason in (COMPLETED_EARLY, STARTED_ONLY):
        return
    completed = Where("declaration_type", "=", COMPLETED), Where("retired", "=", 0)
    dates = call.store.rows(EcfDeclaration, ("declaration_date",), call.world.id, *of_mentor, *completed)
    day = max((date[:10] for (date,) in dates), default=None)
    reason = COMPLETION_DECLARED if day else None
    call.store.update(call.world.id, profile, mentor_completed_on=day, mentor_completion_reason=reason)
    record_change(call, [participant_id])


def rebuild_listings_of(call: Call, declarations: Sequence[EcfDeclaration]) -> None:
    """Rebuild who lists some declarations, after the declarations are written."""
    rebuild_listings(call.store, call.world.id, {declaration.participant_id for declaration in declarations})
