"""The states of declarations, derived from their statements and the clock. All functions are pure.

Time changes a declaration from eligible to payable after the cut-off date of its statement, to paid on the payment
date, and from awaiting-clawback to clawed-back on the payment date of the clawback statement.
"""

from __future__ import annotations

from lp_sandbox.programme.records import COMPLETED, MENTOR, AnyDeclaration, Statement
from lp_sandbox.programme.statement_states import is_paid, moved_at, paid_at, statement_state
from lp_sandbox.worlds.clock import Moment

ONCE_PAID = ("paid", "awaiting-clawback", "clawed-back")
"""The states of a declaration that has been paid, including later states."""
_STATE_IN = {"open": "eligible", "payable": "payable", "paid": "paid"}
"""The state of a declaration in a statement of each state."""


def completes_mentor(declaration: AnyDeclaration) -> bool:
    """Return whether a declaration ends the training and the funding of a mentor."""
    return declaration.role == MENTOR and declaration.declaration_type == COMPLETED


def declaration_state(
    declaration: AnyDeclaration, statement: Statement | None, clawback: Statement | None, moment: Moment
) -> str:
    """Return the state of a declaration."""
    if declaration.voided_at:
        return "voided"
    if clawback:
        return "clawed-back" if is_paid(clawback, moment) else "awaiting-clawback"
    return _STATE_IN[statement_state(statement, moment)] if statement else "submitted"


def declaration_updated_at(
    declaration: AnyDeclaration, statement: Statement | None, clawback: Statement | None, moment: Moment
) -> str:
    """Return when a declaration last changed, by a request or by time."""
    moved = moved_at(statement, moment) if statement and not declaration.voided_at else ""
    taken_back = paid_at(clawback, moment) if clawback else ""
    return max(declaration.updated_at, moved, taken_back)
