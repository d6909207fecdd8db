"""When an appropriate body can record an induction, and when DfE can confirm eligibility and pay a statement."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Induction, Participant, Statement
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class InductionEvent:
    """An event of a participant's induction, and the facts that decide whether it can be recorded."""

    participant: Participant | None
    is_ect: bool
    """A school has registered the participant as an ECT at some time."""
    event: str
    day: str
    today: str
    latest: Induction | None
    induction_over: bool
    """The induction has an outcome."""
    is_under_way: bool

    @property
    def since(self) -> str:
        """The day of the last event, before which nothing can be recorded."""
        if self.latest is None:
            return ""
        return self.latest.started_on if self.is_under_way else self.latest.finished_on


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation that a participant is eligible for funding in a role."""

    participant: Participant | None
    has_the_role: bool
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """A statement to pay."""

    statement: Statement | None
    is_paid: bool


@rule
def participant_is_an_ect(p: InductionEvent) -> bool:
    return p.is_ect


@rule
def induction_is_not_in_the_future(p: InductionEvent) -> bool:
    return p.day <= p.today


@rule
def induction_is_not_under_way(p: InductionEvent) -> bool:
    return p.event != "start" or not p.is_under_way


@rule
def induction_is_under_way(p: InductionEvent) -> bool:
    return p.event == "start" or p.is_under_way


@rule
def induction_days_are_in_order(p: InductionEvent) -> bool:
    return p.since <= p.day


@rule
def participant_has_the_role(p: Confirmation) -> bool:
    return p.has_the_role


@rule
def eligibility_is_not_confirmed(p: Confirmation) -> bool:
    return not p.is_confirmed


@rule
def statement_exists(p: Payment) -> bool:
    return p.statement is not None


@rule
def statement_is_not_paid(p: Payment) -> bool:
    return not p.is_paid
