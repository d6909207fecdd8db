"""Participants: their schools, training, mentors and induction.

A role is `ect` or `mentor`. A participant can have had both: columns that belong to a role exist once for each.
"""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by

ECT, MENTOR = "ect", "mentor"


@kept_by("id")
class Participant(Record, frozen=True):
    """A teacher who is or was an ECT, a mentor, or both."""

    id: str
    full_name: str
    teacher_reference_number: str | None
    ect_training_record_id: str
    mentor_training_record_id: str
    ect_eligible_at: str | None
    """When eligibility for funding as an ECT was first confirmed. `mentor_eligible_at` is the same for mentors."""
    ect_ineligible_on: str | None
    ect_frozen_cohort: int | None
    """The cohort that the participant left because its payments were frozen."""
    mentor_eligible_at: str | None
    mentor_ineligible_on: str | None
    """The mentor funding end date."""
    mentor_ineligible_reason: str | None
    mentor_frozen_cohort: int | None
    created_at: str
    updated_at: str
    """The `updated_at` that all lead providers see."""
    contact_updated_at: str
    """The `updated_at` of the unfunded mentor, which changes with name, TRN and email."""


@kept_by("to_participant_id", "from_participant_id", indexes=(("from_participant_id",),))
class IdChange(Record, frozen=True):
    """Two records of one teacher that were merged into one."""

    to_participant_id: str
    from_participant_id: str
    changed_at: str


@kept_by("id", indexes=(("participant_id", "started_on"),))
class Induction(Record, frozen=True):
    """A period of an ECT's induction, as an appropriate body recorded it."""

    id: str
    participant_id: str
    started_on: str
    finished_on: str
    """FOREVER while it continues."""
    outcome: str | None
    """pass or fail; None while there is none."""


@kept_by("id", indexes=(("participant_id", "role", "started_on"), ("school_id", "role")))
class SchoolPeriod(Record, frozen=True):
    """A participant's time at a school in a role."""

    id: str
    participant_id: str
    role: str
    school_id: str
    started_on: str
    finished_on: str
    """FOREVER while no end is known."""
    email: str
    working_pattern: str | None
    """full_time or part_time; of ECTs only."""
    created_at: str


@kept_by(
    "id",
    indexes=(
        ("participant_id", "role", "started_on"),
        ("partnership_id", "started_on", "finished_on", "created_at", "moved_at"),
        ("school_id", "cohort", "lead_provider_id", "finished_on"),
    ),
)
class TrainingPeriod(Record, frozen=True):
    """A participant's training within a school period: with one lead provider on one schedule, or school-led."""

    id: str
    participant_id: str
    role: str
    school_period_id: str
    school_id: str
    cohort: int
    schedule: str | None
    """None for school-led training."""
    lead_provider_id: str | None
    """The lead provider that the school chose; None for school-led training."""
    partnership_id: str | None
    """None while the lead provider has no partnership with the school: an expression of interest."""
    started_on: str
    finished_on: str
    """FOREVER while no end is known. A participant who finishes today has left."""
    withdrawn_at: str | None
    withdrawal_reason: str | None
    deferred_at: str | None
    deferral_reason: str | None
    created_at: str
    moved_at: str | None = None
    """When its first or last day last changed after it was recorded. A transfer's `updated_at` depends on it."""


@kept_by("id", indexes=(("ect_id",), ("ect_school_period_id", "started_on"), ("mentor_id", "started_on")))
class Mentorship(Record, frozen=True):
    """A mentor's time with an ECT at a school."""

    id: str
    ect_id: str
    ect_school_period_id: str
    mentor_id: str
    started_on: str
    finished_on: str
