"""What a new partnership does to the school's choice and its participants."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lp_sandbox.ecf.list_rows import challenged_among, record_change_at_school
from lp_sandbox.ecf.programme_choices import choose_programme
from lp_sandbox.ecf.records import EcfPartnership, Removal
from lp_sandbox.ecf.schools import FULL
from lp_sandbox.programme.people import continued
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store import Where


def move_to_partnership(call: Call, partnership: EcfPartnership) -> None:
    """Make a confirmed partnership the school's default programme, and move participants to it.

    Call it after the partnership is stored, in the same transaction. The school's choice becomes the full induction
    programme. Training without a partnership comes under this one; training under a challenged partnership ends today
    and continues under this one. Training under another partnership that is not challenged stays there.
    """
    choose_programme(call, partnership.school_id, partnership.cohort, FULL, partnership.id)
    _move_participants(call, partnership)
    record_change_at_school(call, partnership.school_id)


def _move_participants(call: Call, partnership: EcfPartnership) -> None:
    there = Where("school_id", "=", partnership.school_id), Where("cohort", "=", partnership.cohort)
    training = [each for each in call.store.find(TrainingPeriod, call.world.id, *there) if _is_full_programme(each)]
    challenged = challenged_among(call.store, call.world.id, {each.partnership_id for each in training} - {None})
    removed = _removed(call, training)
    for training_period in training:
        if training_period.partnership_id is None:
            call.store.put(call.world.id, _under(training_period, partnership))
        elif training_period.partnership_id in challenged and training_period.school_period_id not in removed:
            call.store.put(call.world.id, *_moved(call, training_period, partnership))


def _is_full_programme(training_period: TrainingPeriod) -> bool:
    """Return whether training is led by a provider: school-led training has no schedule."""
    return training_period.schedule is not None


def _removed(call: Call, training: list[TrainingPeriod]) -> frozenset[str]:
    """Return the school periods from which the school removed the participant."""
    school_periods = Where("school_period_id", "in", tuple({each.school_period_id for each in training}))
    rows = call.store.rows(Removal, ("school_period_id",), call.world.id, school_periods)
    return frozenset(id_ for (id_,) in rows)


def _under(training_period: TrainingPeriod, partnership: EcfPartnership) -> TrainingPeriod:
    return msgspec.structs.replace(
        training_period, partnership_id=partnership.id, lead_provider_id=partnership.lead_provider_id
    )


def _moved(call: Call, training_period: TrainingPeriod, partnership: EcfPartnership) -> Iterator[TrainingPeriod]:
    """Yield a training period that ends today, and the one that continues it. One that has not started only changes."""
    if training_period.finished_on != FOREVER:
        return
    if training_period.started_on > call.today:
        yield _under(training_period, partnership)
        return
    yield msgspec.structs.replace(training_period, finished_on=call.today, moved_at=call.stamp)
    yield continued(
        _under(training_period, partnership),
        id=make_id(call.world.seed, "training-period", training_period.id, partnership.report_id),
        started_on=call.today,
        created_at=call.stamp,
    )
