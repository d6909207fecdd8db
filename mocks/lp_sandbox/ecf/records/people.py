"""Participants: who they are, their profile in each role, and what lead providers list of them.

Their schools, training and mentors are the records of `lp_sandbox.programme.records`. The service's induction records
are derived from these: see `lp_sandbox.ecf.people`.
"""

from __future__ import annotations

from collections.abc import Iterable

from lp_sandbox.worlds.records import Record, kept_by

FIRST_COHORT = 2000
"""A year before the first cohort."""
BITS = 63
"""How many bits a number in a column has."""


@kept_by("id", indexes=(("email",), ("teacher_reference_number",)))
class EcfParticipant(Record, frozen=True):
    """A teacher who is or was an ECT, a mentor, or both. The service calls it a user."""

    id: str
    full_name: str
    email: str
    teacher_reference_number: str | None
    """The TRN that DfE found. None until DfE has validated the participant's details."""
    given_reference_number: str | None
    """The TRN that the school gave for the validation."""
    created_at: str
    updated_at: str
    """When the participant or one of their records last changed."""


@kept_by("id", unique=(("participant_id", "role"),))
class Profile(Record, frozen=True):
    """A participant in one role, ECT or mentor. Its id is the training record id."""

    id: str
    participant_id: str
    role: str
    schedule: str
    """The last schedule that anyone chose. The next column is the schedule's cohort."""
    schedule_cohort: int
    pupil_premium: bool
    """The participant brings the pupil premium uplift. The next column is the same for sparsity."""
    sparsity: bool
    eligibility: str | None
    """eligible, ineligible, manual_check or matched. None until DfE has validated the participant's details."""
    eligibility_reason: str | None
    eligibility_decided_at: str | None
    induction_started_on: str | None
    """The first day of induction in the teacher record."""
    induction_completed_on: str | None
    mentor_completed_on: str | None
    """The mentor funding end date."""
    mentor_completion_reason: str | None
    cohort_changed_after_payments_frozen: bool
    created_at: str


@kept_by("participant_id", "school_period_id")
class Removal(Record, frozen=True):
    """A school's removal of a participant: registered by mistake, or no longer teaching."""

    participant_id: str
    school_period_id: str
    removed_at: str


@kept_by(
    "lead_provider_id",
    "participant_id",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id", "updated_at"),
        ("lead_provider_id", "updated_at", "participant_id"),
        ("participant_id",),
    ),
)
class EcfTrainee(Record, frozen=True):
    """A participant that a lead provider sees.

    They train or trained under one of its partnerships that is not challenged, and DfE has validated their details.
    `lp_sandbox.ecf.list_rows` rebuilds these rows whenever the records they are made from change.
    """

    lead_provider_id: str
    participant_id: str
    ect_training_period_id: str | None
    """The latest with this lead provider as an ECT. The next column is the same for mentors."""
    mentor_training_period_id: str | None
    ect_cohort: int | None
    mentor_cohort: int | None
    any_active: bool
    """The latest training period of some role is neither withdrawn nor deferred."""
    any_deferred: bool
    any_withdrawn: bool
    created_at: str
    """The participant's, like the next column."""
    updated_at: str
    good_from: str = ""
    """The document is good from this day until the day before `good_until`."""
    good_until: str = ""
    document: bytes = b""

    @classmethod
    def unseen(cls, lead_provider_id: str, participant_id: str) -> EcfTrainee:
        """Return the row of a participant that the lead provider sees in no role. It is never stored."""
        return cls(lead_provider_id, participant_id, *(None,) * 4, *(False,) * 3, "", "")


@kept_by(
    "lead_provider_id",
    "participant_id",
    "role",
    "cohort",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id", "role", "later_cohorts"),
        ("lead_provider_id", "updated_at", "participant_id", "role", "later_cohorts"),
        ("participant_id",),
    ),
)
class ListedProfile(Record, frozen=True):
    """A participant in one role, as versions 1 and 2 list them for a cohort, for the people of `EcfTrainee`.

    The filter for cohorts narrows the training before the latest is taken. So there is a row for each cohort in which
    the participant trained with the lead provider in the role.
    """

    lead_provider_id: str
    participant_id: str
    role: str
    cohort: int
    training_period_id: str
    """The latest with this lead provider in the role and the cohort."""
    later_cohorts: int
    """The cohorts with later training, as bits: see `cohort_bits`. 0 for the latest training of all."""
    created_at: str
    """The participant's, like the next column."""
    updated_at: str


def cohort_bits(cohorts: Iterable[int]) -> int:
    """Return a number that has a bit for each cohort, and ignores years without cohorts of the framework."""
    return sum(1 << (cohort - FIRST_COHORT) for cohort in set(cohorts) if FIRST_COHORT <= cohort < FIRST_COHORT + BITS)


@kept_by(
    "lead_provider_id",
    "participant_id",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id"),
        ("lead_provider_id", "updated_at", "participant_id"),
        ("participant_id",),
    ),
)
class TransferredParticipant(Record, frozen=True):
    """A participant who moves from one school to another, and from or to a lead provider."""

    lead_provider_id: str
    participant_id: str
    created_at: str
    """The participant's, like the next column."""
    updated_at: str


@kept_by(
    "lead_provider_id",
    "participant_id",
    indexes=(
        ("lead_provider_id", "created_at", "participant_id"),
        ("lead_provider_id", "updated_at", "participant_id"),
        ("participant_id",),
    ),
)
class EcfUnfundedMentor(Record, frozen=True):
    """A mentor of a lead provider's ECTs who does not train with that lead provider, as it sees them."""

    lead_provider_id: str
    participant_id: str
    full_name: str
    email: str
    teacher_reference_number: str | None
    """The TRN that DfE found, or else the TRN that the school gave."""
    has_training: bool
    """They train or trained as a mentor, with anybody or school-led. A mentor without training is listed only."""
    created_at: str
    """The participant's, like the next column."""
    updated_at: str
