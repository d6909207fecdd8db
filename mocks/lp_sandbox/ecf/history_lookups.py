"""Reads participants' histories from the store: one query for each kind of record, however many participants."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import EcfParticipant, Profile, Removal
from lp_sandbox.programme.records import IdChange, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.store import Store, Where


def histories_of(store: Store, world: str, participant_ids: Collection[str]) -> Sequence[History]:
    """Return the histories of participants, in the order of their ids in the store."""
    ids = tuple(participant_ids)
    of_participants = Where("participant_id", "in", ids)
    participants = store.find(EcfParticipant, world, Where("id", "in", ids))
    histories = {participant.id: History(participant) for participant in participants}
    for profile in store.find(Profile, world, of_participants):
        histories[profile.participant_id].profiles.append(profile)
    for training_period in store.find(TrainingPeriod, world, of_participants):
        histories[training_period.participant_id].training_periods.append(training_period)
    for id_change in store.find(IdChange, world, Where("to_participant_id", "in", ids)):
        histories[id_change.to_participant_id].id_changes.append(id_change)
    owners = {}
    for school_period in store.find(SchoolPeriod, world, of_participants):
        histories[school_period.participant_id].school_periods.append(school_period)
        owners[school_period.id] = school_period.participant_id
    for removal in store.find(Removal, world, Where("school_period_id", "in", tuple(owners))):
        histories[owners[removal.school_period_id]].removals.append(removal)
    for mentorship in store.find(Mentorship, world, Where("ect_school_period_id", "in", tuple(owners))):
        histories[mentorship.ect_id].mentorships.append(mentorship)
    return list(histories.values())
