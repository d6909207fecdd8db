"""What lead providers list: rows with the columns that lists are filtered and sorted by.

`lp_sandbox.register.rebuild_list_rows` rebuilds them whenever the records they are made from change.
"""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


# Not indexed by `updated_at`: a new partnership can change it in every cohort, and lists are short enough to scan.
@kept_by("school_id", "cohort", indexes=(("cohort", "listed", "created_at", "school_id"),))
class SchoolCohort(Record, frozen=True):
    """A school in one cohort: the columns that are the same for every lead provider."""

    school_id: str
    cohort: int
    eligible: bool
    """The school is eligible in this cohort."""
    listed: bool
    """Shown to lead providers: it is eligible, or has a partnership."""
    in_partnership: bool
    induction_programme_choice: str
    created_at: str
    """When the school itself was created."""
    updated_at: str


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
    """A participant that a lead provider trains or trained."""

    lead_provider_id: str
    participant_id: str
    ect_training_period_id: str | None
    """The latest with this lead provider as an ECT, by first day. The next column is the same for mentors."""
    mentor_training_period_id: str | None
    ect_cohort: int | None
    mentor_cohort: int | None
    any_active: bool
    """The latest training period of some role was neither withdrawn nor deferred."""
    any_deferred: bool
    any_withdrawn: bool
    created_at: str
    """The participant's, like the next column."""
    updated_at: str
    transferred: bool = False
    """Has moved from one school to another, from or to this lead provider."""
    boundary_at: str = ""
    """When the first or last training with this lead provider at some school was recorded or last changed its days."""
    good_from: str = ""
    """The document is good from this day until the day before `good_until`."""
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
    """A mentor that a lead provider never trained, on the days on which its ECTs have this mentor.

    The days of one mentor never overlap.
    """

    lead_provider_id: str
    participant_id: str
    shown_from: str
    """Empty for the first mentor of an ECT, which answers show before the mentorship begins."""
    shown_until: str
    school_period_id: str
    """The school period in which the mentor supports an ECT of the lead provider; of several, the latest."""
    created_at: str
    """The participant's."""
    updated_at: str
    """When the mentor's name, TRN or email last changed."""
