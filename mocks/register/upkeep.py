"""Keeps what lists are made of in step with the records of a participant."""

from __future__ import annotations

import msgspec

from mocks.register.people import trainees_of
from mocks.register.records import Participant, Trainee, TrainingPeriod
from mocks.store import Store, Where


def changed(store: Store, world: str, participant: Participant, stamp: str) -> Participant:
    """Stamp a participant as changed, and bring every lead provider's list in step. Returns it as it is now.

    Call it after the training periods were written, within the same transaction.
    """
    now = msgspec.structs.replace(participant, updated_at=stamp)
    store.put(world, now)
    listed(store, world, now)
    return now


def listed(store: Store, world: str, participant: Participant) -> None:
    """Bring every lead provider's list in step with a participant's training periods."""
    periods = store.find(TrainingPeriod, world, Where("participant_id", "=", participant.id))
    store.remove(Trainee, world, Where("participant_id", "=", participant.id))
    store.put(world, *trainees_of(participant, periods))
