"""The document of a participant with the latest training in each role, as finance sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lp_sandbox.ecf.people import History, eligible_for_funding, latest
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool
from lp_sandbox.ecf.schools import CORE, FULL, SHOWN_AS
from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import ECT, MENTOR, DeliveryPartner, LeadProvider, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.records import required


def participant_in_training(call: Call, history: History) -> bytes:
    """Render a participant with the latest training in each role, whichever lead provider trains them."""
    participant = history.participant
    attributes = {
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "training": list(_training(call, history)),
    }
    return document("participant-in-training", participant.id, attributes)


def _training(call: Call, history: History) -> Iterator[dict[str, Any]]:
    for role in (ECT, MENTOR):
        training_period = latest(each for each in history.training_periods if each.role == role)
        if training_period:
            yield _in_role(call, history, training_period)


def _in_role(call: Call, history: History, training_period: TrainingPeriod) -> dict[str, Any]:
    profile = history.profile(training_period.role)
    partnership = call.store.get(EcfPartnership, call.world.id, training_period.partnership_id or "")
    provider = call.store.get(LeadProvider, call.world.id, partnership.lead_provider_id if partnership else "")
    school = required(call.store.get(EcfSchool, call.world.id, training_period.school_id))
    partner = call.store.get(DeliveryPartner, call.world.id, partnership.delivery_partner_id if partnership else "")
    return {
        "participant_type": profile.role,
        "training_record_id": profile.id,
        "programme": SHOWN_AS[FULL if training_period.schedule else CORE],
        "lead_provider": provider.name if provider else None,
        "delivery_partner": partner.name if partner else None,
        "partnership_id": training_period.partnership_id,
        "school_id": school.id,
        "school_name": school.name,
        "urn": school.urn,
        "cohort": str(training_period.cohort),
        "schedule_identifier": training_period.schedule,
        "training_status": training_status(training_period),
        "eligible_for_funding": eligible_for_funding(profile),
    }
