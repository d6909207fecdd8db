"""When training can be withdrawn, deferred, resumed, or moved to another schedule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import ECT, MENTOR, Cohort, Milestone, TrainingPeriod
from lp_sandbox.register.records import Partnership
from lp_sandbox.request.rules import rule

MENTORS_REASON = "mentor-no-longer-being-mentor"
FOR_MENTORS, FOR_ECTS = "ecf-replacement-", "ecf-reduced-"
"""The prefixes of schedules that are for mentors only, and for ECTs only."""


@dataclass(frozen=True, slots=True)
class Training:
    """The training that a request names: the lead provider's latest of the participant in the role of the course."""

    role: str | None
    """None when the request names no course."""
    training_period: TrainingPeriod | None
    """None when there is none, which breaks one rule and none of the others."""
    today: str

    @property
    def status(self) -> str | None:
        """Active, deferred or withdrawn."""
        return training_status(self.training_period) if self.training_period else None

    @property
    def started_on(self) -> str:
        """Its first day; empty when there is no training."""
        return self.training_period.started_on if self.training_period else ""

    def is_of(self, role: str) -> bool:
        """Return whether it is training in a role."""
        return self.training_period is not None and self.training_period.role == role


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


@dataclass(frozen=True, slots=True)
class Resumption:
    """A return to training, with facts about the participant's school period."""

    training: Training
    others: Collection[TrainingPeriod]
    """All other training in the same school period."""
    at_school_until: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration for the training, and the milestone of the new schedule that it must fit."""

    day: str
    """Its date in London."""
    milestone: Milestone | None
    """None when the new schedule has no milestone of its type. Then its date cannot be outside one."""
    cohort: int | None
    """The cohort of its statements; None when it is in no statement."""


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """A move to a schedule, in the same cohort or in another one."""

    training: Training
    schedule: str
    """As the request has it; empty when it has none."""
    schedules: Collection[str]
    """All that the contract lists."""
    now: str
    cohort: Cohort | None
    """The cohort in the request, if the request names an existing one, else the cohort of the training."""
    cohort_has_schedule: bool
    partnership: Partnership | None
    """The partnership to train under: with the same school, and in the cohort."""
    frozen_cohort: int | None
    """The cohort that the participant left because its payments were frozen."""
    completed: bool
    """Induction has an outcome, or the mentor's funding has an end."""
    participant_status: str | None
    starts_later: bool
    """Other training in the role, with any lead provider, starts after this one."""
    declarations: Collection[Declared]

    @property
    def cohort_changes(self) -> bool:
        """Whether it is a move to another cohort."""
        present = self.training.training_period
        return present is not None and self.cohort is not None and self.cohort.year != present.cohort


@rule
def course_is_named(p: Action) -> bool:
    return p.training.role is not None


@rule
def course_is_theirs(p: Action) -> bool:
    return p.training.training_period is not None


@rule
def reason_is_present(p: Leaving) -> bool:
    return p.reason != ""


@rule
def reason_is_known(p: Leaving) -> bool:
    return p.reason in p.reasons


@rule
def training_is_not_deferred_already(p: Leaving) -> bool:
    return p.training.status != "deferred"


@rule
def training_is_not_withdrawn_already(p: Leaving) -> bool:
    return p.training.status != "withdrawn"


@rule
def training_to_withdraw_has_started(p: Leaving) -> bool:
    return p.training.started_on <= p.training.today


@rule
def training_to_defer_has_started(p: Leaving) -> bool:
    return p.training.started_on <= p.training.today


@rule
def training_did_not_start_today(p: Leaving) -> bool:
    return p.training.started_on != p.training.today


@rule
def reason_suits_an_ect(p: Leaving) -> bool:
    return not p.training.is_of(ECT) or p.reason != MENTORS_REASON


@rule
def training_is_not_active_already(p: Resumption) -> bool:
    return p.training.status != "active"


@rule
def nobody_else_trains_them_today(p: Resumption) -> bool:
    return not any(other.started_on <= p.training.today <= other.finished_on for other in p.others)


@rule
def training_did_not_finish_today(p: Resumption) -> bool:
    return p.training.training_period is None or p.training.training_period.finished_on != p.training.today


@rule
def participant_is_still_at_the_school(p: Resumption) -> bool:
    return p.at_school_until > p.training.today


@rule
def schedule_is_valid(p: ScheduleChange) -> bool:
    return p.schedule == "" or p.schedule in p.schedules


@rule
def cohort_has_the_schedule(p: ScheduleChange) -> bool:
    return p.cohort_has_schedule


@rule
def schedule_is_another_one(p: ScheduleChange) -> bool:
    present = p.training.training_period
    return present is None or p.cohort_changes or present.schedule != p.schedule


@rule
def schedule_is_not_for_mentors_only(p: ScheduleChange) -> bool:
    return not p.training.is_of(ECT) or not p.schedule.startswith(FOR_MENTORS)


@rule
def schedule_is_not_for_ects_only(p: ScheduleChange) -> bool:
    return not p.training.is_of(MENTOR) or not p.schedule.startswith(FOR_ECTS)


@rule
def declarations_fit_the_schedule(p: ScheduleChange) -> bool:
    return p.training.started_on < p.training.today or all(_fits(declared, p.cohort) for declared in p.declarations)


def _fits(declared: Declared, cohort: Cohort | None) -> bool:
    if declared.cohort is not None and (cohort is None or declared.cohort != cohort.year):
        return False
    milestone = declared.milestone
    return milestone is None or milestone.starts_on <= declared.day <= milestone.ends_on


@rule
def school_is_your_partner_in_the_cohort(p: ScheduleChange) -> bool:
    return not p.cohort_changes or p.partnership is not None


@rule
def cohort_to_train_in_is_not_frozen(p: ScheduleChange) -> bool:
    returns = p.cohort is not None and p.cohort.year == p.frozen_cohort
    return p.training.training_period is None or returns or not is_frozen(p.cohort, p.now)


@rule
def training_is_not_completed(p: ScheduleChange) -> bool:
    return not p.completed or (p.training.is_of(ECT) and p.schedule.startswith(FOR_ECTS))


@rule
def participant_has_not_left(p: ScheduleChange) -> bool:
    return p.participant_status != "left"


@rule
def training_to_change_is_not_withdrawn(p: ScheduleChange) -> bool:
    return p.training.status != "withdrawn"


@rule
def no_training_starts_later(p: ScheduleChange) -> bool:
    return not p.starts_later
