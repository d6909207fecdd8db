"""When a participant's progress can be declared, and when a declaration can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lp_sandbox.programme.declaration_dates import is_rfc_3339
from lp_sandbox.programme.people import withdrew_at
from lp_sandbox.programme.records import (
    FUNDED_MENTOR_TYPES,
    MENTOR,
    TYPES,
    Cohort,
    Milestone,
    Participant,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.register.records import Declaration
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """A new declaration, and the facts that decide whether it is accepted."""

    participant_id: str
    """As the request has it; empty when it has none. The next three fields are the same."""
    declaration_type: str
    declaration_date: str
    evidence_held: str
    role: str | None
    """The role of the course; None when the course is unknown."""
    now: str
    date: str | None
    """The instant of the declaration date, in UTC where it names no zone; None when it cannot be parsed."""
    day: str | None
    """The day of that instant in London."""
    recorded_at: str | None
    """The instant that is recorded, in London time where the declaration date names no zone."""
    recorded_on: str | None
    """The day of that instant in London."""
    participant: Participant | None
    eligible: bool
    """The participant's eligibility for funding in the role is confirmed."""
    training_periods: Sequence[TrainingPeriod]
    """All of the participant, with any lead provider and in either role."""
    training: TrainingPeriod | None
    """The latest with the lead provider in the role, which may be in the future."""
    trained: bool
    """The lead provider has trained the participant in some role."""
    cohort: Cohort | None
    """The cohort of the training."""
    milestone: Milestone | None
    """The milestone of the type, on the schedule of the training."""
    declarations: Collection[Declaration]
    """The participant's in this role, from any lead provider and in any state."""
    takes_evidence: Collection[str] | None
    """The evidence that the declaration can have; None when it needs none."""
    frozen_cohort: int | None
    """The cohort of today's training with any lead provider, if its payments are frozen."""
    statement: Statement | None
    """The earliest statement of the training's cohort that is still open."""

    @property
    def current(self) -> Collection[Declaration]:
        """The declarations that are neither voided nor clawed back."""
        return [declaration for declaration in self.declarations if not declaration.retired]

    @property
    def of_this_type(self) -> Collection[Declaration]:
        """The declarations of the type that is declared now."""
        return [other for other in self.declarations if other.declaration_type == self.declaration_type]

    @property
    def recorded_before_milestone(self) -> bool:
        """Whether the recorded day is before the milestone, although the day that the rules compare is in it.

        Only a declaration date without a zone can be recorded on another day than it is compared on.
        """
        return (
            self.milestone is not None and self.recorded_on is not None and self.recorded_on < self.milestone.starts_on
        )

    @property
    def withdrawn_at(self) -> str:
        """When the participant withdrew from the training; empty when they did not."""
        return withdrew_at(self.training)

    @property
    def cohort_year(self) -> int | None:
        """The cohort of the training."""
        return self.cohort.year if self.cohort else None


@dataclass(frozen=True, slots=True)
class VoidedDeclaration:
    """A declaration to void or claw back."""

    state: str
    cohort_year: int
    clawback_statement: Statement | None
    """The earliest statement of its cohort that is still open, if the declaration is paid."""


@rule
def declared_participant_is_present(d: NewDeclaration) -> bool:
    return d.participant_id != ""


@rule
def declared_participant_is_known(d: NewDeclaration) -> bool:
    return d.participant is not None


@rule
def declared_course_is_present(d: NewDeclaration) -> bool:
    return d.role is not None


@rule
def declaration_date_is_present(d: NewDeclaration) -> bool:
    return d.declaration_date != ""


@rule
def declared_course_is_recognised(d: NewDeclaration) -> bool:
    return d.training is not None or not d.trained


@rule
def declaration_type_is_present(d: NewDeclaration) -> bool:
    return d.declaration_type != ""


@rule
def declaration_type_is_valid(d: NewDeclaration) -> bool:
    return d.declaration_type in TYPES


@rule
def event_is_not_declared_yet(d: NewDeclaration) -> bool:
    return all(other.declaration_type != d.declaration_type for other in d.current)


@rule
def declaration_date_is_not_in_the_future(d: NewDeclaration) -> bool:
    return d.date is None or d.date <= d.now


@rule
def declaration_date_is_not_before_the_milestone(d: NewDeclaration) -> bool:
    return d.milestone is None or d.day is None or d.milestone.starts_on <= d.day


@rule
def declaration_date_is_not_after_the_milestone(d: NewDeclaration) -> bool:
    return d.milestone is None or d.day is None or d.day <= d.milestone.ends_on


@rule
def declaration_date_is_rfc_3339(d: NewDeclaration) -> bool:
    return d.declaration_date == "" or (d.date is not None and is_rfc_3339(d.declaration_date))


@rule
def declaration_type_suits_a_funded_mentor(d: NewDeclaration) -> bool:
    funded = d.training is not None and d.training.role == MENTOR and d.cohort is not None and d.cohort.mentor_funding
    return not funded or d.declaration_type in FUNDED_MENTOR_TYPES


@rule
def evidence_is_present(d: NewDeclaration) -> bool:
    return d.takes_evidence is None or d.evidence_held != ""


@rule
def evidence_is_available(d: NewDeclaration) -> bool:
    return d.takes_evidence is None or d.evidence_held in d.takes_evidence


@rule
def declaration_date_is_before_the_withdrawal(d: NewDeclaration) -> bool:
    return d.date is None or not d.withdrawn_at or d.date < d.withdrawn_at


@rule
def cohort_of_today_is_not_frozen(d: NewDeclaration) -> bool:
    return d.frozen_cohort is None


@rule
def cohort_has_an_open_statement(d: NewDeclaration) -> bool:
    return d.training is None or not d.eligible or d.statement is not None


@rule
def schedule_has_the_milestone(d: NewDeclaration) -> bool:
    return d.training is None or d.milestone is not None


@rule
def declaration_date_is_in_sequence(d: NewDeclaration) -> bool:
    if d.recorded_at is None or d.cohort is None or not d.cohort.dates_in_sequence or d.declaration_type not in TYPES:
        return True
    position, date = TYPES.index(d.declaration_type), d.recorded_at
    return all(_in_sequence(TYPES.index(o.declaration_type) - position, o.declaration_date, date) for o in d.current)


def _in_sequence(distance: int, other: str, date: str) -> bool:
    """Return whether a date is in sequence with the date of another declaration, whose type comes `distance` later."""
    return date >= other if distance < 0 else distance == 0 or date <= other


@rule
def participant_trains_with_you(d: NewDeclaration) -> bool:
    return d.participant is None or d.trained


@rule
def declaration_is_not_voided(d: VoidedDeclaration) -> bool:
    return d.state != "voided"


@rule
def declaration_is_not_refunded(d: VoidedDeclaration) -> bool:
    return d.state not in ("awaiting-clawback", "clawed-back")


@rule
def cohort_has_a_statement_for_the_clawback(d: VoidedDeclaration) -> bool:
    return d.state != "paid" or d.clawback_statement is not None
