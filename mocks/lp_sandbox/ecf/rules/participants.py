"""When training can be withdrawn, deferred and resumed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class Training:
    """The training that a request names by participant and course."""

    participant_id: str | None
    """Of the participant who has the id of the path, now or before; None when there is none."""
    course: str
    """As the request has it; empty when it has none."""
    takes_the_course: bool
    """The participant is or was in the role of the course."""
    training_period: TrainingPeriod | None
    """The lead provider's latest in the role. None when there is none, which breaks one rule and no rule of status."""

    @property
    def status(self) -> str | None:
        """Active, deferred or withdrawn."""
        return training_status(self.training_period) if self.training_period else None


class Action(Protocol):
    """A request about training."""

    @property
    def training(self) -> Training:
        """The training that the request names."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A withdrawal or a deferral."""

    training: Training
    reason: str
    """As the request has it; empty when it has none."""
    reasons: Collection[str]
    """All that the contract lists."""
    reason_counts: bool
    """The reason is checked: that of a withdrawal only where the participant takes the course."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A return to training."""

    training: Training


@rule
def participant_is_known(p: Action) -> bool:
    return p.training.participant_id is not None


@rule
def course_is_theirs(p: Action) -> bool:
    return p.training.takes_the_course


@rule
def course_is_present(p: Action) -> bool:
    return p.training.course != ""


@rule
def participant_trains_with_you(p: Action) -> bool:
    return p.training.training_period is not None


@rule
def reason_is_present(p: Leaving) -> bool:
    return p.reason != "" or not p.reason_counts


@rule
def reason_is_valid(p: Leaving) -> bool:
    return p.reason in p.reasons or not p.reason_counts


@rule
def training_is_not_deferred_already(p: Leaving) -> bool:
    return p.training.status != "deferred"


@rule
def training_is_not_withdrawn_already(p: Leaving) -> bool:
    return p.training.status != "withdrawn"


@rule
def training_is_not_active_already(p: Resumption) -> bool:
    return p.training.status != "active"
