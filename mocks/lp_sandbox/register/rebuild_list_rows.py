"""Rebuilds the rows that lists are read from whenever the records of participants change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from lp_sandbox.programme.people import latest, trains_once_at_a_time
from lp_sandbox.programme.records import (
    ListedDeclaration,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
    listing_of,
)
from lp_sandbox.register.history_lookups import histories_of, related_lookups, related_of
from lp_sandbox.register.partnership_state import COLUMNS, PartnershipState, TrainingDays, partnership_state
from lp_sandbox.register.people import programme_choice, trainees_of, unfunded_mentors
from lp_sandbox.register.records import (
    Declaration,
    Partnership,
    SchoolCohort,
    Trainee,
    UnfundedMentor,
)
from lp_sandbox.register.resources import with_state, with_trainee_document
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import Scalar
from lp_sandbox.worlds.store import Conflict, Store, Where


def record_change(call: Call, participant_ids: Collection[str], **changes: Scalar) -> Sequence[Trainee]:
    """Save changes of participants or of their records, as made now. Returns the rows of lead providers' lists.

    Call it after the training periods are written, within the same transaction. Raises store.Conflict when training
    periods of a participant overlap.
    """
    ids = tuple(participant_ids)
    if not ids:
        return ()
    call.store.change(Participant, call.world.id, {**changes, "updated_at": call.stamp}, Where("id", "in", ids))
    return rebuild_listings(call.store, call.world.id, ids, call.stamp)


def rebuild_listings(store: Store, world: str, ids: tuple[str, ...], now: str) -> Sequence[Trainee]:
    """Rebuild every lead provider's listings of participants from their records, as of an instant.

    Every change of training periods comes through here, and their histories are read anyway. So this is where the
    invariant of training periods is checked.
    """
    histories = histories_of(store, world, ids)
    for history in histories:
        if not trains_once_at_a_time(history.training_periods):
            raise Conflict(f"The training periods of {history.participant.id} overlap.")
    training = [each for history in histories for each in history.training_periods]
    of_participants = Where("participant_id", "in", ids)
    former, declarations, partnerships, *beside = store.find_each(
        world,
        (Trainee, of_participants),
        (Declaration, of_participants),
        (Partnership, *_where_trained(training)),
        *related_lookups(training),
    )
    _rebuild_partnerships(store, world, partnerships, now)
    related, today = related_of(*beside), day(parse(now))
    shown = [
        with_trainee_document(trainee, history, related, today)
        for history in histories
        for trainee in trainees_of(history)
    ]
    store.replace(world, former, shown)
    rebuild_declaration_listings(store, world, declarations, training)
    mentors = {mentorship.mentor_id for history in histories for mentorship in history.mentorships}
    _rebuild_unfunded_mentors(store, world, tuple(mentors.union(ids)))
    return shown


def partnership_states(
    store: Store, world: str, partnership_ids: Sequence[str], now: str
) -> Mapping[str, PartnershipState]:
    """Return the states of partnerships at an instant, by id."""
    if not partnership_ids:
        return {}
    training: dict[str, list[TrainingDays]] = {id_: [] for id_ in partnership_ids}
    of_partnerships = Where("partnership_id", "in", tuple(partnership_ids))
    for id_, *days in store.rows(TrainingPeriod, ("partnership_id", *COLUMNS), world, of_partnerships):
        training[id_].append(TrainingDays(*days))
    return {id_: partnership_state(days, now) for id_, days in training.items()}


def _where_trained(training: Iterable[TrainingPeriod]) -> Iterator[Where]:
    """Yield the conditions of the partnerships, in every cohort, of lead providers with schools of their training."""
    for side in ("lead_provider_id", "school_id"):
        yield Where(side, "in", tuple({getattr(each, side) for each in training if each.lead_provider_id}))


def _rebuild_partnerships(store: Store, world: str, partnerships: Sequence[Partnership], now: str) -> None:
    states = partnership_states(store, world, [partnership.id for partnership in partnerships], now)
    store.replace(world, partnerships, (with_state(each, states[each.id]) for each in partnerships))


def _rebuild_unfunded_mentors(store: Store, world: str, mentors: tuple[str, ...]) -> None:
    """Rebuild the listings of unfunded mentors."""
    mentorships, former = store.find_each(
        world, (Mentorship, Where("mentor_id", "in", mentors)), (UnfundedMentor, Where("participant_id", "in", mentors))
    )
    ects = {mentorship.ect_id for mentorship in mentorships}
    store.replace(world, former, _unfunded_mentors(store, world, mentors, ects) if ects else ())


def _unfunded_mentors(
    store: Store, world: str, mentors: tuple[str, ...], ects: Iterable[str]
) -> Iterator[UnfundedMentor]:
    people = (*mentors, *ects)  # mentors can have been ECTs
    trainees, participants, school_periods, mentorships = store.find_each(
        world,
        (Trainee, Where("participant_id", "in", people)),
        (Participant, Where("id", "in", mentors)),
        (SchoolPeriod, Where("participant_id", "in", mentors)),
        (Mentorship, Where("ect_id", "in", people)),
    )
    latest_ids = tuple({t.ect_training_period_id for t in trainees if t.ect_training_period_id})
    training = {t.id: t for t in store.find(TrainingPeriod, world, Where("id", "in", latest_ids))}
    return unfunded_mentors(
        mentors=participants,
        school_periods=school_periods,
        ects=[(t.lead_provider_id, training[t.ect_training_period_id]) for t in trainees if t.ect_training_period_id],
        mentorships=mentorships,
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


def rebuild_programme_choice(call: Call, school_id: str, cohort: int) -> None:
    """Rebuild a school's choice of programme in a cohort from the training periods that it registered."""
    row = call.store.get(SchoolCohort, call.world.id, school_id, cohort)
    there = Where("school_id", "=", school_id), Where("cohort", "=", cohort)
    choice = programme_choice(call.store.find(TrainingPeriod, call.world.id, *there))
    if row and row.induction_programme_choice != choice:
        call.store.update(call.world.id, row, induction_programme_choice=choice, updated_at=call.stamp)


