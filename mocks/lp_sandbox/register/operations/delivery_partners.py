"""Delivery partners: those registered to work with the lead provider, in any cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lp_sandbox.programme.records import DeliveryPartner, Pairing
from lp_sandbox.register.resources import delivery_partner_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the delivery partners that the lead provider is paired with."""
    part = call.part((("created_at", False),))
    paired = _cohorts(call)
    requested = call.listed("cohort")
    ids = tuple(paired) if requested is None else _paired_with_anybody(call, tuple(paired), requested)
    partners = call.store.find(DeliveryPartner, call.world.id, Where("id", "in", ids), part=part)
    return many(delivery_partner_document(partner, paired[partner.id]) for partner in partners)


def get(call: Call) -> bytes:
    """Show one delivery partner that the lead provider is paired with."""
    id_ = call.path["id"]
    cohorts = call.found(_cohorts(call, Where("delivery_partner_id", "=", id_)).get(id_))
    partner = required(call.store.get(DeliveryPartner, call.world.id, id_))
    return one(delivery_partner_document(partner, cohorts))


def _paired_with_anybody(call: Call, ids: Collection[str], cohorts: Collection[int]) -> tuple[str, ...]:
    """Return those delivery partners that any lead provider is paired with in one of some cohorts."""
    where = Where("cohort", "in", tuple(cohorts)), Where("delivery_partner_id", "in", tuple(ids))
    rows = call.store.rows(Pairing, ("delivery_partner_id",), call.world.id, *where)
    return tuple({id_ for (id_,) in rows})


def _cohorts(call: Call, *where: Where) -> Mapping[str, set[int]]:
    """Return the cohorts in which the lead provider is paired with each delivery partner."""
    mine = Where("lead_provider_id", "=", call.lead_provider_id)
    rows: Sequence[tuple[str, int]] = call.store.rows(
        Pairing, ("delivery_partner_id", "cohort"), call.world.id, mine, *where
    )
    cohorts: dict[str, set[int]] = {}
    for id_, cohort in rows:
        cohorts.setdefault(id_, set()).add(cohort)
    return cohorts
