"""The roles of a participant, ECT and mentor: their courses, what records hold of each role, and its completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lp_sandbox.programme.records import ECT, MENTOR, Induction, Participant

COURSES: Mapping[str, str] = {"ecf-induction": ECT, "ecf-mentor": MENTOR}
COURSE_OF: Mapping[str, str] = {role: course for course, role in COURSES.items()}
PASS, FAIL = "pass", "fail"
"""The outcomes of an induction."""
COMPLETION_DECLARED = "completed_declaration_received"
"""Why a mentor is no longer funded after a completed declaration."""


@dataclass(frozen=True, slots=True)
class InRole:
    """What a participant's record holds of one role."""

    training_record_id: str
    eligible_at: str | None
    ineligible_on: str | None
    frozen_cohort: int | None


def in_role(participant: Participant, role: str) -> InRole:
    """Return what belongs to a role."""
    if role == ECT:
        return InRole(
            participant.ect_training_record_id,
            participant.ect_eligible_at,
            participant.ect_ineligible_on,
            participant.ect_frozen_cohort,
        )
    return InRole(
        participant.mentor_training_record_id,
        participant.mentor_eligible_at,
        participant.mentor_ineligible_on,
        participant.mentor_frozen_cohort,
    )


def completed_on(participant: Participant, role: str, inductions: Iterable[Induction]) -> str | None:
    """Return the day on which training was completed: induction with an outcome, or the end of mentor funding."""
    if role == MENTOR:
        return participant.mentor_ineligible_on
    return max((each.finished_on for each in inductions if each.outcome), default=None)
