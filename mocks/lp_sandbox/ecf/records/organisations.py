"""Cohorts, contracts, users of lead providers, schools and their choices."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by("year")
class EcfCohort(Record, frozen=True):
    """The participants who start in one academic year."""

    year: int
    registration_starts_on: str
    """From this day schools can set the cohort up and register participants."""
    academic_year_starts_on: str
    """The challenge deadline of partnerships depends on it."""
    automatic_assignment_ends_on: str
    """Until this day participants whose cohort is not known join this one."""
    payments_frozen_at: str | None
    """From this instant nothing can be declared."""
    mentor_funding: bool
    """Mentors are funded for started and completed only."""
    detailed_evidence: bool
    """Each type of declaration takes evidence of its own."""


@kept_by("lead_provider_id", "cohort", indexes=(("cohort", "lead_provider_id"),))
class Contract(Record, frozen=True):
    """A lead provider's contract to train in a cohort. DfE makes statements for each one."""

    lead_provider_id: str
    cohort: int


@kept_by("lead_provider_id", "cohort")
class LeadProviderCohort(Record, frozen=True):
    """A cohort in which a lead provider trains."""

    lead_provider_id: str
    cohort: int


@kept_by("id", indexes=(("lead_provider_id", "email"),))
class LeadProviderUser(Record, frozen=True):
    """Somebody who works for a lead provider, and gets its emails."""

    id: str
    lead_provider_id: str
    full_name: str
    email: str


@kept_by("id")
class DfeUser(Record, frozen=True):
    """Somebody who works for DfE and uses the service."""

    id: str
    full_name: str
    email: str
    role: str
    """administrator or finance."""


@kept_by(
    "id",
    unique=(("urn",),),
    indexes=(("eligible", "created_at", "id"), ("updated_at", "id"), ("induction_tutor_updated_at", "id")),
)
class EcfSchool(Record, frozen=True):
    """A school, as in the national register of schools, and its induction tutor."""

    id: str
    urn: str
    name: str
    status_code: int
    district_code: str
    type_code: int
    section_41: bool
    eligible: bool
    """Derived from the four columns before by `lp_sandbox.ecf.schools`, like the next column."""
    core_induction_only: bool
    """Not eligible for DfE-funded training, but its ECTs can follow the core induction programme."""
    pupil_premium: bool
    """Participants bring the pupil premium uplift. The next column is the same for sparsity."""
    sparsity: bool
    primary_email: str | None
    """The contact of the school in the national register. The next column is its second contact."""
    secondary_email: str | None
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    induction_tutor_updated_at: str | None
    created_at: str
    updated_at: str


@kept_by("school_id", "cohort", indexes=(("updated_at", "school_id"),))
class ProgrammeChoice(Record, frozen=True):
    """What a school chose for a cohort. The service calls it a school cohort. A school can have none for a cohort."""

    school_id: str
    cohort: int
    choice: str
    """One of `lp_sandbox.ecf.schools.CHOICES`, as the school chose. Answers show it in fewer words."""
    default_partnership_id: str | None
    """New participants join it. None while the school has no partnership, or its programme is not DfE-funded."""
    appropriate_body: str | None
    """The name of the appropriate body that checks its inductions."""
    created_at: str
    updated_at: str
