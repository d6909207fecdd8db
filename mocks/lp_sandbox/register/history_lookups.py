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
from lp_sandbox.worlds.store import Store, Where


def histories_of(store: Store, world: str, participants: Iterable[Participant]) -> Sequence[ParticipantHistory]:
    """Return the histories of participants."""
    histories = {participant.id: ParticipantHistory(participant) for participant in participants}
    of_participants = Where("participant_id", "in", tuple(histories))
    for school_period in store.find(SchoolPeriod, world, of_participants):
        histories[school_period.participant_id].school_periods.append(school_period)
    for training_period in store.find(TrainingPeriod, world, of_participants):
        histories[training_period.participant_id].training_periods.append(training_period)
    for induction in store.find(Induction, world, of_participants):
        histories[induction.participant_id].inductions.append(induction)
    for id_change in store.find(IdChange, world, Where("to_participant_id", "in", tuple(histories))):
        histories[id_change.to_participant_id].id_changes.append(id_change)
    school_period_ids = tuple(each.id for history in histories.values() for each in history.school_periods)
    for mentorship in store.find(Mentorship, world, Where("ect_school_period_id", "in", school_period_ids)):
        histories[mentorship.ect_id].mentorships.append(mentorship)
    return list(histories.values())


def related_records(store: Store, world: str, histories: Iterable[ParticipantHistory]) -> RelatedRecords:
    """Return the schools, delivery partners and cohorts that the documents of participants show."""
    training = [each for history in histories for each in history.training_periods if each.partnership_id]
    schools, partnerships = (
        tuple({getattr(training_period, column) for training_period in training})
        for column in ("school_id", "partnership_id")
    )
    partners = store.rows(Partnership, ("id", "delivery_partner_id"), world, Where("id", "in", partnerships))
    uplift = store.rows(Cohort, ("year",), world, Where("uplift_fees", "=", 1))
    return RelatedRecords(
        schools={school.id: school for school in store.find(School, world, Where("id", "in", schools))},
        delivery_partners=dict(partners),
        uplift_cohorts=frozenset(year for (year,) in uplift),
    )
