"""When a school can register a participant, report a transfer or a leaver, and change a mentor."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, MENTOR, Participant, School, SchoolPeriod
from lp_sandbox.register.actors.rules.appropriate_bodies_and_dfe import Confirmation, InductionEvent
from lp_sandbox.register.actors.rules.induction_tutor_and_eligibility import EligibilityChange, InductionTutorNaming
from lp_sandbox.register.actors.rules.partnerships import RollOver
from lp_sandbox.register.actors.rules.training_choice_facts import TrainingChoice
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration by a school, and the facts that decide whether it is accepted."""

    role: str
    participant_id: str
    """As the request has it; empty for a new participant. The names and ids below are the same."""
    full_name: str
    teacher_reference_number: str
    working_pattern: str
    mentor_id: str
    ect_id: str
    participant: Participant | None
    induction_over: bool
    at_a_school: bool
    """In this role, on the first day or later."""
    number_is_taken: bool
    """Another participant has the teacher reference number."""
    choice: TrainingChoice
    mentor_is_there: bool
    ect_is_there: bool

    @property
    def cohort_year(self) -> int | None:
        """The cohort of the training."""
        return self.choice.cohort.year if self.choice.cohort else None

    @property
    def school(self) -> School | None:
        """The school that registers the participant."""
        return self.choice.school


@dataclass(frozen=True, slots=True)
class SchoolTransfer:
    """A transfer from one school to another."""

    participant: Participant | None
    induction_over: bool
    school_period: SchoolPeriod | None
    """The latest school period in this role."""
    is_there_already: bool
    """At the new school, in this role, on the first day or later."""
    since: str
    """The first day of that school period, or of the latest training within it."""
    last_day: str
    choice: TrainingChoice

    @property
    def school(self) -> School | None:
        """The school that the participant joins."""
        return self.choice.school


@dataclass(frozen=True, slots=True)
class Leaver:
    """A participant who leaves a school."""

    participant: Participant | None
    school_period: SchoolPeriod | None
    since: str
    last_day: str


@dataclass(frozen=True, slots=True)
class MentorChange:
    """A change of an ECT's mentor."""

    participant: Participant | None
    school_period: SchoolPeriod | None
    """The ECT's latest school period."""
    first_day: str
    since: str
    """The first day of that school period, or of the latest mentorship."""
    mentor_id: str
    mentor_is_there: bool
    present_mentor_id: str | None


@rule
def participant_exists(
    p: Registration | SchoolTransfer | Leaver | MentorChange | InductionEvent | Confirmation,
) -> bool:
    return p.participant is not None or (isinstance(p, Registration) and not p.participant_id)


@rule
def induction_is_not_over(p: Registration | SchoolTransfer | InductionEvent) -> bool:
    return not p.induction_over


@rule
def participant_is_not_at_a_school(p: Registration) -> bool:
    return not p.at_a_school


@rule
def known_participant_keeps_name(p: Registration) -> bool:
    return p.participant is None or not (p.full_name or p.teacher_reference_number)


@rule
def teacher_reference_number_is_free(p: Registration) -> bool:
    return not p.number_is_taken


@rule
def participant_is_at_a_school(p: SchoolTransfer | Leaver) -> bool:
    return p.school_period is not None and p.school_period.finished_on >= p.last_day


@rule
def last_day_follows_training(p: SchoolTransfer | Leaver) -> bool:
    return p.since <= p.last_day


@rule
def school_exists(p: Registration | SchoolTransfer | RollOver | InductionTutorNaming | EligibilityChange) -> bool:
    return p.school is not None


@rule
def school_is_another(p: SchoolTransfer) -> bool:
    is_last_school = (
        p.school_period is not None and p.choice.school is not None and p.choice.school.id == p.school_period.school_id
    )
    return not is_last_school and not p.is_there_already


@rule
def cohort_exists(p: Registration) -> bool:
    return p.choice.cohort is not None


@rule
def cohort_takes_participants(p: Registration) -> bool:
    return p.choice.cohort is not None and p.choice.cohort.enabled and not p.choice.cohort_is_frozen


@rule
def school_is_funded(p: Registration | SchoolTransfer) -> bool:
    return p.choice.school_in_cohort is not None and p.choice.school_in_cohort.listed


@rule
def lead_provider_exists(p: Registration | SchoolTransfer | RollOver) -> bool:
    return not p.choice.named_provider or p.choice.lead_provider is not None


@rule
def lead_provider_works_in_cohort(p: Registration | SchoolTransfer) -> bool:
    return p.choice.lead_provider is None or p.choice.provider_works


@rule
def working_pattern_is_of_an_ect(p: Registration) -> bool:
    return p.role == ECT or not p.working_pattern


@rule
def mentor_is_of_an_ect(p: Registration) -> bool:
    return p.role == ECT or not p.mentor_id


@rule
def mentor_is_at_the_school(p: Registration | MentorChange) -> bool:
    return p.mentor_is_there or not p.mentor_id


@rule
def ect_is_of_a_mentor(p: Registration) -> bool:
    return p.role == MENTOR or not p.ect_id


@rule
def ect_is_at_the_school(p: Registration) -> bool:
    return p.ect_is_there or not p.ect_id


@rule
def ect_is_at_a_school(p: MentorChange) -> bool:
    return p.school_period is not None and p.school_period.finished_on >= p.first_day


@rule
def mentor_is_somebody_else(p: MentorChange) -> bool:
    return p.participant is None or p.mentor_id != p.participant.id


@rule
def mentor_change_is_in_order(p: MentorChange) -> bool:
    return p.since <= p.first_day


@rule
def mentor_is_another(p: MentorChange) -> bool:
    return p.mentor_id != p.present_mentor_id
