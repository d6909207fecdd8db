"""Looks up participants, their school periods and training periods, and their mentors."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.training_lookups import training_within
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Slice, Where

_BY_START = Slice((("started_on", False), ("id", False)))


def participant_with(call: Call, id: str) -> Participant | None:
    """Return the participant with an id."""
    return call.store.get(Participant, call.world.id, id)


def school_periods(call: Call, participant_id: str, role: str) -> Sequence[SchoolPeriod]:
    """Return a participant's school periods in a role, by first day."""
    return call.store.find(SchoolPeriod, call.world.id, *_of(participant_id, role), part=_BY_START)


def training_periods(call: Call, participant_id: str, role: str) -> Sequence[TrainingPeriod]:
    """Return a participant's training periods in a role, by first day."""
    return call.store.find(TrainingPeriod, call.world.id, *_of(participant_id, role), part=_BY_START)


def _of(participant_id: str, role: str) -> tuple[Where, Where]:
    return Where("participant_id", "=", participant_id), Where("role", "=", role)


def inductions(call: Call, participant_id: str) -> Sequence[Induction]:
    """Return the periods of a participant's induction, by first day."""
    where = Where("participant_id", "=", participant_id)
    return call.store.find(Induction, call.world.id, where, part=_BY_START)


def induction_over(call: Call, participant_id: str, role: str) -> bool:
    """Return whether a participant can no longer be an ECT because the induction has an outcome."""
    return role == ECT and any(induction.outcome for induction in inductions(call, participant_id))


def mentorships(call: Call, ect_period: SchoolPeriod) -> Sequence[Mentorship]:
    """Return the mentorships within an ECT's school period, by first day."""
    where = Where("ect_school_period_id", "=", ect_period.id)
    return call.store.find(Mentorship, call.world.id, where, part=_BY_START)


def last_school_period(call: Call, participant_id: str, role: str) -> SchoolPeriod | None:
    """Return a participant's latest school period in a role."""
    found = school_periods(call, participant_id, role)
    return found[-1] if found else None


def school_period_at(call: Call, participant_id: str, role: str, school_id: str, day: str) -> SchoolPeriod | None:
    """Return a participant's school period at a school in a role that has not ended before a day."""
    found = school_periods(call, participant_id, role)
    return next((each for each in found if each.school_id == school_id and each.finished_on >= day), None)


def mentor_at(call: Call, mentor_id: str, school_id: str, day: str) -> SchoolPeriod | None:
    """Return the school period of a mentor who is at a school on a day."""
    found = school_period_at(call, mentor_id, MENTOR, school_id, day)
    return found if found and found.started_on <= day else None


def last_start(call: Call, school_period: SchoolPeriod | None) -> str:
    """Return the first day of a school period, or of the latest training within it; empty without a school period."""
    if school_period is None:
        return ""
    return max([school_period.started_on, *(each.started_on for each in training_within(call, school_period))])
