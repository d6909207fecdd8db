"""Delivery partners: those that work with the lead provider in some cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lp_sandbox.ecf.partnership_lookups import FIRST_LISTED_COHORT
from lp_sandbox.ecf.resources.delivery_partners import delivery_partner_document
from lp_sandbox.programme.records import DeliveryPartner, Pairing
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the delivery partners that work with the lead provider in the cohorts that the request names."""
    part = call.part((("created_at", False),))
    cohorts = _cohorts(call)
    requested = call.listed("cohort")
    ids = tuple(id_ for id_, years in cohorts.items() if _is_listed(years, requested))
    partners = call.store.find(DeliveryPartner, call.world.id, Where("id", "in", ids), part=part)
    return many(delivery_partner_document(partner, cohorts[partner.id]) for partner in partners)


def get(call: Call) -> bytes:
    """Show one delivery partner that works with the lead provider in any cohort."""
    id_ = call.path["id"]
    years = call.found(_cohorts(call, Where("delivery_partner_id", "=", id_)).get(id_))
    return one(delivery_partner_document(required(call.store.get(DeliveryPartner, call.world.id, id_)), years))


def _is_listed(years: Collection[int], requested: Collection[int] | None) -> bool:
    if requested is None:
        return max(years) >= FIRST_LISTED_COHORT
    return not set(years).isdisjoint(requested)


def _cohorts(call: Call, *where: Where) -> Mapping[str, list[int]]:
    """Return the cohorts in which each delivery partner works with the lead provider."""
    mine = Where("lead_provider_id", "=", call.lead_provider_id)
    cohorts: dict[str, list[int]] = {}
    for id_, cohort in call.store.rows(Pairing, ("delivery_partner_id", "cohort"), call.world.id, mine, *where):
        cohorts.setdefault(id_, []).append(cohort)
    return cohorts
