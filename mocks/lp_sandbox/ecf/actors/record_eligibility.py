"""Records a decision about a participant's eligibility, with what follows from it."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.declaration_effects import assign_statements
from lp_sandbox.ecf.move_to_cohort import leave_frozen_cohort
from lp_sandbox.ecf.people import ELIGIBLE, History
from lp_sandbox.ecf.records import Profile
from lp_sandbox.request.call import Call


def record_eligibility(call: Call, history: History, profile: Profile, status: str, reason: str) -> Profile:
    """Store the eligibility of a participant in a role, and return the profile that shows it.

    When a participant becomes eligible, their submitted declarations go into statements, and a participant of a frozen
    cohort leaves it. Details without validation count as validated from now on.
    """
    decided = msgspec.structs.replace(
        profile, eligibility=status, eligibility_reason=reason, eligibility_decided_at=call.stamp
    )
    participant = history.participant
    trn = participant.teacher_reference_number or participant.given_reference_number
    call.store.put(call.world.id, decided, msgspec.structs.replace(participant, teacher_reference_number=trn))
    if status == ELIGIBLE:
        assign_statements(call, decided)
        leave_frozen_cohort(call, history, decided)
    return decided
