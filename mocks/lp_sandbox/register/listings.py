"""Keeps what lists are made of in step with the records of a participant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from lp_sandbox.programme.records import (
    Cohort,
    Declaration,
    IdChange,
    Induction,
    ListedDeclaration,
    Mentorship,
    Participant,
    Partnership,
    School,
    SchoolCohort,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
    UnfundedMentor,
)
from lp_sandbox.register.partnership_state import COLUMNS, PartnershipState, Spell, standing
from lp_sandbox.register.people import (
    ParticipantHistory,
    latest,
    programme_choice,
    trainees_of,
    trains_once_at_a_time,
    unfunded_mentors,
)
from lp_sandbox.register.resources import Around, as_it_stands, trainee_shown
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.store import Conflict, Store, Where


def changed(store: Store, world: str, participant: Participant, stamp: str) -> Participant:
    """Stamp a participant as changed, and bring every lead provider's list in step. Returns it as it is now.

    Call it after the training periods were written, within the same transaction. Raises store.Conflict when the
    participant would train twice at the same time.
    """
    return all_changed(store, world, [participant], stamp)[0]


def all_changed(store: Store, world: str, participants: Iterable[Participant], stamp: str) -> Sequence[Participant]:
    """Do so with several participants at once."""
    now = [msgspec.structs.replace(participant, updated_at=stamp) for participant in participants]
    store.put(world, *now)
    listed(store, world, now, stamp)
    return now


def listed(store: Store, world: str, participants: Sequence[Participant], stamp: str) -> None:
    """Bring every lead provider's list in step with the records of participants, and show them as of an instant.

    Whoever writes training periods comes here, so this is where their invariant is checked: it takes no further read.
    """
    ids = tuple(participant.id for participant in participants)
    lives = lives_of(store, world, participants)
    for life in lives:
        if not trains_once_at_a_time(life.periods):
            raise Conflict(f"The training periods of {life.participant.id} overlap.")
    declarations = _by_participant(store.find(Declaration, world, Where("participant_id", "in", ids)))
    _partnerships_stand(store, world, [period for life in lives for period in life.periods], stamp)
    store.remove(Trainee, world, Where("participant_id", "in", ids))
    trainees = {trainee: life for life in lives for trainee in trainees_of(life)}
    around = around_of(store, world, trainees.values())
    store.add(world, (trainee_shown(one, life, around, day(parse(stamp))) for one, life in trainees.items()))
    for life in lives:
        declared(store, world, declarations[life.participant.id], life.periods)
    _mentors_listed(store, world, ids, [time.id for life in lives for time in life.times])


def lives_of(store: Store, world: str, participants: Iterable[Participant]) -> Sequence[ParticipantHistory]:
    """Return all that is recorded of participants."""
    lives = {participant.id: ParticipantHistory(participant) for participant in participants}
    theirs = Where("participant_id", "in", tuple(lives))
    for time in store.find(SchoolPeriod, world, theirs):
        lives[time.participant_id].times.append(time)
    for period in store.find(TrainingPeriod, world, theirs):
        lives[period.participant_id].periods.append(period)
    for induction in store.find(Induction, world, theirs):
        lives[induction.participant_id].inductions.append(induction)
    for change in store.find(IdChange, world, Where("to_participant_id", "in", tuple(lives))):
        lives[change.to_participant_id].id_changes.append(change)
    times = tuple(time.id for life in lives.values() for time in life.times)
    for mentorship in store.find(Mentorship, world, Where("ect_school_period_id", "in", times)):
        lives[mentorship.ect_id].mentorships.append(mentorship)
    return list(lives.values())


def around_of(store: Store, world: str, lives: Iterable[ParticipantHistory]) -> Around:
    """Return what participants are shown with beside their own records."""
    training = [period for life in lives for period in life.periods if period.partnership_id]
    schools, partnerships = (
        tuple({getattr(period, place) for period in training}) for place in ("school_id", "partnership_id")
    )
    partners = store.rows(Partnership, ("id", "delivery_partner_id"), world, Where("id", "in", partnerships))
    uplift = store.rows(Cohort, ("year",), world, Where("uplift_fees", "=", 1))
    return Around(
        schools={school.id: school for school in store.find(School, world, Where("id", "in", schools))},
        delivery_partners=dict(partners),
        uplift_cohorts=frozenset(year for (year,) in uplift),
    )


def _partnerships_stand(store: Store, world: str, training: Iterable[TrainingPeriod], now: str) -> None:
    """Bring the partnerships in step of lead providers with schools where they train somebody, in every cohort."""
    providers, schools = (
        tuple({getattr(period, side) for period in training if period.lead_provider_id})
        for side in ("lead_provider_id", "school_id")
    )
    there = Where("lead_provider_id", "in", providers), Where("school_id", "in", schools)
    partnerships = store.find(Partnership, world, *there)
    stand = standings(store, world, [partnership.id for partnership in partnerships], now)
    store.put(world, *(as_it_stands(partnership, stand[partnership.id]) for partnership in partnerships))


def standings(store: Store, world: str, partnership_ids: Sequence[str], now: str) -> Mapping[str, PartnershipState]:
    """Say how partnerships stand at an instant, by the training under them."""
    if not partnership_ids:
        return {}
    training: dict[str, list[Spell]] = {id_: [] for id_ in partnership_ids}
    theirs = Where("partnership_id", "in", tuple(partnership_ids))
    for id_, *spell in store.rows(TrainingPeriod, ("partnership_id", *COLUMNS), world, theirs):
        training[id_].append(Spell(*spell))
    return {id_: standing(spells, now) for id_, spells in training.items()}


def _mentors_listed(store: Store, world: str, ids: Iterable[str], times: Sequence[str]) -> None:
    """Bring the lists of unfunded mentors in step: for these participants, and for who mentors them at schools."""
    mentoring = store.rows(Mentorship, ("mentor_id",), world, Where("ect_school_period_id", "in", tuple(times)))
    mentors = tuple({*ids, *(mentor for (mentor,) in mentoring)})
    store.remove(UnfundedMentor, world, Where("participant_id", "in", mentors))
    mentored = store.rows(Mentorship, ("ect_id",), world, Where("mentor_id", "in", mentors))
    if mentored:
        store.add(world, _unfunded(store, world, mentors, {ect for (ect,) in mentored}))


def _unfunded(store: Store, world: str, mentors: tuple[str, ...], ects: Iterable[str]) -> Iterator[UnfundedMentor]:
    trainees = store.find(Trainee, world, Where("participant_id", "in", (*mentors, *ects)))
    latest_ids = tuple({t.ect_training_period_id for t in trainees if t.ect_training_period_id})
    training = {p.id: p for p in store.find(TrainingPeriod, world, Where("id", "in", latest_ids))}
    there = tuple({period.school_period_id for period in training.values()})
    return unfunded_mentors(
        mentors=store.find(Participant, world, Where("id", "in", mentors)),
        times=store.find(SchoolPeriod, world, Where("participant_id", "in", mentors)),
        ects=[(t.lead_provider_id, training[t.ect_training_period_id]) for t in trainees if t.ect_training_period_id],
        mentorships=store.find(Mentorship, world, Where("ect_school_period_id", "in", there)),
        trained={(t.lead_provider_id, t.participant_id) for t in trainees},
    )


class _OfParticipant(Protocol):
    @property
    def participant_id(self) -> str: ...


P = TypeVar("P", bound=_OfParticipant)


def _by_participant(records: Iterable[P]) -> Mapping[str, list[P]]:
    found: dict[str, list[P]] = defaultdict(list)
    for record in records:
        found[record.participant_id].append(record)
    return found


def school_chose(store: Store, world: str, school_id: str, cohort: int, stamp: str) -> None:
    """Bring a school's choice of programme in a cohort in step with whom it has registered."""
    row = store.get(SchoolCohort, world, school_id, cohort)
    there = Where("school_id", "=", school_id), Where("cohort", "=", cohort)
    choice = programme_choice(store.find(TrainingPeriod, world, *there))
    if row and row.induction_programme_choice != choice:
        store.put(world, msgspec.structs.replace(row, induction_programme_choice=choice, updated_at=stamp))


