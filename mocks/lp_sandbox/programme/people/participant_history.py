"""All records of one participant."""

from __future__ import annotations

from dataclasses import dataclass, field

from lp_sandbox.programme.records import IdChange, Induction, Mentorship, Participant, SchoolPeriod, TrainingPeriod


@dataclass(slots=True)
class ParticipantHistory:
    """The records of a participant, in any order."""

    participant: Participant
    school_periods: list[SchoolPeriod] = field(default_factory=list)
    training_periods: list[TrainingPeriod] = field(default_factory=list)
    inductions: list[Induction] = field(default_factory=list)
    id_changes: list[IdChange] = field(default_factory=list)
    mentorships: list[Mentorship] = field(default_factory=list)
    """The mentorships in which the participant is the ECT."""
