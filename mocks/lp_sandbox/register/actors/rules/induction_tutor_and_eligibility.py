"""When a school can name its induction tutor, and when DfE can change a school's eligibility."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Cohort, School
from lp_sandbox.register.actors.rules.partnerships import RollOver
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class InductionTutorNaming:
    """The induction tutor that a school names."""

    school: School | None
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class EligibilityChange:
    """A new eligibility of a school, from a cohort on."""

    school: School | None
    cohort: Cohort | None
    eligible: bool
    changes: bool
    """The school's present eligibility differs, in the cohort or in a later one."""

    @property
    def cohort_year(self) -> int | None:
        """The first cohort to which it applies."""
        return self.cohort.year if self.cohort else None

    @property
    def eligibility(self) -> str:
        """The new eligibility as a word."""
        return "eligible" if self.eligible else "ineligible"


@rule
def named_cohort_exists(p: RollOver | EligibilityChange) -> bool:
    return p.cohort is not None


@rule
def induction_tutor_is_another(p: InductionTutorNaming) -> bool:
    school = p.school
    return school is None or (school.induction_tutor_name, school.induction_tutor_email) != (p.name, p.email)


@rule
def eligibility_is_another(p: EligibilityChange) -> bool:
    return p.changes
