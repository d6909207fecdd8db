"""When a school or an administrator can choose the programme of a cohort, and when a school can keep its providers."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.actors.rules.moves import Transfer
from lp_sandbox.ecf.actors.rules.registrations import Registration
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool
from lp_sandbox.request.rules import rule

PROVIDER_LED = "provider_led"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a school chooses for a cohort, and the facts that decide whether it can."""

    school: EcfSchool | None
    cohort: EcfCohort | None
    today: str
    programme: str
    """The choice as answers show it; empty where the school keeps its providers."""
    present_partnership: EcfPartnership | None
    """The school's unchallenged partnership in the cohort that is not a relationship."""
    former_partnership: EcfPartnership | None
    """The same in the cohort before."""
    still_paired: bool
    """The delivery partner of the former partnership works with its lead provider in the cohort."""

    @property
    def cohort_year(self) -> int | None:
        """The year in which the cohort starts."""
        return self.cohort.year if self.cohort else None


@rule
def school_exists(s: SetUp | Registration | Transfer) -> bool:
    return s.school is not None


@rule
def school_has_inductions(s: SetUp) -> bool:
    return s.school is None or s.school.eligible or s.school.core_induction_only


@rule
def cohort_exists(s: SetUp) -> bool:
    return s.cohort is not None


@rule
def registration_has_opened(s: SetUp) -> bool:
    return s.cohort is None or s.cohort.registration_starts_on <= s.today


@rule
def programme_can_change(s: SetUp) -> bool:
    return s.present_partnership is None or s.programme == PROVIDER_LED


@rule
def school_had_providers(s: SetUp) -> bool:
    return s.former_partnership is not None


@rule
def providers_still_work_together(s: SetUp) -> bool:
    return s.former_partnership is None or s.still_paired
