"""Reads participants' histories from the store, with the related records that their documents need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lp_sandbox.programme.people import ParticipantHistory
from lp_sandbox.programme.records import (
    Cohort,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    School,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.resources import RelatedRecords
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Store, Wanted, Where


def histories_of(store: Store, world: str, ids: tuple[str, ...]) -> Sequence[ParticipantHistory]:
    """Return the histories of participants."""
    of_participants = Where("participant_id", "in", ids)
    participants, school_periods, training_periods, inductions, id_changes, mentorships = store.find_each(
        world,
        (Participant, Where("id", "in", ids)),
        (SchoolPeriod, of_participants),
        (TrainingPeriod, of_participants),
        (Induction, of_participants),
        (IdChange, Where("to_participant_id", "in", ids)),
        (Mentorship, Where("ect_id", "in", ids)),
    )
    by_id = {participant.id: participant for participant in participants}
    histories = {id_: ParticipantHistory(required(by_id.get(id_))) for id_ in ids}
    for school_period in school_periods:
        histories[school_period.participant_id].school_periods.append(school_period)
    for training_period in training_periods:
        histories[training_period.participant_id].training_periods.append(training_period)
    for induction in inductions:
        histories[induction.participant_id].inductions.append(induction)
    for id_change in id_changes:
        histories[id_change.to_participant_id].id_changes.append(id_change)
    for mentorship in mentorships:
        histories[mentorship.ect_id].mentorships.append(mentorship)
    return list(histories.values())


def related_records(store: Store, world: str, training: Iterable[TrainingPeriod]) -> RelatedRecords:
    """Return the schools, delivery partners and cohorts that the documents of participants show of their training."""
    return related_of(*store.find_each(world, *related_lookups(training)))


def related_lookups(training: Iterable[TrainingPeriod]) -> tuple[Wanted, ...]:
    """Return the lookups of what `related_of` takes, for a query that has others too."""
    partnered = [training_period for training_period in training if training_period.partnership_id]
    return (
        (School, Where("id", "in", tuple({each.school_id for each in partnered}))),
        (Partnership, Where("id", "in", tuple({each.partnership_id for each in partnered}))),
        (Cohort, Where("uplift_fees", "=", 1)),
    )


def related_of(
    schools: Iterable[School], partnerships: Iterable[Partnership], cohorts: Iterable[Cohort]
) -> RelatedRecords:
    """Return the records besides a history by their ids."""
    return RelatedRecords(
        schools={school.id: school for school in schools},
        delivery_partners={partnership.id: partnership.delivery_partner_id for partnership in partnerships},
        uplift_cohorts=frozenset(cohort.year for cohort in cohorts),
    )
