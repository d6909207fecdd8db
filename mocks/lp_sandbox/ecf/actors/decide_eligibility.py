"""DfE decides whether a participant is eligible for funding."""

from __future__ import annotations

from lp_sandbox.ecf.actors.participant_lookups import history_of, profile_in
from lp_sandbox.ecf.actors.record_eligibility import record_eligibility
from lp_sandbox.ecf.actors.rules.eligibility import NO_REASON, EligibilityDecision
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.people import eligible_for_funding
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required


def decide_eligibility(call: Call) -> bytes:
    """Decide on the eligibility of a participant in a role."""
    history, role = history_of(call, call.id_in("participant_id")), call.text("participant_type")
    facts = EligibilityDecision(
        participant=history.participant if history else None,
        profile=profile_in(history, role),
        role=role,
        status=call.text("status"),
        reason=call.text("reason") or NO_REASON,
    )
    call.judge(facts)
    participant_id = required(facts.participant).id
    profile = record_eligibility(call, required(history), required(facts.profile), facts.status, facts.reason)
    record_change(call, [participant_id])
    attributes = {
        "participant_type": role,
        "status": profile.eligibility,
        "reason": profile.eligibility_reason,
        "eligible_for_funding": eligible_for_funding(profile),
        "decided_at": profile.eligibility_decided_at,
    }
    return one(document("eligibility", participant_id, attributes))