def rebuild_declaration_listings(
    store: Store, world: str, declarations: Sequence[Declaration], training_periods: Sequence[TrainingPeriod]
) -> None:
    """Rebuild the listings of declarations, from all training periods of their participants."""
    of_declarations = Where("declaration_id", "in", tuple(declaration.id for declaration in declarations))
    former = store.find(ListedDeclaration, world, of_declarations)
    store.replace(world, former, declaration_listings(declarations, training_periods))


def declaration_listings(
    declarations: Iterable[Declaration], training_periods: Sequence[TrainingPeriod]
) -> Iterator[ListedDeclaration]:
    """Yield the listings of declarations, for each lead provider that sees them."""
    by_participant = _by_participant(training_periods)
    for declaration in declarations:
        for lead_provider_id in _lead_providers_of(declaration, by_participant[declaration.participant_id]):
            yield listing_of(declaration, lead_provider_id, ListedDeclaration)


def _lead_providers_of(declaration: Declaration, training_periods: Sequence[TrainingPeriod]) -> Iterator[str]:
    """Yield the lead providers that see a declaration.

    They are the one that made it and, until it is voided or clawed back, others that train the participant in that
    role. Another lead provider does not see it when its training ended before the declaration date. The service
    compares that instant with the last day of the training as if that day were its first moment in UTC.
    """
    yield declaration.lead_provider_id
    if declaration.retired:
        return
    trained = [t for t in training_periods if t.role == declaration.role and t.partnership_id]
    for other in sorted({t.lead_provider_id for t in trained if t.lead_provider_id} - {declaration.lead_provider_id}):
        last = latest(t for t in trained if t.lead_provider_id == other)
        if last and declaration.declaration_date <= f"{last.finished_on}T00:00:00Z":
            yield other
