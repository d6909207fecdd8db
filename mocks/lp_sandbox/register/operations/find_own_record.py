"""Finds the record in a path among the records of the lead provider."""

from __future__ import annotations

from typing import TypeVar

from lp_sandbox.programme.records import Statement
from lp_sandbox.register.records import Declaration, Partnership
from lp_sandbox.request.call import Call

Owned = TypeVar("Owned", Declaration, Partnership, Statement)


def own_record(call: Call, kind: type[Owned]) -> Owned:
    """Return the record of the path. Raises the refusal (404) unless the lead provider owns it."""
    record = call.store.get(kind, call.world.id, call.path["id"])
    return call.found(record if record and record.lead_provider_id == call.lead_provider_id else None)
