"""The states of statements, derived from their dates and the clock. All functions are pure.

A statement is open until the end of its cut-off date, then payable, and paid on its payment date or when finance pays
it early. Each of these moments counts as a change of the statement, and of the declarations in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from lp_sandbox.programme.records import Statement
from lp_sandbox.worlds.clock import Moment, stamp
from lp_sandbox.worlds.records import FOREVER


def statement_state(statement: Statement, moment: Moment) -> str:
    """Return open, payable or paid."""
    if is_paid(statement, moment):
        return "paid"
    return "payable" if statement.cut_off_date < moment.today else "open"


def is_paid(statement: Statement, moment: Moment) -> bool:
    """Return whether a statement has been paid: on its payment date, or when finance paid it early."""
    early = statement.paid_early_at
    return statement.payment_date <= moment.today or (early is not None and early <= moment.now)


def statement_updated_at(statement: Statement, moment: Moment) -> str:
    """Return when a statement last changed, by a request or by time."""
    return max(statement.updated_at, moved_at(statement, moment))


def moved_at(statement: Statement, moment: Moment) -> str:
    """Return when time last changed a statement's state: at its cut-off or its payment. Empty before both."""
    cut_off, payment = _instants(statement.cut_off_date, statement.payment_date, statement.paid_early_at, moment.zone)
    return payment if payment <= moment.now else cut_off if cut_off <= moment.now else ""


def paid_at(statement: Statement, moment: Moment) -> str:
    """Return when a statement was paid; empty when it is not paid yet."""
    _, payment = _instants(statement.cut_off_date, statement.payment_date, statement.paid_early_at, moment.zone)
    return payment if payment <= moment.now else ""


# Lists show the same few statements again and again, and parsing their dates costs more than the rest.
@lru_cache(maxsize=4096)
def _instants(cut_off_date: str, payment_date: str, paid_early_at: str | None, zone: tzinfo) -> tuple[str, str]:
    """Return the instants at which a statement is cut off, if that is before its payment, and at which it is paid."""
    cut_off = stamp(datetime.fromisoformat(cut_off_date).replace(tzinfo=zone) + timedelta(days=1))
    payment = min(stamp(datetime.fromisoformat(payment_date).replace(tzinfo=zone)), paid_early_at or FOREVER)
    return (cut_off if cut_off < payment else FOREVER), payment
