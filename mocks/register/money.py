"""The states of declarations and statements, read off stored facts and the clock. All of it is pure.

Time moves a declaration from eligible to payable when the cut-off date of its statement is past, to paid on the
payment date, and from awaiting-clawback to clawed-back on the payment date of the clawback statement.
"""

from __future__ import annotations

from mocks.register.records import Declaration, Statement

CHANGEABLE = ("submitted", "eligible", "payable", "paid")
"""The states in which a declaration counts against another of its type."""


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
