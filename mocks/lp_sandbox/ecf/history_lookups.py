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
    participants, profiles, training_periods, school_periods, removals, mentorships, id_changes = store.find_each(
        world,
        (EcfParticipant, Where("id", "in", ids)),
        (Profile, of_participants),
        (TrainingPeriod, of_participants),
        (SchoolPeriod, of_participants),
        (Removal, of_participants),
        (Mentorship, Where("ect_id", "in", ids)),
        (IdChange, Where("to_participant_id", "in", ids)),
    )
    histories = {participant.id: History(participant) for participant in participants}
    for profile in profiles:
        histories[profile.participant_id].profiles.append(profile)
    for training_period in training_periods:
        histories[training_period.participant_id].training_periods.append(training_period)
    for school_period in school_periods:
        histories[school_period.participant_id].school_periods.append(school_period)
    for mentorship in mentorships:
        histories[mentorship.ect_id].mentorships.append(mentorship)
    for participant_id, id_change in _with_earlier(store, world, histories, id_changes):
        histories[participant_id].id_changes.append(id_change)
    for removal in removals:
        histories[removal.participant_id].removals.append(removal)
    return list(histories.values())


def training_of(store: Store, world: str, participant_id: str) -> History | None:
    """Return what decides whether a declaration is accepted: profiles, training periods and removals."""
    of_participant = Where("participant_id", "=", participant_id)
    participants, profiles, training_periods, removals = store.find_each(
        world,
        (EcfParticipant, Where("id", "=", participant_id)),
        (Profile, of_participant),
        (TrainingPeriod, of_participant),
        (Removal, of_participant),
    )
    for participant in participants:
        return History(participant, profiles=profiles, training_periods=training_periods, removals=removals)
    return None


def removed_from(store: Store, world: str, participant_ids: Collection[str]) -> Collection[str]:
    """Return the ids of the school periods from which schools have removed some participants."""
    theirs = Where("participant_id", "in", tuple(participant_ids))
    return {id_ for (id_,) in store.rows(Removal, ("school_period_id",), world, theirs)}


def add_time_at_schools(store: Store, world: str, history: History) -> None:
    """Add the times at schools, and the mentors there."""
    id_ = history.participant.id
    history.school_periods, history.mentorships = store.find_each(
        world, (SchoolPeriod, Where("participant_id", "=", id_)), (Mentorship, Where("ect_id", "=", id_))
    )


def _with_earlier(
    store: Store, world: str, participant_ids: Collection[str], id_changes: Iterable[IdChange]
) -> Iterator[tuple[str, IdChange]]:
    """Yield participants with each change of their ids: into the present id, and before that into an earlier one."""
    present = {id_: id_ for id_ in participant_ids}
    while id_changes:
        into_present = (each for each in id_changes if each.to_participant_id in present)
        new = [each for each in into_present if each.from_participant_id not in present]
        for each in new:
            present[each.from_participant_id] = present[each.to_participant_id]
            yield present[each.to_participant_id], each
        reached = tuple(each.from_participant_id for each in new)
        id_changes = store.find(IdChange, world, Where("to_participant_id", "in", reached))


def related_records(store: Store, world: str, histories: Iterable[History]) -> RelatedRecords:
    """Return the records besides histories that the documents of participants show."""
    training = [each for history in histories for each in history.training_periods]
    schools, partnerships = store.find_each(
        world,
        (EcfSchool, Where("id", "in", tuple({each.school_id for each in training}))),
        (EcfPartnership, Where("id", "in", tuple({each.partnership_id for each in training if each.partnership_id}))),
    )
    return RelatedRecords(
        urns={school.id: school.urn for school in schools},
        delivery_partners={partnership.id: partnership.delivery_partner_id for partnership in partnerships},
        challenged=frozenset(partnership.id for partnership in partnerships if partnership.challenged_at),
    )
