"""Rebuilds what lead providers list of people and declarations whenever the records they are made from change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeVar

from lp_sandbox.ecf.declaration_listings import declaration_listings
from lp_sandbox.ecf.history_lookups import histories_of, related_records
from lp_sandbox.ecf.people import History, listed_profiles_of, trainees_of
from lp_sandbox.ecf.records import (
    EcfDeclaration,
    EcfListedDeclaration,
    EcfParticipant,
    EcfPartnership,
    EcfTrainee,
    EcfUnfundedMentor,
    ListedProfile,
    TransferredParticipant,
)
from lp_sandbox.ecf.resources.participants import RelatedRecords, with_document
from lp_sandbox.ecf.transfers import transferred_participants
from lp_sandbox.ecf.unfunded_mentors import unfunded_mentors
from lp_sandbox.programme.records import Mentorship, SchoolPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import Record
from lp_sandbox.worlds.store import Store, Where

R = TypeVar("R", bound=Record)


class Rebuilt(NamedTuple):
    """Participants whose rows were rebuilt, and the records besides their histories."""

    histories: Sequence[History]
    related: RelatedRecords


def record_change(call: Call, participant_ids: Collection[str]) -> Rebuilt:
    """Record that participants or their records changed now, and rebuild the rows of lead providers' lists.

    Call it after the records are written, within the same transaction.
    """
    ids = tuple(participant_ids)
    call.store.change(EcfParticipant, call.world.id, {"updated_at": call.stamp}, Where("id", "in", ids))
    return rebuild_list_rows(call.store, call.world.id, ids, call.today)


def record_change_at_school(call: Call, school_id: str) -> None:
    """Record that all present and former participants of a school changed now: its partnerships or choice changed."""
    there = Where("school_id", "=", school_id)
    record_change(call, {id_ for (id_,) in call.store.rows(SchoolPeriod, ("participant_id",), call.world.id, there)})


def rebuild_list_rows(store: Store, world: str, participant_ids: Collection[str], today: str) -> Rebuilt:
    """Rebuild every lead provider's rows of participants, their declarations and their mentors, from their records.

    Returns the histories that were read for it.
    """
    ids = tuple(participant_ids)
    if not ids:
        return Rebuilt((), RelatedRecords({}, {}))
    histories = histories_of(store, world, ids)
    related = related_records(store, world, histories)
    listed = Where("participant_id", "in", ids)
    trainees, profiles, transferred, declarations = store.find_each(
        world, (EcfTrainee, listed), (ListedProfile, listed), (TransferredParticipant, listed), (EcfDeclaration, listed)
    )
    shown = (
        with_document(trainee, history, related, today)
        for history in histories
        for trainee in trainees_of(history, related.challenged)
    )
    store.replace(world, trainees, shown)
    store.replace(world, profiles, _of_each(histories, partial(listed_profiles_of, challenged=related.challenged)))
    store.replace(world, transferred, _of_each(histories, transferred_participants))
    _rebuild_listings(store, world, histories, declarations)
    mentors = {mentorship.mentor_id for history in histories for mentorship in history.mentorships}
    _rebuild_unfunded_mentors(store, world, mentors.union(ids), histories)
    return Rebuilt(histories, related)


def _of_each(histories: Iterable[History], rows_of: Callable[[History], Iterable[R]]) -> Iterator[R]:
    return chain.from_iterable(map(rows_of, histories))


def _rebuild_unfunded_mentors(store: Store, world: str, mentor_ids: Collection[str], known: Sequence[History]) -> None:
    """Rebuild the rows of unfunded mentors. Histories that are known are not read again."""
    mentorships, former = store.find_each(
        world,
        (Mentorship, Where("mentor_id", "in", tuple(mentor_ids))),
        (EcfUnfundedMentor, Where("participant_id", "in", tuple(mentor_ids))),
    )
    ect_ids = {mentorship.ect_id for mentorship in mentorships}
    if not ect_ids:
        store.replace(world, former, ())
        return
    others = ect_ids.union(mentor_ids) - {history.participant.id for history in known}
    histories = [*known, *histories_of(store, world, others)]
    mentors = [history for history in histories if history.participant.id in mentor_ids]
    ects = [history for history in histories if history.participant.id in ect_ids]
    store.replace(world, former, unfunded_mentors(mentors, ects, challenged_in(store, world, histories)))


def challenged_in(store: Store, world: str, histories: Sequence[History]) -> frozenset[str]:
    """Return the ids of the challenged partnerships under which participants trained."""
    partnership_ids = {each.partnership_id for history in histories for each in history.training_periods}
    return challenged_among(store, world, partnership_ids - {None})


def rebuild_listings(store: Store, world: str, participant_ids: Collection[str]) -> None:
    """Rebuild every lead provider's rows of the declarations for participants."""
    declarations = store.find(EcfDeclaration, world, Where("participant_id", "in", tuple(participant_ids)))
    _rebuild_listings(store, world, histories_of(store, world, participant_ids), declarations)


def _rebuild_listings(
    store: Store, world: str, histories: Sequence[History], declarations: Sequence[EcfDeclaration]
) -> None:
    by_id = {history.participant.id: history for history in histories}
    of_declarations = Where("declaration_id", "in", tuple(declaration.id for declaration in declarations))
    listed = (declaration_listings([each], by_id[each.participant_id]) for each in declarations)
    store.replace(world, store.find(EcfListedDeclaration, world, of_declarations), chain.from_iterable(listed))


def challenged_among(store: Store, world: str, partnership_ids: Collection[str | None]) -> frozenset[str]:
    """Return the ids of those partnerships that are challenged."""
    of_ids = Where("id", "in", tuple(partnership_ids))
    rows = store.rows(EcfPartnership, ("id", "challenged_at"), world, of_ids)
    return frozenset(id_ for id_, challenged_at in rows if challenged_at)
