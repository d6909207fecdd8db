"""Rebuilds what lead providers list of people and declarations whenever the records they are made from change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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
from lp_sandbox.ecf.resources.participants import with_document
from lp_sandbox.ecf.transfers import transferred_participants
from lp_sandbox.ecf.unfunded_mentors import unfunded_mentors
from lp_sandbox.programme.records import Mentorship, SchoolPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Store, Where


def record_change(call: Call, participant_ids: Collection[str]) -> None:
    """Record that participants, or anything of theirs, changed now, and rebuild what lead providers list of them.

    Call it after the records are written, within the same transaction.
    """
    ids = tuple(participant_ids)
    call.store.change(EcfParticipant, call.world.id, {"updated_at": call.stamp}, Where("id", "in", ids))
    rebuild_list_rows(call.store, call.world.id, ids, call.today)


def record_change_at_school(call: Call, school_id: str) -> None:
    """Record that everybody who is or was at a school changed now: its partnerships or its choice changed."""
    there = Where("school_id", "=", school_id)
    record_change(call, {id_ for (id_,) in call.store.rows(SchoolPeriod, ("participant_id",), call.world.id, there)})


def rebuild_list_rows(store: Store, world: str, participant_ids: Collection[str], today: str) -> None:
    """Rebuild every lead provider's rows of participants, their declarations and their mentors, from their records."""
    histories = histories_of(store, world, participant_ids)
    challenged = challenged_in(store, world, histories)
    listed = Where("participant_id", "in", tuple(participant_ids))
    store.remove(EcfTrainee, world, listed)
    related = related_records(store, world, histories)
    store.add(
        world,
        (
            with_document(trainee, history, related, today)
            for history in histories
            for trainee in trainees_of(history, challenged)
        ),
    )
    store.remove(ListedProfile, world, listed)
    store.add(world, (each for history in histories for each in listed_profiles_of(history, challenged)))
    store.remove(TransferredParticipant, world, listed)
    store.add(world, (each for history in histories for each in transferred_participants(history)))
    _rebuild_listings(store, world, histories)
    mentors = {mentorship.mentor_id for history in histories for mentorship in history.mentorships}
    _rebuild_unfunded_mentors(store, world, mentors | set(participant_ids))


def _rebuild_unfunded_mentors(store: Store, world: str, mentor_ids: Collection[str]) -> None:
    by_mentor = Where("mentor_id", "in", tuple(mentor_ids))
    ect_ids = {id_ for (id_,) in store.rows(Mentorship, ("ect_id",), world, by_mentor)}
    histories = histories_of(store, world, ect_ids | set(mentor_ids))
    challenged = challenged_in(store, world, histories)
    mentors = [history for history in histories if history.participant.id in mentor_ids]
    ects = [history for history in histories if history.participant.id in ect_ids]
    store.remove(EcfUnfundedMentor, world, Where("participant_id", "in", tuple(mentor_ids)))
    store.add(world, unfunded_mentors(mentors, ects, challenged))


def challenged_in(store: Store, world: str, histories: Sequence[History]) -> frozenset[str]:
    """Return the ids of the challenged partnerships under which participants trained."""
    partnership_ids = {each.partnership_id for history in histories for each in history.training_periods}
    return challenged_among(store, world, partnership_ids - {None})


def rebuild_listings(store: Store, world: str, participant_ids: Collection[str]) -> None:
    """Rebuild every lead provider's rows of the declarations for participants."""
    _rebuild_listings(store, world, histories_of(store, world, participant_ids))


def _rebuild_listings(store: Store, world: str, histories: Sequence[History]) -> None:
    by_id = {history.participant.id: history for history in histories}
    declarations = store.find(EcfDeclaration, world, Where("participant_id", "in", tuple(by_id)))
    if declarations:
        store.remove(
            EcfListedDeclaration, world, Where("declaration_id", "in", tuple(each.id for each in declarations))
        )
        for each in declarations:
            store.add(world, declaration_listings([each], by_id[each.participant_id]))


def challenged_among(store: Store, world: str, partnership_ids: Collection[str | None]) -> frozenset[str]:
    """Return the ids of those partnerships that are challenged."""
    of_ids = Where("id", "in", tuple(partnership_ids))
    rows = store.rows(EcfPartnership, ("id", "challenged_at"), world, of_ids)
    return frozenset(id_ for id_, challenged_at in rows if challenged_at)
