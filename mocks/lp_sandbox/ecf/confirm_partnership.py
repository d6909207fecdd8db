"""What happens when a lead provider confirms a partnership, or gives one another delivery partner."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lp_sandbox.ecf.challenge_deadline import challenge_deadline
from lp_sandbox.ecf.emails import send_confirmation
from lp_sandbox.ecf.move_to_partnership import move_to_partnership
from lp_sandbox.ecf.partnership_lookups import own_partnerships
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required


def confirm(call: Call, school_id: str, cohort: int, delivery_partner_id: str) -> EcfPartnership:
    """Confirm a partnership of the lead provider, and move the school's participants to it.

    A relationship with this delivery partner becomes an ordinary partnership, and a challenged partnership is active
    again: both keep their id. The rules guarantee that the school has no other active partnership in the cohort.
    """
    own = own_partnerships(call, school_id, cohort)
    former = _former(own, delivery_partner_id)
    return report(call, former or _unsaved(call, school_id, cohort, delivery_partner_id, len(own)), delivery_partner_id)


def report(call: Call, partnership: EcfPartnership, delivery_partner_id: str) -> EcfPartnership:
    """Save a partnership as confirmed now with a delivery partner, and notify the school, which can challenge it."""
    cohort = required(call.store.get(EcfCohort, call.world.id, partnership.cohort))
    confirmed = msgspec.structs.replace(
        partnership,
        delivery_partner_id=delivery_partner_id,
        relationship=False,
        challenged_reason=None,
        challenged_at=None,
        challenge_deadline=challenge_deadline(cohort, call.stamp),
        report_id=make_id(call.world.seed, "report", partnership.id, partnership.report_id, call.stamp),
        reported_at=call.stamp,
        updated_at=call.stamp,
    )
    call.store.put(call.world.id, confirmed)
    move_to_partnership(call, confirmed)
    send_confirmation(call, confirmed)
    return confirmed


def _former(own: Sequence[EcfPartnership], delivery_partner_id: str) -> EcfPartnership | None:
    """Return the partnership to confirm again: one with this delivery partner, or else the first challenged one.

    Of a challenged partnership and a relationship with the same providers, this is the challenged one.
    """
    ordinary = [each for each in own if not each.relationship]
    relationships = [each for each in own if each.relationship]
    same = (each for each in (*ordinary, *relationships) if each.delivery_partner_id == delivery_partner_id)
    return next(same, None) or next(iter(ordinary), None)


def _unsaved(call: Call, school_id: str, cohort: int, delivery_partner_id: str, number: int) -> EcfPartnership:
    """Return a new partnership, which `report` completes. `number` is how many the lead provider has there already."""
    return EcfPartnership(
        id=make_id(call.world.seed, "partnership", call.lead_provider_id, school_id, cohort, number),
        lead_provider_id=call.lead_provider_id,
        school_id=school_id,
        delivery_partner_id=delivery_partner_id,
        cohort=cohort,
        relationship=False,
        challenged_reason=None,
        challenged_at=None,
        challenge_deadline=None,
        report_id=None,
        reported_at=None,
        created_at=call.stamp,
        updated_at=call.stamp,
    )
