"""When a school can take a participant in, report that one leaves, remove one, and change a mentor or details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lp_sandbox.ecf.records import EcfCohort, EcfParticipant, EcfSchool, Profile, ProgrammeChoice
from lp_sandbox.programme.records import ECT, SchoolPeriod
from lp_sandbox.request.rules import rule

FOR_VALIDATION = ("teacher_reference_number", "date_of_birth")
"""The details that DfE compares with the teacher record, and a school can correct."""


@dataclass(frozen=True, slots=True)
class AtSchool:
    """A participant at a school on a day: what decides whether the school can remove them or change their details."""

    participant: EcfParticipant | None
    profile: Profile | None
    """The participant's in the role."""
    school_period: SchoolPeriod | None
    """The latest in the role; None where the school has removed the participant."""
    day: str


@dataclass(frozen=True, slots=True)
class Leaver(AtSchool):
    """A participant who leaves a school on a day."""

    since: str
    """The first day of the school period, or of the latest training within it."""


@dataclass(frozen=True, slots=True)
class MentorChange(AtSchool):
    """An ECT who gets a mentor from today."""

    mentor_id: str
    mentor_is_there: bool
    """The mentor is registered at the school."""
    present_mentor_id: str | None


@dataclass(frozen=True, slots=True)
class DetailsChange(AtSchool):
    """Details of a participant that a school changes."""

    given: frozenset[str]
    """The details that the request has."""
    date_of_birth: str
    """Empty when the request has none."""
    today: str
    is_validated: bool
    """DfE has validated the participant's details in the role."""
    email_owner: str | None
    """Another participant who has the email address."""
    number_is_taken: bool
    """Another participant has the TRN."""


@dataclass(frozen=True, slots=True)
class Transfer(Leaver):
    """A participant who leaves one school and joins another one on a day."""

    today: str
    role: str
    school: EcfSchool | None
    """The school that the participant joins."""
    cohort: EcfCohort | None
    chosen: ProgrammeChoice | None
    """That school's choice for the cohort."""
    schedule_starts_on: str
    keeps_providers: bool
    has_providers: bool
    """The participant trains with a lead provider, and has not withdrawn."""
    email_owner: str | None
    mentor_id: str
    """Empty when the request has none."""
    mentor_is_there: bool

    @property
    def cohort_year(self) -> int | None:
        """The year in which the cohort starts."""
        return self.cohort.year if self.cohort else None


@rule
def participant_is_at_a_school(p: AtSchool) -> bool:
    return p.school_period is not None and p.school_period.finished_on > p.day


@rule
def participant_is_not_removed(t: Transfer) -> bool:
    return t.school_period is not None


@rule
def day_follows_training(p: Leaver) -> bool:
    return p.since <= p.day


@rule
def school_is_another(t: Transfer) -> bool:
    return t.school is None or t.school_period is None or t.school_period.school_id != t.school.id


@rule
def transfer_is_near(t: Transfer) -> bool:
    return t.schedule_starts_on <= t.day <= years_after(t.today, 1)


@rule
def participant_has_providers_to_keep(t: Transfer) -> bool:
    return t.has_providers or not t.keeps_providers


@rule
def mentor_takes_no_mentor_along(t: Transfer) -> bool:
    return t.role == ECT or not t.mentor_id


@rule
def mentor_is_somebody_else(m: MentorChange | Transfer) -> bool:
    return m.participant is None or m.mentor_id != m.participant.id


@rule
def mentor_is_another(m: MentorChange) -> bool:
    return m.mentor_id != m.present_mentor_id


@rule
def some_detail_is_given(d: DetailsChange) -> bool:
    return bool(d.given)


@rule
def validated_details_stay(d: DetailsChange) -> bool:
    return not d.is_validated or d.given.isdisjoint(FOR_VALIDATION)


@rule
def reference_number_is_free(d: DetailsChange) -> bool:
    return not d.number_is_taken


def years_after(day: str, years: int) -> str:
    """Return the same day of another year. It need not exist: days are compared as text."""
    return f"{date.fromisoformat(day).year + years}{day[4:]}"