def declared(store: Store, world: str, declarations: Sequence[Declaration], periods: Sequence[TrainingPeriod]) -> None:
    """Bring every lead provider's list in step with declarations of a participant, whose training periods are given."""
    if declarations:
        ids = tuple(declaration.id for declaration in declarations)
        store.remove(ListedDeclaration, world, Where("declaration_id", "in", ids))
        store.add(world, listings_of(declarations, periods))


def listings_of(declarations: Iterable[Declaration], periods: Sequence[TrainingPeriod]) -> Iterator[ListedDeclaration]:
    """Yield the lines of declarations in the lists of the lead providers that see them."""
    for declaration in declarations:
        for lead_provider_id in _who_see(declaration, periods):
            yield ListedDeclaration(
                lead_provider_id=lead_provider_id,
                declaration_id=declaration.id,
                participant_id=declaration.participant_id,
                cohort=declaration.cohort,
                delivery_partner_id=declaration.delivery_partner_id,
                statement_id=None if declaration.voided_at else declaration.statement_id,
                clawback_statement_id=declaration.clawback_statement_id,
                created_at=declaration.created_at,
                updated_at=declaration.updated_at,
            )


def _who_see(declaration: Declaration, periods: Sequence[TrainingPeriod]) -> Iterator[str]:
    """Yield whoever made a declaration and, while it stands, who else trains the participant in that role.

    Another lead provider sees it unless its training was over when the milestone was reached. The service compares
    the instant with the last day of the training as if that day were its first moment in UTC.
    """
    yield declaration.lead_provider_id
    if declaration.retired:
        return
    trained = [p for p in periods if p.role == declaration.role and p.partnership_id]
    for other in sorted({p.lead_provider_id for p in trained if p.lead_provider_id} - {declaration.lead_provider_id}):
        last = latest(p for p in trained if p.lead_provider_id == other)
        if last and declaration.declaration_date <= f"{last.finished_on}T00:00:00Z":
            yield other
