"""The documents of schools in cohorts, as an administrator sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import NOT_YET_KNOWN, SHOWN_AS
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.store import Where


def school_cohort_documents(call: Call, cohorts: Sequence[int], schools: Sequence[EcfSchool]) -> Iterator[bytes]:
    """Yield the documents of schools in cohorts, in the order of the schools and for each one of the cohorts."""
    of_schools = Where("cohort", "in", tuple(cohorts)), Where("school_id", "in", tuple(each.id for each in schools))
    choices = call.store.find(ProgrammeChoice, call.world.id, *of_schools)
    active = call.store.find(EcfPartnership, call.world.id, *of_schools, NOT_CHALLENGED, NOT_A_RELATIONSHIP)
    chosen = {(each.school_id, each.cohort): each for each in choices}
    partnerships = {(each.school_id, each.cohort): each for each in active}
    providers = {each.id: each.name for each in call.store.find(LeadProvider, call.world.id)}
    partners = call.by_id(DeliveryPartner, {each.delivery_partner_id for each in active})
    for school, cohort in product(schools, cohorts):
        choice, partnership = chosen.get((school.id, cohort)), partnerships.get((school.id, cohort))
        attributes = {
            "name": school.name,
            "urn": school.urn,
            "cohort": str(cohort),
            "programme": SHOWN_AS[choice.choice if choice else NOT_YET_KNOWN],
            "appropriate_body": choice.appropriate_body if choice else None,
            "lead_provider": providers[partnership.lead_provider_id] if partnership else None,
            "delivery_partner": partners[partnership.delivery_partner_id].name if partnership else None,
            "partnership_id": partnership.id if partnership else None,
            "eligible": school.eligible,
        }
        yield document("school-cohort", school.id, attributes)
