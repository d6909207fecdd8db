"""How somebody at a school is shown to whoever acted."""

from __future__ import annotations

from lp_sandbox.programme.people import latest
from lp_sandbox.programme.records import LeadProvider, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.actors import lookup
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import document, one
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store import Where


def shown(call: Call, who: Participant, period: SchoolPeriod) -> bytes:
    """Answer with somebody at a school, and who trains them there."""
    there = Where("school_period_id", "=", period.id)
    training = latest(call.store.find(TrainingPeriod, call.world.id, there))
    provider_id = training.lead_provider_id if training else None
    provider = call.store.get(LeadProvider, call.world.id, provider_id)
    mentorships = lookup.mentorships(call, period)
    attributes = {
        "participant_type": period.role,
        "full_name": who.full_name,
        "teacher_reference_number": who.teacher_reference_number,
        "email": period.email,
        "school_id": period.school_id,
        "start_date": period.started_on,
        "end_date": None if period.finished_on == FOREVER else period.finished_on,
        "lead_provider": provider.name if provider else None,
        "partnership_id": training.partnership_id if training else None,
        "cohort": str(training.cohort) if training else None,
        "schedule_identifier": training.schedule if training else None,
        "mentor_id": mentorships[-1].mentor_id if mentorships else None,
    }
    return one(document("participant-at-school", who.id, attributes))
