"""Forms partnerships of the lead provider that the call names, for its own request or for a school's."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.programme.records import DeliveryPartner, Pairing, School, TrainingPeriod
from lp_sandbox.register.new_partnership_record import new_partnership
from lp_sandbox.register.operations.schools import show_in_partnership
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def form_first(call: Call, school: School, row: SchoolCohort, partner: DeliveryPartner) -> Partnership:
    """Form the lead provider's first partnership with a school in a cohort, and link the participants who wait for it.

    Returns the partnership as it is stored then.
    """
    partnership = unsaved_partnership(call, school, partner, row.cohort)
    with_lead_provider = (
        Where("lead_provider_id", "=", partnership.lead_provider_id),
        Where("cohort", "=", partnership.cohort),
        Where("school_id", "=", partnership.school_id),
    )
    registered = call.store.find(TrainingPeriod, call.world.id, *with_lead_provider)
    was_interested = any(each.finished_on >= call.today for each in registered)
    show_in_partnership(call, row, changes_interest=not was_interested)
    call.store.add(call.world.id, [partnership])
    waiting = {each.participant_id for each in registered if each.partnership_id is None}
    if not waiting:
        return partnership
    linked, unlinked = {"partnership_id": partnership.id}, Where("partnership_id", "is", None)
    call.store.change(TrainingPeriod, call.world.id, linked, *with_lead_provider, unlinked)
    record_change(call, waiting)
    return required(call.store.get(Partnership, call.world.id, partnership.id))


def unsaved_partnership(
    call: Call, school: School, partner: DeliveryPartner, cohort: int, added_by_dfe: int = 0
) -> Partnership:
    """Return a new partnership of the lead provider. Nothing is written."""
    further = (added_by_dfe,) if added_by_dfe else ()
    return new_partnership(
        id=make_id(call.world.seed, "partnership", call.lead_provider_id, school.id, cohort, *further),
        lead_provider_id=call.lead_provider_id,
        school=school,
        partner=partner,
        cohort=cohort,
        added_by_dfe=added_by_dfe,
        created_at=call.stamp,
    )


def are_paired(call: Call, cohort: int | None, partner: DeliveryPartner | None) -> bool:
    """Return whether a delivery partner is registered to work with the lead provider in a cohort."""
    return (
        partner is not None
        and call.store.get(Pairing, call.world.id, call.lead_provider_id, cohort, partner.id) is not None
    )


def partnered_with(call: Call, school_id: str, cohort: int | None) -> Sequence[str]:
    """Return the delivery partners of the lead provider's partnerships with a school in a cohort."""
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("school_id", "=", school_id),
        Where("cohort", "=", cohort),
    )
    rows = call.store.rows(Partnership, ("delivery_partner_id",), call.world.id, *where)
    return [partner for (partner,) in rows]
