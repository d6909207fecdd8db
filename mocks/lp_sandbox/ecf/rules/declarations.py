"""When a participant's progress can be declared, and when a declaration can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfCohort, EcfDeclaration, EcfParticipant, Profile
from lp_sandbox.programme.declaration_dates import is_rfc_3339
from lp_sandbox.programme.people import withdrew_at
from lp_sandbox.programme.records import FUNDED_MENTOR_TYPES, MENTOR, Milestone, Statement, TrainingPeriod
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """A new declaration, and the facts that decide whether it is accepted."""

    course: str
    """As the request has it; empty when it has none. The next three fields are the same."""
    declaration_type: str
    declaration_date: str
    evidence_held: str
    now: str
    date: str | None
    """The instant of the declaration date, in UTC; None when it cannot be parsed."""
    participant: EcfParticipant | None
    profile: Profile | None
    """The participant's profile for the course; None when there is none, or the school has removed the participant."""
    training: TrainingPeriod | None
    """The latest of the profile with the lead provider."""
    trains_on_schedule: bool
    """The participant trains or trained with the lead provider on the present schedule of the profile."""
    cohort: EcfCohort | None
    """The cohort of the profile's schedule."""
    milestone: Milestone | None
    """The milestone of the type on that schedule."""
    declarations: Collection[EcfDeclaration]
    """The participant's in this role, from any lead provider and in any state."""
    is_fundable: bool
    """The participant is eligible for funding in this role."""
    statement: Statement | None
    """The lead provider's earliest statement of the cohort that is still open."""
    takes_evidence: Collection[str] | None
    """The evidence that the declaration can have; None when any text will do, which is not kept."""
    needs_evidence: bool

    @property
    def of_this_type(self) -> Collection[EcfDeclaration]:
        """The declarations of the type that is declared now."""
        return [other for other in self.declarations if other.declaration_type == self.declaration_type]

    @property
    def current(self) -> Collection[EcfDeclaration]:
        """The declarations of this type that DfE pays, has paid or can still find eligible."""
        return [other for other in self.of_this_type if not other.retired]

    @property
    def day(self) -> str | None:
        """The day of the declaration date, in UTC."""
        return self.date[:10] if self.date else None

    @property
    def withdrawn_at(self) -> str:
        """When the participant withdrew from the training; empty when they did not."""
        return withdrew_at(self.training)

    @property
    def cohort_year(self) -> int | None:
        """The cohort of the profile's schedule."""
        return self.cohort.year if self.cohort else None


@dataclass(frozen=True, slots=True)
class VoidedDeclaration:
    """A declaration to void or claw back."""

    state: str
    cohort_year: int
    has_refund: bool
    """A statement takes back, or has taken back, what was paid for it."""
    clawback_statement: Statement | None
    """The earliest statement of its cohort that is still open, if the declaration is paid."""


@rule
def declared_course_is_not_npq(d: NewDeclaration) -> bool:
    return not d.course.startswith("npq-")


@rule
def declared_participant_is_recognised(d: NewDeclaration) -> bool:
    return d.participant is not None


@rule
def declaration_date_is_before_the_withdrawal(d: NewDeclaration) -> bool:
    return d.date is None or not d.withdrawn_at or d.date < d.withdrawn_at


@rule
def declaration_date_is_present(d: NewDeclaration) -> bool:
    return d.date is not None


@rule
def declaration_type_is_present(d: NewDeclaration) -> bool:
    return d.declaration_type != ""


@rule
def declaration_date_is_not_in_the_future(d: NewDeclaration) -> bool:
    return d.date is None or d.date <= d.now


@rule
def declaration_date_is_rfc_3339(d: NewDeclaration) -> bool:
    return d.declaration_date == "" or (d.date is not None and is_rfc_3339(d.declaration_date))


@rule
def declaration_date_is_not_before_the_milestone(d: NewDeclaration) -> bool:
    return d.milestone is None or d.day is None or d.milestone.starts_on <= d.day


@rule
def declaration_date_is_not_after_the_milestone(d: NewDeclaration) -> bool:
    return d.milestone is None or d.day is None or d.day <= d.milestone.ends_on


@rule
def cohort_has_an_open_statement(d: NewDeclaration) -> bool:
    is_billable = d.is_fundable or any(other.statement_id for other in d.current)
    return d.profile is None or not is_billable or d.statement is not None


@rule
def schedule_has_the_milestone(d: NewDeclaration) -> bool:
    return d.profile is None or d.milestone is not None


@rule
def event_is_not_declared_yet(d: NewDeclaration) -> bool:
    return d.profile is None or not d.current


@rule
def declaration_type_suits_a_funded_mentor(d: NewDeclaration) -> bool:
    is_funded = d.profile is not None and d.profile.role == MENTOR and d.cohort is not None and d.cohort.mentor_funding
    return not is_funded or d.declaration_type in FUNDED_MENTOR_TYPES


@rule
def declared_course_is_recognised(d: NewDeclaration) -> bool:
    return d.profile is not None


@rule
def participant_trains_with_you_on_the_schedule(d: NewDeclaration) -> bool:
    return d.trains_on_schedule


@rule
def evidence_is_present(d: NewDeclaration) -> bool:
    return not d.needs_evidence or d.evidence_held != ""


@rule
def evidence_is_available(d: NewDeclaration) -> bool:
    return d.takes_evidence is None or d.evidence_held in ("", *d.takes_evidence)


@rule
def declaration_has_no_refund(d: VoidedDeclaration) -> bool:
    return d.state != "paid" or not d.has_refund


@rule
def cohort_has_a_statement_for_the_clawback(d: VoidedDeclaration) -> bool:
    return d.state != "paid" or d.clawback_statement is not None


@rule
def declaration_is_not_voided(d: VoidedDeclaration) -> bool:
    return d.state != "voided"


@rule
def declaration_is_not_clawed_back(d: VoidedDeclaration) -> bool:
    return d.state not in ("awaiting-clawback", "clawed-back")
