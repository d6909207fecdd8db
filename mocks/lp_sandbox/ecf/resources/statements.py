"""The documents of statements, in their states at an instant."""

from __future__ import annotations

from calendar import month_name

from lp_sandbox.programme.records import Statement
from lp_sandbox.programme.statement_states import is_paid, statement_updated_at
from lp_sandbox.request.json_documents import document
from lp_sandbox.worlds.clock import Moment

ECF = "ecf"
"""The one type of statements that is left."""


def statement_document(statement: Statement, moment: Moment) -> bytes:
    """Render a statement in its present state."""
    attributes = {
        "month": month_name[statement.month],
        "year": str(statement.year),
        "type": ECF,
        "cohort": str(statement.cohort),
        "cut_off_date": statement.cut_off_date,
        "payment_date": statement.payment_date,
        "paid": is_paid(statement, moment),
        "created_at": statement.created_at,
        "updated_at": statement_updated_at(statement, moment),
    }
    return document("statement", statement.id, attributes)
