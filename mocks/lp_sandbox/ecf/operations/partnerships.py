"""Partnerships of the lead provider with schools and delivery partners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.confirm_partnership import confirm, report
from lp_sandbox.ecf.new_partnership_lookups import commitments_of
from lp_sandbox.ecf.partnership_lookups import (
    FIRST_LISTED_COHORT,
    NOT_A_RELATIONSHIP,
    own_partnerships,
    works_with_you,
)
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool
from lp_sandbox.ecf.resources.partnerships import partnership_document
from lp_sandbox.ecf.rules.partnerships import ChangedPartnership, NewPartnership
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, Pairing
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.request.query import leading_number
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import AnyOf, Condition, Where


def list_(call: Call) -> bytes:
    """List the lead provider's partnerships."""
    conditions = [*_filters(call)]
    part = call.part((("created_at", False),))
    return many(_documents(call, call.store.find(EcfPartnership, call.world.id, *conditions, part=part)))


def get(call: Call) -> bytes:
    """Show one of the lead provider's partnerships."""
    return _answer(call, call.found(_own(call)))


def create(call: Call) -> bytes:
    """Confirm a partnership."""
    facts = _new_partnership(call)
    call.judge(facts)
    cohort, school = required(facts.found_cohort), required(facts.found_school)
    return _answer(call, confirm(call, school.id, cohort, required(facts.found_delivery_partner).id))


def update(call: Call) -> bytes:
    """Change the delivery partner of a partnership. The present one changes nothing."""
    facts = _changed_partnership(call)
    call.judge(facts)
    partnership, partner = required(facts.partnership), required(facts.found_delivery_partner)
    if partnership.delivery_partner_id != partner.id:
        cohort = required(call.store.get(EcfCohort, call.world.id, partnership.cohort))
        partnership = report(call, partnership, cohort, partner.id)
    return _answer(call, partnership)


def _answer(call: Call, partnership: EcfPartnership) -> bytes:
    return one(*_documents(call, [partnership]))


def _documents(call: Call, partnerships: Sequence[EcfPartnership]) -> Iterator[bytes]:
    found_schools, found_partners = call.store.find_each(
        call.world.id,
        (EcfSchool, Where("id", "in", tuple({each.school_id for each in partnerships}))),
        (DeliveryPartner, Where("id", "in", tuple({each.delivery_partner_id for each in partnerships}))),
    )
    schools = {school.id: school for school in found_schools}
    partners = {partner.id: partner for partner in found_partners}
    return (
        partnership_document(each, schools[each.school_id], partners[each.delivery_partner_id]) for each in partnerships
    )


def _filters(call: Call) -> Iterator[Condition]:
    mine = Where("lead_provider_id", "=", call.lead_provider_id)
    yield from (mine, NOT_A_RELATIONSHIP)
    since = call.since()
    if since:
        yield _changed_since(call, since)
    cohorts = call.listed("cohort")
    if cohorts is not None:
        yield Where("cohort", "in", cohorts)
    elif call.store.rows(EcfPartnership, ("id",), call.world.id, mine, Where("cohort", "<=", FIRST_LISTED_COHORT - 1)):
        yield Where("cohort", ">=", FIRST_LISTED_COHORT)  # only if needed: with it, SQLite would not read in order
    delivery_partners = call.listed("delivery_partner_id")
    if delivery_partners is not None:
        yield Where("delivery_partner_id", "in", delivery_partners)


def _changed_since(call: Call, since: str) -> Condition:
    """Return the condition that a partnership, its school, its delivery partner or its induction tutor changed."""
    changed = Where("updated_at", ">=", since)
    school_or_tutor = AnyOf((changed, Where("induction_tutor_updated_at", ">=", since)))
    schools = call.store.rows(EcfSchool, ("id",), call.world.id, school_or_tutor)
    partners = call.store.rows(DeliveryPartner, ("id",), call.world.id, changed)
    return AnyOf(
        (
            changed,
            Where("school_id", "in", tuple(id_ for (id_,) in schools)),
            Where("delivery_partner_id", "in", tuple(id_ for (id_,) in partners)),
        )
    )


def _own(call: Call) -> EcfPartnership | None:
    """Return the partnership of the path, if it is the lead provider's and not a relationship."""
    found = call.store.get(EcfPartnership, call.world.id, call.path["id"])
    is_shown = found is not None and found.lead_provider_id == call.lead_provider_id and not found.relationship
    return found if is_shown else None


def _new_partnership(call: Call) -> NewPartnership:
    year, partner_id = leading_number(call.text("cohort")), call.id_in("delivery_partner_id")
    cohort, school, partner, lead_provider, pairing = call.store.get_each(
        call.world.id,
        (EcfCohort, year),
        (EcfSchool, call.id_in("school_id")),
        (DeliveryPartner, partner_id),
        (LeadProvider, call.lead_provider_id),
        (Pairing, call.lead_provider_id, year, partner_id),
    )
    present, last_year, chosen = (
        commitments_of(call, cohort.year, [school.id])[school.id] if school and cohort else (None, False, False)
    )
    return NewPartnership(
        cohort=call.text("cohort"),
        school_id=call.text("school_id"),
        lead_provider_id=call.lead_provider_id,
        delivery_partner_id=call.text("delivery_partner_id"),
        found_cohort=cohort,
        found_school=school,
        found_lead_provider=lead_provider,
        found_delivery_partner=partner,
        works_with_you=bool(cohort and partner and pairing),
        present_partnership=present,
        had_provider_last_year=last_year,
        has_chosen_programme=chosen,
    )


def _changed_partnership(call: Call) -> ChangedPartnership:
    partnership = _own(call)
    partner = call.store.get(DeliveryPartner, call.world.id, call.id_in("delivery_partner_id"))
    others = own_partnerships(call, partnership.school_id, partnership.cohort) if partnership else ()
    return ChangedPartnership(
        partnership=partnership,
        delivery_partner_id=call.text("delivery_partner_id"),
        found_delivery_partner=partner,
        works_with_you=bool(partnership and partner and works_with_you(call, partnership.cohort, partner.id)),
        has_relationship=any(
            each.relationship and each.delivery_partner_id == partner.id for each in others if partner is not None
        ),
    )
