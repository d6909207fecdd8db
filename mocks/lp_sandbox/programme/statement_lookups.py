"""Finds the open statement for a declaration, and the statements whose state has changed with time."""

from __future__ import annotations

from typing import NamedTuple

from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_states import is_paid, moved_at, paid_at
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.store import AnyOf, Condition, Slice, Where

_BY_CUT_OFF = Slice((("cut_off_date", False),))
_FIRST = Slice(_BY_CUT_OFF.order, 0, 1)


class Moved(NamedTuple):
    """The ids of the statements whose state time has changed since an instant."""

    at_all: tuple[str, ...]
    to_paid: tuple[str, ...]


def open_statement(call: Call, lead_provider_id: str, cohort: int) -> Statement | None:
    """Return a lead provider's earliest statement for a cohort that is neither cut off nor paid.

    New declarations, declarations that become eligible, and clawbacks go into it.
    """
    where = (
        Where("lead_provider_id", "=", lead_provider_id),
        Where("cohort", "=", cohort),
        Where("cut_off_date", ">=", call.today),
        Where("output_fee", "=", 1),
    )
    for part in (_FIRST, _BY_CUT_OFF):  # the first is nearly always open, and to read all takes much longer
        statements = call.store.find(Statement, call.world.id, *where, part=part)
        found = next((each for each in statements if not is_paid(each, call.moment)), None)
        if found or not statements:
            return found
    return None


def statement_changed_since(call: Call, since: str) -> Condition:
    """Return the condition for statements that a request or time has changed since an instant."""
    moved = Where("id", "in", statements_moved_since(call, since).at_all)
    return AnyOf((Where("updated_at", ">=", since), moved))


def statements_moved_since(call: Call, since: str) -> Moved:
    """Return the statements whose state time changed at or after an instant."""
    moment = call.moment
    candidates = call.store.find(
        Statement,
        call.world.id,
        AnyOf((Where("payment_date", ">=", day(parse(since), call.zone)), Where("paid_early_at", ">=", since))),
        AnyOf((Where("cut_off_date", "<=", moment.today), Where("paid_early_at", "<=", moment.now))),
    )
    return Moved(
        at_all=tuple(statement.id for statement in candidates if moved_at(statement, moment) >= since),
        to_paid=tuple(statement.id for statement in candidates if paid_at(statement, moment) >= since),
    )
