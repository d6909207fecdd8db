"""Finds the training within a participant's time at a school."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.programme.records import SchoolPeriod, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where


def training_within(call: Call, school_period: SchoolPeriod) -> Sequence[TrainingPeriod]:
    """Return the training periods within a school period. The index for them is by participant."""
    of_participant = Where("participant_id", "=", school_period.participant_id)
    there = Where("school_period_id", "=", school_period.id)
    return call.store.find(TrainingPeriod, call.world.id, of_participant, there)
