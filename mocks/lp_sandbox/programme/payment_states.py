"""The states of declarations and statements, read off stored facts and the clock. All of it is pure.

Time moves a declaration from eligible to payable when the cut-off date of its statement is past, to paid on the
payment date, and from awaiting-clawback to clawed-back on the payment date of the clawback statement. Each of these
moments shows in `updated_at`, the declaration's and the statement's.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from lp_sandbox.programme.records import COMPLETED, MENTOR, Declaration, Statement
from lp_sandbox.worlds.clock import parse, stamp
from lp_sandbox.worlds.records import FOREVER

ONCE_PAID = ("paid", "awaiting-clawback", "clawed-back")
"""The states of a declaration that has been paid, whatever came after."""


def completes_mentor(declaration: Declaration) -> bool:
    """Say whether a declaration ends the training and the funding of a mentor."""
    return declaration.role == MENTOR and declaration.declaration_type == COMPLETED


def is_paid(statement: Statement, now: str, today: str) -> bool:
    """Say whether a statement has been paid: on its payment date, or when finance paid it early."""
    early = statement.paid_early_at
    return statement.payment_date <= today or (early is not None and early <= now)


def declaration_state(
    declaration: Declaration, statement: Statement | None, clawback: Statement | None, now: str, today: str
) -> str:
    """Say in which state a declaration is at an instant, `now`, and on its day in London, `today`."""
    if declaration.voided_at:
        return "voided"
    if clawback:
        return "clawed-back" if is_paid(clawback, now, today) else "awaiting-clawback"
    if statement is None:
        return "submitted"
    if is_paid(statement, now, today):
        return "paid"
    return "payable" if statement.cut_off_date < today else "eligible"


def declaration_updated_at(
    declaration: Declaration, statement: Statement | None, clawback: Statement | None, now: str
) -> str:
    """Return when a declaration last changed, be it by itself."""
    moved = moved_at(statement, now) if statement and not declaration.voided_at else ""
    taken_back = paid_at(clawback, now) if clawback else ""
    return max(declaration.updated_at, moved, taken_back)


def statement_updated_at(statement: Statement, now: str) -> str:
    """Return when a statement last changed, be it by itself."""
    return max(statement.updated_at, moved_at(statement, now))


def moved_at(statement: Statement, now: str) -> str:
    """Return when time last moved a statement: at its cut-off or its payment. Empty when it did not yet."""
    cut_off, payment = _moments(statement.cut_off_date, statement.payment_date, statement.paid_early_at)
    return payment if payment <= now else cut_off if cut_off <= now else ""


def paid_at(statement: Statement, now: str) -> str:
    """Return when a statement was paid; empty when it was not yet."""
    _, payment = _moments(statement.cut_off_date, statement.payment_date, statement.paid_early_at)
    return payment if payment <= now else ""


@lru_cache(maxsize=4096)
def _moments(cut_off_date: str, payment_date: str, paid_early_at: str | None) -> tuple[str, str]:
    """Return when a statement is cut off, if that is before it is paid, and when it is paid. Days begin in London."""
    cut_off = stamp(parse(f"{cut_off_date}T23:59:59") + timedelta(seconds=1))
    payment = min(stamp(parse(payment_date)), paid_early_at or FOREVER)
    return (cut_off if cut_off < payment else FOREVER), payment
