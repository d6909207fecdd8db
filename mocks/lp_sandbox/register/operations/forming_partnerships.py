"""Forms partnerships, for a lead provider or for a school: the call says in whose name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lp_sandbox.programme.records import (
    DeliveryPartner,
    Pairing,
    Participant,
    Partnership,
    School,
    SchoolCohort,
    TrainingPeriod,
)
from lp_sandbox.register.listings import all_changed
from lp_sandbox.register.operations.schools import partnership_formed
from lp_sandbox.register.partnership_state import UNCHANGED_BY_TIME
from lp_sandbox.register.resources import with_document
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.store import Where


def form(call: Call, school: School, place: SchoolCohort, partner: DeliveryPartner) -> Partnership:
    """Form the lead provider's first partnership with a school in a cohort, which shows the participants who wait."""
    partnership = new_partnership(call, school, partner, place.cohort)
    partnership_formed(call, place)
    call.store.add(call.world.id, [partnership])
    _take_up_interest(call, partnership)
    return partnership


def new_partnership(
    call: Call, school: School, partner: DeliveryPartner, cohort: int, added_by_dfe: int = 0
) -> Partnership:
    """Make a partnership of the lead provider. Nothing is written."""
    further = (added_by_dfe,) if added_by_dfe else ()
    partnership = Partnership(
        id=make_id(call.world.seed, "partnership", call.lead_provider_id, school.id, cohort, *further),
        lead_provider_id=call.lead_provider_id,
        school_id=school.id,
        delivery_partner_id=partner.id,
        cohort=cohort,
        added_by_dfe=added_by_dfe,
        created_at=call.stamp,
        updated_at=call.stamp,
        document=b"",
        **UNCHANGED_BY_TIME._asdict(),
    )
    return with_document(partnership, school, partner)


def paired(call: Call, cohort: int | None, partner: DeliveryPartner | None) -> bool:
    """Say whether a delivery partner is registered to work with the lead provider in a cohort."""
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


def _take_up_interest(call: Call, partnership: Partnership) -> None:
    """Link the participants that the school registered with this lead provider before there was a partnership."""
    registered = (
        Where("lead_provider_id", "=", partnership.lead_provider_id),
        Where("cohort", "=", partnership.cohort),
        Where("school_id", "=", partnership.school_id),
        Where("partnership_id", "is", None),
    )
    people = call.store.rows(TrainingPeriod, ("participant_id",), call.world.id, *registered)
    call.store.change(TrainingPeriod, call.world.id, {"partnership_id": partnership.id}, *registered)
    stamp_participants(call, (id_ for (id_,) in people))


def stamp_participants(call: Call, ids: Iterable[str]) -> None:
    """Show that participants have changed."""
    participants = call.store.find(Participant, call.world.id, Where("id", "in", tuple(set(ids))))
    all_changed(call.store, call.world.id, participants, call.stamp)
