"""When a school can register a participant."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.actors.rules.moves import DetailsChange, MentorChange, Transfer, years_after
from lp_sandbox.ecf.records import EcfCohort, EcfParticipant, EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import WITH_INDUCTIONS
from lp_sandbox.programme.records import ECT, MENTOR
from lp_sandbox.request.rules import rule

OLDEST, YOUNGEST_AGE = "1900-01-01", 18
FIRST_START = "2021-09-01"


@dataclass(frozen=True, slots=True)
class Registration:
    """A participant that a school registers, and the facts that decide whether it can."""

    role: str
    today: str
    school: EcfSchool | None
    cohort: EcfCohort | None
    """The cohort that the participant joins."""
    chosen: ProgrammeChoice | None
    """The school's choice for that cohort."""
    date_of_birth: str
    """Empty when the request has none. The next four are the same."""
    start_date: str
    email: str
    partnership_id: str
    mentor_id: str
    known: EcfParticipant | None
    """The participant who has the TRN, or else the email address, of the request."""
    email_owner: str | None
    """Another participant who has the email address."""
    present_roles: frozenset[str]
    """The roles in which the known participant is or was at a school that has not removed them."""
    since: str
    """The first day of the latest school period in this role; empty for a person who is new to the role."""
    former_roles: frozenset[str]
    """The roles that the known participant has had."""
    partnership: EcfPartnership | None
    """The partnership of the request, if the participant can train under it."""
    mentor_is_there: bool
    """The mentor of the request is registered at the school, and is not the ECT."""

    @property
    def cohort_year(self) -> int | None:
        """The year in which the cohort starts."""
        return self.cohort.year if self.cohort else None


@rule
def date_of_birth_is_of_an_adult(r: Registration | DetailsChange) -> bool:
    return not r.date_of_birth or OLDEST <= r.date_of_birth <= years_after(r.today, -YOUNGEST_AGE)


@rule
def start_date_is_near(r: Registration) -> bool:
    return not r.start_date or FIRST_START <= r.start_date <= years_after(r.today, 1)


@rule
def cohort_is_open(r: Registration) -> bool:
    return r.cohort is not None and r.cohort.registration_starts_on <= r.today


@rule
def school_has_set_up_the_cohort(r: Registration | Transfer) -> bool:
    return r.school is None or (r.chosen is not None and r.chosen.choice in WITH_INDUCTIONS)


@rule
def email_is_free(r: Registration | Transfer | DetailsChange) -> bool:
    return r.email_owner is None


@rule
def participant_is_not_registered(r: Registration) -> bool:
    return r.role not in r.present_roles


@rule
def start_follows_training(r: Registration) -> bool:
    return not r.start_date or r.since < r.start_date


@rule
def mentor_does_not_become_an_ect(r: Registration) -> bool:
    return r.role == MENTOR or ECT in r.former_roles or MENTOR not in r.former_roles


@rule
def partnership_is_of_the_school(r: Registration) -> bool:
    return not r.partnership_id or r.partnership is not None


@rule
def only_an_ect_has_a_mentor(r: Registration) -> bool:
    return not r.mentor_id or r.role == ECT


@rule
def mentor_is_at_the_school(r: Registration | Transfer | MentorChange) -> bool:
    return not r.mentor_id or r.mentor_is_there
