"""Partnerships that a school continues in the next cohort."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.challenge_deadline import carried_over_deadline
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership
from lp_sandbox.programme.records import Pairing
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.store import Where


def can_continue(call: Call, former: EcfPartnership, year: int) -> bool:
    """Return whether the providers of a partnership still work together in a cohort."""
    return bool(call.store.get(Pairing, call.world.id, former.lead_provider_id, year, former.delivery_partner_id))


def continued(call: Call, former: EcfPartnership, cohort: EcfCohort) -> EcfPartnership:
    """Return the former partnership in a new cohort: an equal partnership that the school has there, or else a copy."""
    equal = (
        Where("school_id", "=", former.school_id),
        Where("cohort", "=", cohort.year),
        Where("lead_provider_id", "=", former.lead_provider_id),
        Where("delivery_partner_id", "=", former.delivery_partner_id),
    )
    found_there = call.store.find(EcfPartnership, call.world.id, *equal)
    found = min(found_there, key=lambda each: each.relationship, default=None)
    new = {
        "id": make_id(call.world.seed, "continued-partnership", former.id, cohort.year),
        "report_id": None,
        "reported_at": None,
        "created_at": call.stamp,
    }
    return msgspec.structs.replace(
        found or msgspec.structs.replace(former, cohort=cohort.year, **new),
        relationship=False,
        challenged_reason=None,
        challenged_at=None,
        challenge_deadline=carried_over_deadline(cohort),
        updated_at=call.stamp,
    )
