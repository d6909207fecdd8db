"""When training can be withdrawn, deferred, resumed, or moved to another schedule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from lp_sandbox.ecf.leave_frozen_cohort import AFTER_A_FROZEN_COHORT, can_leave_frozen_cohort
from lp_sandbox.ecf.records import EcfDeclaration, EcfPartnership, Profile
from lp_sandbox.programme.people import COURSES, training_status
from lp_sandbox.programme.records import ECT, MENTOR, Milestone, TrainingPeriod
from lp_sandbox.request.rules import rule

FOR_MENTORS = "ecf-replacement-"
"""The prefix of schedules that are for mentors only."""


@dataclass(frozen=True, slots=True)
class Training:
    """The training that a request names by participant and course."""

    participant_id: str | None
    """Of the participant who has the id of the path, now or before; None when there is none."""
    course: str
    """As the request has it; empty when it has none."""
    profile: Profile | None
    """The participant's in the role of the course; None when they never were in it, or the school has removed them."""
    training_period: TrainingPeriod | None
    """The lead provider's latest in the role. None when there is none, which breaks one rule and no rule of status."""

    @property
    def status(self) -> str | None:
        """Active, deferred or withdrawn."""
        return training_status(self.training_period) if self.training_period else None

    @property
    def takes_the_course(self) -> bool:
        """Whether the participant is or was in the role of the course, and the school has not removed them."""
        return self.profile is not None


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
    """Whether to check the reason: for a withdrawal only if the participant takes the course."""
    has_started: bool
    """Whether the course has a started declaration of any lead provider, in any state."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A return to training."""

    training: Training


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """A move to a schedule, in the same cohort or in another one."""

    training: Training
    schedule: str
    """As the request has it; empty when it has none."""
    schedules: Collection[str]
    """All that the contract lists."""
    cohort: int
    """The year that the request names, even if there is no such cohort; without one, the present year."""
    milestones: Mapping[str, Milestone]
    """Those of the schedule in the cohort, by type; none where the cohort does not have the schedule."""
    partnership: EcfPartnership | None
    """The partnership to train under."""
    declarations: Collection[EcfDeclaration]
    """Those in the role that are submitted, eligible, payable or paid."""
    frozen_cohorts: Collection[int]
    """The cohorts in which nothing can be declared any more."""

    @property
    def cohort_changes(self) -> bool:
        """Whether it is a move to another cohort."""
        present = self.training.training_period
        return present is not None and self.cohort != present.cohort

    @property
    def leaves_or_rejoins_a_frozen_cohort(self) -> bool:
        """Whether an ECT leaves a cohort because its payments are frozen, or goes back there."""
        present, profile = self.training.training_period, self.training.profile
        if present is None or profile is None or profile.role != ECT or not self.cohort_changes:
            return False
        if profile.cohort_changed_after_payments_frozen:
            return self.cohort in self.frozen_cohorts
        moves_out = present.cohort in self.frozen_cohorts and self.cohort == AFTER_A_FROZEN_COHORT
        return moves_out and can_leave_frozen_cohort(profile, self.declarations)

    @property
    def declarations_to_fit(self) -> Collection[EcfDeclaration]:
        """The declarations that the schedule must fit: none where the cohort does not have it."""
        return self.declarations if self.milestones and not self.leaves_or_rejoins_a_frozen_cohort else ()

    @property
    def declares_what_the_schedule_lacks(self) -> bool:
        """Whether a declaration is of a type for which the schedule has no milestone."""
        return any(each.declaration_type not in self.milestones for each in self.declarations_to_fit)


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
def participant_has_started(p: Leaving) -> bool:
    return p.has_started or p.training.training_period is None


@rule
def training_is_not_active_already(p: Resumption) -> bool:
    return p.training.status != "active"


@rule
def schedule_is_valid(p: ScheduleChange) -> bool:
    return p.schedule in p.schedules and (bool(p.milestones) or p.partnership is None)


@rule
def training_to_change_is_not_withdrawn(p: ScheduleChange) -> bool:
    return p.training.status != "withdrawn"


@rule
def declarations_fit_the_schedule(p: ScheduleChange) -> bool:
    return all(_fits(each, p.milestones.get(each.declaration_type)) for each in p.declarations_to_fit)


def _fits(declaration: EcfDeclaration, milestone: Milestone | None) -> bool:
    if milestone is None:
        return True
    return f"{milestone.starts_on}T00:00:00Z" < declaration.declaration_date <= f"{milestone.ends_on}T23:59:59Z"


@rule
def schedule_is_another_one(p: ScheduleChange) -> bool:
    present, profile = p.training.training_period, p.training.profile
    if profile is None:
        return True
    chosen = p.schedule, p.cohort
    is_present = present is None or chosen == (present.schedule, present.cohort)
    return not (is_present and chosen == (profile.schedule, profile.schedule_cohort))


@rule
def schedule_suits_the_course(p: ScheduleChange) -> bool:
    role = COURSES.get(p.training.course)
    return not p.milestones or role == MENTOR or (role == ECT and not p.schedule.startswith(FOR_MENTORS))


@rule
def cohort_stays_with_declarations(p: ScheduleChange) -> bool:
    return not p.cohort_changes or not p.declarations or p.leaves_or_rejoins_a_frozen_cohort


@rule
def school_is_your_partner_in_the_cohort(p: ScheduleChange) -> bool:
    return p.training.profile is None or p.partnership is not None
