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


def confirm(call: Call, school_id: str, cohort: EcfCohort, delivery_partner_id: str) -> EcfPartnership:
    """Confirm a partnership of the lead provider, and move the school's participants to it.

    A relationship with this delivery partner becomes an ordinary partnership, and a challenged partnership is active
    again: both keep their id. The rules guarantee that the school has no other active partnership in the cohort.
    """
    own = own_partnerships(call, school_id, cohort.year)
    former = _former(own, delivery_partner_id)
    if former:
        return report(call, former, cohort, delivery_partner_id)
    unsaved = _unsaved(call, school_id, cohort.year, delivery_partner_id, len(own))
    confirmed = _confirmed(call, unsaved, cohort, delivery_partner_id)
    call.store.add(call.world.id, [confirmed])
    return _followed_up(call, confirmed)


def report(call: Call, former: EcfPartnership, cohort: EcfCohort, delivery_partner_id: str) -> EcfPartnership:
    """Save a partnership as confirmed now with a delivery partner, and notify the school, which can challenge it."""
    confirmed = _confirmed(call, former, cohort, delivery_partner_id)
    call.store.replace(call.world.id, [former], [confirmed])
    return _followed_up(call, confirmed)


def _confirmed(call: Call, partnership: EcfPartnership, cohort: EcfCohort, delivery_partner_id: str) -> EcfPartnership:
    return msgspec.structs.replace(
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


def _followed_up(call: Call, partnership: EcfPartnership) -> EcfPartnership:
    """Return a partnership that is saved, after the participants have moved to it and the school was notified."""
    move_to_partnership(call, partnership)
    send_confirmation(call, partnership)
    return partnership


def _former(own: Sequence[EcfPartnership], delivery_partner_id: str) -> EcfPartnership | None:
    """Return the partnership to confirm again: one with this delivery partner, or else the first challenged one.

    Of a challenged partnership and a relationship with the same providers, this is the challenged one.
    """
    ordinary = [each for each in own if not each.relationship]
    relationships = [each for each in own if each.relationship]
    same = (each for each in (*ordinary, *relationships) if each.delivery_partner_id == delivery_partner_id)
    return next(same, None) or next(iter(ordinary), None)


def _unsaved(call: Call, school_id: str, cohort: int, delivery_partner_id: str, number: int) -> EcfPartnership:
    """Return a new partnership, which `confirm` completes. `number` is how many the lead provider has there already."""
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
