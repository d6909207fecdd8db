"""The facts about a choice of training that several rules use."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Cohort, LeadProvider, School
from lp_sandbox.register.records import SchoolCohort


@dataclass(frozen=True, slots=True)
class TrainingChoice:
    """The school, cohort and lead provider that a school chooses for a participant's training."""

    school: School | None
    school_in_cohort: SchoolCohort | None
    cohort: Cohort | None
    cohort_is_frozen: bool
    """Payments of the cohort are frozen now."""
    named_provider: str
    """As the request names it, or the present one; empty for none."""
    lead_provider: LeadProvider | None
    provider_works: bool
    """The lead provider has a delivery partner in the cohort."""
