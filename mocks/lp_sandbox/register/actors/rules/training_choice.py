"""Where somebody is trained: what several actors need to know of a school in a cohort, and of a lead provider."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Cohort, LeadProvider, School
from lp_sandbox.register.records import SchoolCohort


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody shall be trained, in which cohort and by whom."""

    school: School | None
    school_in_cohort: SchoolCohort | None
    cohort: Cohort | None
    cohort_is_frozen: bool
    """Its payments are, now."""
    named_provider: str
    """As the request has it, or whoever trains the participant so far; empty for nobody."""
    lead_provider: LeadProvider | None
    provider_works: bool
    """The lead provider has a delivery partner in the cohort."""
