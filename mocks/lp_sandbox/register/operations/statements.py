"""Statements of the lead provider: what it is paid for its declarations, and when."""

from __future__ import annotations

from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_lookups import statement_changed_since
from lp_sandbox.register.operations.find_own_record import own_record
from lp_sandbox.register.resources import statement_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import Condition, Where


def list_(call: Call) -> bytes:
    """List the lead provider's statements."""
    part = call.part((("payment_date", False),))
    where: list[Condition] = [Where("lead_provider_id", "=", call.lead_provider_id)]
    cohorts = call.listed("cohort")
    if cohorts is not None:
        where.append(Where("cohort", "in", cohorts))
    since = call.since()
    if since:
        where.append(statement_changed_since(call, since))
    statements = call.store.find(Statement, call.world.id, *where, part=part)
    return many(statement_document(statement, call.moment) for statement in statements)


def get(call: Call) -> bytes:
    """Show one of the lead provider's statements."""
    return one(statement_document(own_record(call, Statement), call.moment))
