"""Makes relationship partnerships, under which a school's participants keep providers that are not the school's."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.store import Where


def with_the_providers_of(
    call: Call, partnership: EcfPartnership | None, school_id: str, cohort: int
) -> EcfPartnership | None:
    """Return a school's unchallenged partnership in a cohort with the providers of another one.

    A school that has none gets a relationship partnership; a challenged relationship becomes active again. Without a
    partnership to follow, the answer is None.
    """
    if partnership is None:
        return None
    same = (
        Where("school_id", "=", school_id),
        Where("cohort", "=", cohort),
        Where("lead_provider_id", "=", partnership.lead_provider_id),
        Where("delivery_partner_id", "=", partnership.delivery_partner_id),
    )
    found = call.store.find(EcfPartnership, call.world.id, *same)
    active = [each for each in found if not each.challenged_at]
    if active:
        return min(active, key=lambda each: each.relationship)
    made = _relationship(call, partnership, school_id, cohort)
    challenged = next((each for each in found if each.relationship), None)
    if challenged:
        made = msgspec.structs.replace(made, id=challenged.id, created_at=challenged.created_at)
    call.store.put(call.world.id, made)
    return made


def _relationship(call: Call, partnership: EcfPartnership, school_id: str, cohort: int) -> EcfPartnership:
    """Return a new relationship of a school with the providers of a partnership."""
    providers = partnership.lead_provider_id, partnership.delivery_partner_id
    return msgspec.structs.replace(
        partnership,
        id=make_id(call.world.seed, "relationship", *providers, school_id, cohort),
        school_id=school_id,
        cohort=cohort,
        relationship=True,
        challenged_reason=None,
        challenged_at=None,
        challenge_deadline=None,
        report_id=None,
        reported_at=None,
        created_at=call.stamp,
        updated_at=call.stamp,
    )
