"""Statements of the lead provider: what it is paid for its declarations, and when."""

from __future__ import annotations

from collections.abc import Iterator

from lp_sandbox.ecf.partnership_lookups import FIRST_LISTED_COHORT
from lp_sandbox.ecf.resources.statements import ECF, statement_document
from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_lookups import statement_changed_since
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import Condition, Where


def list_(call: Call) -> bytes:
    """List the lead provider's statements that pay for declarations."""
    conditions, part = [*_filters(call)], call.part((("payment_date", False),))
    statements = call.store.find(Statement, call.world.id, *conditions, part=part) if _is_of_type(call) else ()
    return many(statement_document(statement, call.moment) for statement in statements)


def get(call: Call) -> bytes:
    """Show one of the lead provider's statements, of service fees too."""
    found = call.store.get(Statement, call.world.id, call.path["id"])
    is_shown = found is not None and found.lead_provider_id == call.lead_provider_id and _is_of_type(call)
    return one(statement_document(call.found(found if is_shown else None), call.moment))


def _is_of_type(call: Call) -> bool:
    """Return whether the filter for the type lets statements through: they all have the same type."""
    return call.filter("type") in ("", ECF)


def _filters(call: Call) -> Iterator[Condition]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    yield Where("output_fee", "=", 1)
    cohorts = call.listed("cohort")
    yield Where("cohort", ">=", FIRST_LISTED_COHORT) if cohorts is None else Where("cohort", "in", cohorts)
    since = call.since()
    if since:
        yield statement_changed_since(call, since)
