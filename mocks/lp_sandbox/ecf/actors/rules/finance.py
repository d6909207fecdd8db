"""When finance can authorise the payment of a statement, and change a training status."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfParticipant, Profile
from lp_sandbox.programme.people import trained_by, training_status
from lp_sandbox.programme.records import Statement, TrainingPeriod
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class Payment:
    """A statement to pay."""

    statement: Statement | None
    state: str
    """Open, payable or paid."""
    checks_done: bool

    @property
    def cut_off_date(self) -> str:
        """The last day on which declarations go into the statement."""
        return self.statement.cut_off_date if self.statement else ""


@dataclass(frozen=True, slots=True)
class TrainingStatusChange:
    """A new training status of a participant in a role."""

    participant: EcfParticipant | None
    profile: Profile | None
    training_period: TrainingPeriod | None
    """The participant's latest in the role, with any lead provider."""
    training_status: str
    reason: str
    """Empty when the request has none."""
    reasons: Collection[str]
    """Those of the new status; none where a status has no reason."""

    @property
    def status(self) -> str | None:
        """The present status."""
        return training_status(self.training_period) if self.training_period else None


@rule
def statement_exists(p: Payment) -> bool:
    return p.statement is not None


@rule
def statement_is_not_paid(p: Payment) -> bool:
    return p.state != "paid"


@rule
def statement_is_payable(p: Payment) -> bool:
    return p.state != "open"


@rule
def checks_are_done(p: Payment) -> bool:
    return p.checks_done


@rule
def training_is_provider_led(c: TrainingStatusChange) -> bool:
    return c.training_period is not None and trained_by(c.training_period) is not None


@rule
def training_status_is_another(c: TrainingStatusChange) -> bool:
    return c.training_status != c.status


@rule
def reason_is_of_the_training_status(c: TrainingStatusChange) -> bool:
    return c.reason in c.reasons if c.reasons else c.reason == ""
