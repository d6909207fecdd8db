"""The states of declarations that only this edition has. All functions are pure.

`lp_sandbox.programme.declaration_states` has the others, which follow from statements and the clock.
"""

from __future__ import annotations

from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.programme import declaration_states
from lp_sandbox.programme.declaration_states import ONCE_PAID
from lp_sandbox.programme.records import ECT, STARTED, Statement
from lp_sandbox.worlds.clock import Moment


def is_ineligible(declaration: EcfDeclaration) -> bool:
    """Return whether DfE does not pay a declaration, because the same person has another one of its type."""
    return declaration.superseded_by is not None and not declaration.voided_at


def declaration_state(
    declaration: EcfDeclaration, statement: Statement | None, clawback: Statement | None, moment: Moment
) -> str:
    """Return the state of a declaration."""
    if is_ineligible(declaration):
        return "ineligible"
    return declaration_states.declaration_state(declaration, statement, clawback, moment)


def is_uplift_paid(declaration: EcfDeclaration, state: str) -> bool:
    """Return whether DfE paid an uplift with a declaration: only for the start of an ECT."""
    starts_ect = declaration.role == ECT and declaration.declaration_type == STARTED
    return starts_ect and state in ONCE_PAID and (declaration.pupil_premium or declaration.sparsity)
