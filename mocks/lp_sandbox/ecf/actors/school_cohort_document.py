"""The documents of schools in a cohort, as an administrator sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import NOT_YET_KNOWN, SHOWN_AS
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.store import Where


def school_cohort_documents(call: Call, cohort: int, schools: Sequence[EcfSchool]) -> Iterator[bytes]:
    """Yield the documents of schools in a cohort, in their order."""
    of_schools = Where("cohort", "=", cohort), Where("school_id", "in", tuple(school.id for school in schools))
    chosen = {each.school_id: each for each in call.store.find(ProgrammeChoice, call.world.id, *of_schools)}
    active = call.store.find(EcfPartnership, call.world.id, *of_schools, NOT_CHALLENGED, NOT_A_RELATIONSHIP)
    partnerships = {each.school_id: each for each in active}
    providers = {each.id: each.name for each in call.store.find(LeadProvider, call.world.id)}
    partner_ids = Where("id", "in", tuple({each.delivery_partner_id for each in active}))
    partners = {each.id: each.name for each in call.store.find(DeliveryPartner, call.world.id, partner_ids)}
    for school in schools:
        choice, partnership = chosen.get(school.id), partnerships.get(school.id)
        attributes = {
            "name": school.name,
            "urn": school.urn,
            "cohort": str(cohort),
            "programme": SHOWN_AS[choice.choice if choice else NOT_YET_KNOWN],
            "appropriate_body": choice.appropriate_body if choice else None,
            "lead_provider": providers[partnership.lead_provider_id] if partnership else None,
            "delivery_partner": partners[partnership.delivery_partner_id] if partnership else None,
            "partnership_id": partnership.id if partnership else None,
            "eligible": school.eligible,
        }
        yield document("school-cohort", school.id, attributes)
