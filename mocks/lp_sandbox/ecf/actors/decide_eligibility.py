"""DfE decides whether a participant is eligible for funding."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.participant_lookups import history_of, profile_in
from lp_sandbox.ecf.actors.rules.eligibility import NO_REASON, EligibilityDecision
from lp_sandbox.ecf.declaration_effects import assign_statements
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.people import ELIGIBLE, eligible_for_funding
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required


def decide_eligibility(call: Call) -> bytes:
    """Decide on the eligibility in a role. Details without validation count as validated from then on."""
    history, role = history_of(call, call.id_in("participant_id")), call.text("participant_type")
    facts = EligibilityDecision(
        participant=history.participant if history else None,
        profile=profile_in(history, role),
        role=role,
        status=call.text("status"),
        reason=call.text("reason") or NO_REASON,
    )
    call.judge(facts)
    participant = required(facts.participant)
    trn = participant.teacher_reference_number or participant.given_reference_number
    profile = msgspec.structs.replace(
        required(facts.profile),
        eligibility=facts.status,
        eligibility_reason=facts.reason,
        eligibility_decided_at=call.stamp,
    )
    call.store.put(call.world.id, msgspec.structs.replace(participant, teacher_reference_number=trn), profile)
    if facts.status == ELIGIBLE:
        assign_statements(call, profile)
    record_change(call, [participant.id])
    attributes = {
        "participant_type": role,
        "status": facts.status,
        "reason": facts.reason,
        "eligible_for_funding": eligible_for_funding(profile),
        "decided_at": call.stamp,
    }
    return one(document("eligibility", participant.id, attributes))
