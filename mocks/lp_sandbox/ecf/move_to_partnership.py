"""What a new partnership does to the school's choice and its participants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lp_sandbox.ecf.change_training import changed_from_today
from lp_sandbox.ecf.history_lookups import removed_from
from lp_sandbox.ecf.list_rows import challenged_among, record_change_at_school
from lp_sandbox.ecf.programme_choices import choose_programme
from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.ecf.schools import FULL
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request.call import Call
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
    training = [each for each in training_at(call, partnership.school_id, partnership.cohort) if each.schedule]
    challenged = challenged_among(call.store, call.world.id, {each.partnership_id for each in training} - {None})
    under = _under(partnership)
    for training_period in training:
        if training_period.partnership_id is None:
            call.store.update(call.world.id, training_period, **under)
        elif training_period.partnership_id in challenged:
            move_training(call, [training_period], **under)


def training_at(call: Call, school_id: str, cohort: int) -> Sequence[TrainingPeriod]:
    """Return the training of a cohort at a school. School-led training has no schedule."""
    there = Where("school_id", "=", school_id), Where("cohort", "=", cohort)
    return call.store.find(TrainingPeriod, call.world.id, *there)


def move_training(call: Call, training: Sequence[TrainingPeriod], **changes: str | None) -> None:
    """End training today and continue it with changes. Training that has not started only changes.

    Training that has an end, or from which the school has removed the participant, stays as it is.
    """
    removed = removed_from(call.store, call.world.id, {each.participant_id for each in training})
    for each in training:
        if each.finished_on == FOREVER and each.school_period_id not in removed:
            call.store.put(call.world.id, *changed_from_today(call, each, **changes))


def _under(partnership: EcfPartnership) -> Mapping[str, str]:
    return {"partnership_id": partnership.id, "lead_provider_id": partnership.lead_provider_id}
