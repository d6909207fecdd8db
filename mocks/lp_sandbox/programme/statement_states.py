"""The states of statements, derived from their dates and the clock. All functions are pure.

A statement is open until the end of its cut-off date, then payable, and paid on its payment date or when finance pays
it early. Each of these moments counts as a change of the statement, and of the declarations in it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from lp_sandbox.programme.records import Statement
from lp_sandbox.worlds.clock import parse, stamp
from lp_sandbox.worlds.records import FOREVER


def statement_state(statement: Statement, now: str, today: str) -> str:
    """Return open, payable or paid, at an instant, `now`, and on its day in London, `today`."""
    if is_paid(statement, now, today):
        return "paid"
    return "payable" if statement.cut_off_date < today else "open"


def is_paid(statement: Statement, now: str, today: str) -> bool:
    """Return whether a statement has been paid: on its payment date, or when finance paid it early."""
    early = statement.paid_early_at
    return statement.payment_date <= today or (early is not None and early <= now)


def statement_updated_at(statement: Statement, now: str) -> str:
    """Return when a statement last changed, by a request or by time."""
    return max(statement.updated_at, moved_at(statement, now))


def moved_at(statement: Statement, now: str) -> str:
    """Return when time last changed a statement's state: at its cut-off or its payment. Empty before both."""
    cut_off, payment = _moments(statement.cut_off_date, statement.payment_date, statement.paid_early_at)
    return payment if payment <= now else cut_off if cut_off <= now else ""


def paid_at(statement: Statement, now: str) -> str:
    """Return when a statement was paid; empty when it is not paid yet."""
    _, payment = _moments(statement.cut_off_date, statement.payment_date, statement.paid_early_at)
    return payment if payment <= now else ""


# Lists show the same few statements again and again, and parsing their dates costs more than the rest.
@lru_cache(maxsize=4096)
def _moments(cut_off_date: str, payment_date: str, paid_early_at: str | None) -> tuple[str, str]:
    """Return the instants at which a statement is cut off, if that is before its payment, and at which it is paid.

    Days begin and end in London.
    """
    cut_off = stamp(parse(f"{cut_off_date}T23:59:59") + timedelta(seconds=1))
    payment = min(stamp(parse(payment_date)), paid_early_at or FOREVER)
    return (cut_off if cut_off < payment else FOREVER), payment
