"""What lead providers see of participants, derived from their records. All functions are pure."""

from __future__ import annotations

from lp_sandbox.register.people.mentors import mentor_on, nearest_mentor, unfunded_mentors, unfunded_mentors_among
from lp_sandbox.register.people.participant_states import eligible_for_funding, participant_status, programme_choice
from lp_sandbox.register.people.trainee_rows import trainees_of
from lp_sandbox.register.people.transfers import Transfer, relevant_to, transfers_of

__all__ = [
    "Transfer",
    "eligible_for_funding",
    "mentor_on",
    "nearest_mentor",
    "participant_status",
    "programme_choice",
    "relevant_to",
    "trainees_of",
    "transfers_of",
    "unfunded_mentors",
    "unfunded_mentors_among",
]
