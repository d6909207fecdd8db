"""Participants: where they teach, who trains them, who mentors them, and their induction.

A role is `ect` or `mentor`. Somebody can have been both: what belongs to a role is kept once for each.
"""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by

ECT, MENTOR = "ect", "mentor"


@kept_by("id", indexes=(("created_at", "id"),))
class Participant(Record, frozen=True):
    """A teacher who is or was an ECT, a mentor, or both."""

    id: str
    full_name: str
    teacher_reference_number: str | None
    ect_training_record_id: str
    mentor_training_record_id: str
    ect_eligible_at: str | None
    """When eligibility for funding was first confirmed, as an ECT. So for mentors below."""
    ect_ineligible_on: str | None
    ect_frozen_cohort: int | None
    """The cohort that was left because its payments were frozen."""
    mentor_eligible_at: str | None
    mentor_ineligible_on: str | None
    """The mentor funding end date."""
    mentor_ineligible_reason: str | None
    mentor_frozen_cohort: int | None
    created_at: str
    updated_at: str
    """The stamp that all lead providers see."""
    contact_updated_at: str
    """The stamp of the unfunded mentor: names, TRN and email."""


@kept_by("to_participant_id", "from_participant_id", indexes=(("from_participant_id",),))
class IdChange(Record, frozen=True):
    """Two records of one teacher that became one."""

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
    """FOREVER while it goes on."""
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
        ("school_id", "cohort"),
        ("lead_provider_id", "cohort", "school_id", "finished_on"),
        ("school_period_id",),
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
    """FOREVER while no end is known. Whoever finishes today has left."""
    withdrawn_at: str | None
    withdrawal_reason: str | None
    deferred_at: str | None
    deferral_reason: str | None
    created_at: str
    moved_at: str | None = None
    """When its first or last day last changed after it was recorded: what the stamp of a transfer goes by."""


@kept_by("id", indexes=(("ect_school_period_id", "started_on"), ("mentor_id", "started_on")))
class Mentorship(Record, frozen=True):
    """A mentor's time with an ECT at a school."""

    id: str
    ect_id: str
    ect_school_period_id: str
    mentor_id: str
    started_on: str
    finished_on: str


@kept_by(
    "lead_provider_id",
    "participant_id",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id", "updated_at"),
        ("lead_provider_id", "updated_at", "participant_id"),
        ("lead_provider_id", "transferred", "created_at", "participant_id"),
        ("participant_id",),
    ),
)
class Trainee(Record, frozen=True):
    """A participant whom a lead provider trains or trained, with what lists are filtered and sorted by.

    It is kept in step with the training periods by `lp_sandbox.register.listings`.
    """

    lead_provider_id: str
    participant_id: str
    ect_training_period_id: str | None
    """The latest of this lead provider, as an ECT; by its first day. So for mentors."""
    mentor_training_period_id: str | None
    ect_cohort: int | None
    mentor_cohort: int | None
    any_active: bool
    """The latest training period of some role was neither withdrawn nor deferred."""
    any_deferred: bool
    any_withdrawn: bool
    created_at: str
    """The participant's. So is the next."""
    updated_at: str
    transferred: bool = False
    """Has moved from one school to another, from or to this lead provider."""
    boundary_at: str = ""
    """When the first or last training with this lead provider at some school was recorded or last changed its days."""
    good_from: str = ""
    """The days for which the document is good: from this one on until right before the next."""
    good_until: str = ""
    document: bytes = b""


@kept_by(
    "lead_provider_id",
    "participant_id",
    "shown_from",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id"),
        ("lead_provider_id", "updated_at", "participant_id"),
        ("participant_id",),
    ),
)
class UnfundedMentor(Record, frozen=True):
    """A mentor whom a lead provider never trained, on the days on which its ECTs show them as their mentor.

    The days of one mentor never overlap. It is kept in step with the mentorships by `lp_sandbox.register.listings`.
    """

    lead_provider_id: str
    participant_id: str
    shown_from: str
    """Empty for whoever is the first mentor of an ECT: they are shown before they begin."""
    shown_until: str
    school_period_id: str
    """Where the mentor supports an ECT of the lead provider; of several, the one that began last."""
    created_at: str
    """The participant's."""
    updated_at: str
    """The stamp of the mentor's name, TRN and email."""
