"""Rebuilds what lead providers list of participants whenever the records of participants or partnerships change."""

from __future__ import annotations

from collections.abc import Collection

from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.people import trainees_of
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfTrainee
from lp_sandbox.programme.records import SchoolPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Store, Where


def record_change(call: Call, participant_ids: Collection[str]) -> None:
    """Record that participants, or anything of theirs, changed now, and rebuild what lead providers list of them.

    Call it after the records are written, within the same transaction.
    """
    ids = tuple(participant_ids)
    call.store.change(EcfParticipant, call.world.id, {"updated_at": call.stamp}, Where("id", "in", ids))
    rebuild_trainees(call.store, call.world.id, ids)


def record_change_at_school(call: Call, school_id: str) -> None:
    """Record that everybody who is or was at a school changed now: its partnerships or its choice changed."""
    there = Where("school_id", "=", school_id)
    record_change(call, {id_ for (id_,) in call.store.rows(SchoolPeriod, ("participant_id",), call.world.id, there)})


def rebuild_trainees(store: Store, world: str, participant_ids: Collection[str]) -> None:
    """Rebuild every lead provider's rows of participants from their records."""
    histories = histories_of(store, world, participant_ids)
    partnership_ids = {each.partnership_id for history in histories for each in history.training_periods}
    challenged = challenged_among(store, world, partnership_ids - {None})
    store.remove(EcfTrainee, world, Where("participant_id", "in", tuple(participant_ids)))
    store.add(world, (trainee for history in histories for trainee in trainees_of(history, challenged)))


def challenged_among(store: Store, world: str, partnership_ids: Collection[str | None]) -> frozenset[str]:
    """Return the ids of those partnerships that are challenged."""
    of_ids = Where("id", "in", tuple(partnership_ids))
    rows = store.rows(EcfPartnership, ("id", "challenged_at"), world, of_ids)
    return frozenset(id_ for id_, challenged_at in rows if challenged_at)
