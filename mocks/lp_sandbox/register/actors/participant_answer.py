"""The answer that shows a participant at a school."""

from __future__ import annotations

from lp_sandbox.programme.people import latest
from lp_sandbox.programme.records import LeadProvider, Participant, SchoolPeriod
from lp_sandbox.programme.training_lookups import training_within
from lp_sandbox.register.actors.participant_lookups import mentorships
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import FOREVER


def participant_at_school(call: Call, participant: Participant, school_period: SchoolPeriod) -> bytes:
    """Return the answer that shows a participant's school period, with the training and the mentor."""
    training = latest(training_within(call, school_period))
    provider_id = training.lead_provider_id if training else None
    provider = call.store.get(LeadProvider, call.world.id, provider_id)
    own = mentorships(call, school_period)
    attributes = {
        "participant_type": school_period.role,
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "email": school_period.email,
        "school_id": school_period.school_id,
        "start_date": school_period.started_on,
        "end_date": None if school_period.finished_on == FOREVER else school_period.finished_on,
        "lead_provider": provider.name if provider else None,
        "partnership_id": training.partnership_id if training else None,
        "cohort": str(training.cohort) if training else None,
        "schedule_identifier": training.schedule if training else None,
        "mentor_id": own[-1].mentor_id if own else None,
    }
    return one(document("participant-at-school", participant.id, attributes))
