"""Reads participants' histories from the store: one query for each kind of record, however many participants.

Only ids that changed more than once take more queries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfSchool, Profile, Removal
from lp_sandbox.ecf.resources.participants import RelatedRecords
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
    for participant_id, id_change in _id_changes(store, world, histories):
        histories[participant_id].id_changes.append(id_change)
    owners = {}
    for school_period in store.find(SchoolPeriod, world, of_participants):
        histories[school_period.participant_id].school_periods.append(school_period)
        owners[school_period.id] = school_period.participant_id
    for removal in store.find(Removal, world, Where("school_period_id", "in", tuple(owners))):
        histories[owners[removal.school_period_id]].removals.append(removal)
    for mentorship in store.find(Mentorship, world, Where("ect_school_period_id", "in", tuple(owners))):
        histories[mentorship.ect_id].mentorships.append(mentorship)
    return list(histories.values())


def training_of(store: Store, world: str, participant: EcfParticipant) -> History:
    """Return what decides whether a declaration is accepted: profiles, training periods and removals."""
    of_participant = Where("participant_id", "=", participant.id)
    profiles = store.find(Profile, world, of_participant)
    training_periods = store.find(TrainingPeriod, world, of_participant)
    there = Where("school_period_id", "in", tuple({each.school_period_id for each in training_periods}))
    removals = store.find(Removal, world, there)
    return History(participant, profiles=profiles, training_periods=training_periods, removals=removals)


def add_time_at_schools(store: Store, world: str, history: History) -> None:
    """Add the times at schools, and the mentors there."""
    history.school_periods = store.find(SchoolPeriod, world, Where("participant_id", "=", history.participant.id))
    there = Where("ect_school_period_id", "in", tuple(each.id for each in history.school_periods))
    history.mentorships = store.find(Mentorship, world, there)


def _id_changes(store: Store, world: str, participant_ids: Collection[str]) -> Iterator[tuple[str, IdChange]]:
    """Yield participants with each change of their ids: into the present id, and before that into an earlier one."""
    present = {id_: id_ for id_ in participant_ids}
    reached = tuple(present)
    while reached:
        into = Where("to_participant_id", "in", reached)
        found = [each for each in store.find(IdChange, world, into) if each.from_participant_id not in present]
        for each in found:
            present[each.from_participant_id] = present[each.to_participant_id]
            yield present[each.to_participant_id], each
        reached = tuple(each.from_participant_id for each in found)


def related_records(store: Store, world: str, histories: Iterable[History]) -> RelatedRecords:
    """Return the records beside histories that the documents of participants show."""
    training = [each for history in histories for each in history.training_periods]
    schools = Where("id", "in", tuple({each.school_id for each in training}))
    partnerships = Where("id", "in", tuple({each.partnership_id for each in training if each.partnership_id}))
    return RelatedRecords(
        urns=dict(store.rows(EcfSchool, ("id", "urn"), world, schools)),
        delivery_partners=dict(store.rows(EcfPartnership, ("id", "delivery_partner_id"), world, partnerships)),
    )
