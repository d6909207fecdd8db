"""Pays a statement before its payment date, as finance does."""

from __future__ import annotations

import msgspec

from lp_sandbox.programme.records import LeadProvider, Statement
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required


def paid_now(call: Call, statement: Statement) -> bytes:
    """Pay a statement at the time of the request, and return the answer that shows when it was paid."""
    paid = msgspec.structs.replace(statement, paid_early_at=call.stamp, updated_at=call.stamp)
    call.store.put(call.world.id, paid)
    provider = required(call.store.get(LeadProvider, call.world.id, paid.lead_provider_id))
    attributes = {
        "lead_provider": provider.name,
        "cohort": str(paid.cohort),
        "cut_off_date": paid.cut_off_date,
        "payment_date": paid.payment_date,
        "paid_at": paid.paid_early_at,
    }
    return one(document("statement", paid.id, attributes))
