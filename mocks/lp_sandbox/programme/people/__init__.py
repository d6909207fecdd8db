"""A participant's history: school periods, training periods and roles. All functions are pure."""

from __future__ import annotations

from lp_sandbox.programme.people.overlaps import trains_once_at_a_time
from lp_sandbox.programme.people.participant_history import ParticipantHistory
from lp_sandbox.programme.people.roles import (
    COMPLETION_DECLARED,
    COURSE_OF,
    COURSES,
    FAIL,
    PASS,
    InRole,
    completed_on,
    in_role,
)
from lp_sandbox.programme.people.training_periods import (
    by_school_period,
    continued,
    days_changed_at,
    earliest,
    latest,
    trained_by,
    training_status,
    training_throughout,
    withdrew_at,
)

__all__ = [
    "COMPLETION_DECLARED",
    "COURSES",
    "COURSE_OF",
    "FAIL",
    "PASS",
    "InRole",
    "ParticipantHistory",
    "by_school_period",
    "completed_on",
    "continued",
    "days_changed_at",
    "earliest",
    "in_role",
    "latest",
    "trained_by",
    "training_status",
    "training_throughout",
    "trains_once_at_a_time",
    "withdrew_at",
]
