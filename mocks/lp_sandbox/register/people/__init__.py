"""What is read off the records of participants: states, transfers, and what lists are made of. All of it is pure."""

from __future__ import annotations

from lp_sandbox.programme.days import NEVER, day_after, day_before
from lp_sandbox.programme.people.history import ParticipantHistory
from lp_sandbox.programme.people.overlaps import trains_once_at_a_time
from lp_sandbox.programme.people.states import (
    COURSE_OF,
    COURSES,
    FAIL,
    PASS,
    InRole,
    completed_on,
    eligible_for_funding,
    in_role,
    latest,
    participant_status,
    programme_choice,
    training_status,
)
from lp_sandbox.register.people.listings import trainees_of
from lp_sandbox.register.people.mentors import mentor_on, unfunded_mentors, unfunded_mentors_among
from lp_sandbox.register.people.transfers import Transfer, relevant_to, transfers_of

__all__ = [
    "COURSES",
    "COURSE_OF",
    "FAIL",
    "NEVER",
    "PASS",
    "InRole",
    "ParticipantHistory",
    "Transfer",
    "completed_on",
    "day_after",
    "day_before",
    "eligible_for_funding",
    "in_role",
    "latest",
    "mentor_on",
    "participant_status",
    "programme_choice",
    "relevant_to",
    "trainees_of",
    "training_status",
    "trains_once_at_a_time",
    "transfers_of",
    "unfunded_mentors",
    "unfunded_mentors_among",
]
