"""Forms partnerships without the lead provider: a school continues one, or DfE adds a delivery partner."""

from __future__ import annotations

import dataclasses

from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, School
from lp_sandbox.register.actors.rules.partnerships import DeliveryPartnerAddition, RollOver
from lp_sandbox.register.actors.training_choice_lookups import training_choice
from lp_sandbox.register.operations.form_partnership import are_paired, form_first, partnered_with, unsaved_partnership
from lp_sandbox.register.records import Partnership
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Slice, Where

_LATEST = Slice((("cohort", True), ("created_at", True), ("added_by_dfe", True), ("id", False)), length=1)


def roll_over(call: Call) -> bytes:
    """Continue the latest partnership of a school in a new cohort."""
    choice = training_choice(call, call.id_in("school_id"), int(call.text("cohort")), call.text("lead_provider"))
    earlier = _earlier(call, choice.lead_provider)
    theirs = _in_the_name_of(call, earlier.lead_provider_id if earlier else "")
    partner = call.store.get(DeliveryPartner, call.world.id, earlier.delivery_partner_id if earlier else "")
    year = choice.cohort.year if choice.cohort else None
    facts = RollOver(
        choice=choice,
        today=call.today,
        earlier=earlier,
        still_paired=are_paired(theirs, year, partner),
        partnered=bool(partnered_with(theirs, call.id_in("school_id"), year)),
    )
    call.judge(facts)
    made = form_first(theirs, required(choice.school), required(choice.school_in_cohort), required(partner))
    return _shown(call, made, required(earlier))


def add_delivery_partner(call: Call) -> bytes:
    """Add a partnership with another delivery partner to a partnership."""
    beside = call.store.get(Partnership, call.world.id, call.id_in("partnership_id"))
    theirs = _in_the_name_of(call, beside.lead_provider_id if beside else "")
    partner = call.store.get(DeliveryPartner, call.world.id, call.id_in("delivery_partner_id"))
    confirmed = partnered_with(theirs, beside.school_id, beside.cohort) if beside else ()
    facts = DeliveryPartnerAddition(
        partnership=beside,
        delivery_partner=partner,
        paired=are_paired(theirs, beside.cohort if beside else None, partner),
        confirmed=partner is not None and partner.id in confirmed,
    )
    call.judge(facts)
    first = required(beside)
    school = required(call.store.get(School, call.world.id, first.school_id))
    made = unsaved_partnership(theirs, school, required(partner), first.cohort, added_by_dfe=len(confirmed))
    call.store.add(call.world.id, [made])
    return _shown(call, made, first)


def _in_the_name_of(call: Call, lead_provider_id: str) -> Call:
    return dataclasses.replace(call, lead_provider_id=lead_provider_id)


def _earlier(call: Call, lead_provider: LeadProvider | None) -> Partnership | None:
    """Return the school's latest partnership from an earlier cohort, of a lead provider if one is given."""
    where = [
        Where("school_id", "=", call.id_in("school_id")),
        Where("cohort", "<=", int(call.text("cohort")) - 1),
    ]
    if lead_provider:
        where.append(Where("lead_provider_id", "=", lead_provider.id))
    return next(iter(call.store.find(Partnership, call.world.id, *where, part=_LATEST)), None)


def _shown(call: Call, made: Partnership, earlier: Partnership) -> bytes:
    provider = required(call.store.get(LeadProvider, call.world.id, made.lead_provider_id))
    partner = required(call.store.get(DeliveryPartner, call.world.id, made.delivery_partner_id))
    attributes = {
        "lead_provider": provider.name,
        "school_id": made.school_id,
        "cohort": str(made.cohort),
        "delivery_partner_id": partner.id,
        "delivery_partner_name": partner.name,
        "earlier_partnership_id": earlier.id,
        "created_at": made.created_at,
    }
    return one(document("partnership", made.id, attributes))
