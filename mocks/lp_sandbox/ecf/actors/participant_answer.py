"""The answer that shows a participant at a school."""

from __future__ import annotations

from lp_sandbox.ecf.actors.participant_lookups import history_of, last_registration
from lp_sandbox.ecf.people import eligible_for_funding, latest, mentor_of, participant_status
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import ECT, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import FOREVER, required


def participant_at_school(call: Call, participant_id: str, role: str) -> bytes:
    """Return the answer that shows a participant's latest school period in a role, with the training and the mentor."""
    history = required(history_of(call, participant_id))
    participant, profile = history.participant, history.profile(role)
    school_period = required(last_registration(history, role))
    training = latest(each for each in history.training_periods if each.school_period_id == school_period.id)
    provider = call.store.get(LeadProvider, call.world.id, trained_by(training) if training else None)
    attributes = {
        "participant_type": role,
        "full_name": participant.full_name,
        "teacher_reference_number": participant.given_reference_number,
        "email": school_period.email,
        "school_id": school_period.school_id,
        "start_date": school_period.started_on,
        "end_date": None if school_period.finished_on == FOREVER else school_period.finished_on,
        "participant_status": participant_status(history, training, call.today) if training else None,
        "cohort": str(training.cohort) if training else None,
        "schedule_identifier": training.schedule if training else None,
        "lead_provider": provider.name if provider else None,
        "partnership_id": training.partnership_id if training else None,
        "mentor_id": mentor_of(history, training) if training and role == ECT else None,
        "validated": profile.eligibility is not None,
        "eligible_for_funding": eligible_for_funding(profile),
    }
    return one(document("participant-at-school", participant.id, attributes))
