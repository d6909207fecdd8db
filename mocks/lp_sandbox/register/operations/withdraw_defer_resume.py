"""Withdraws, defers and resumes a participant's training."""

from __future__ import annotations

from typing import Any

import msgspec

from lp_sandbox.programme.people import COURSES, continued
from lp_sandbox.programme.records import ECT, MENTOR, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.operations.participants import answer, own_trainee
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.register.rules.participants import Leaving, Resumption, Training
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Where


def withdraw(call: Call) -> bytes:
    """Withdraw a participant from training."""
    facts = _leaving(call)
    call.judge(facts)
    return _end(call, facts.training, withdrawn_at=call.stamp, withdrawal_reason=facts.reason)


def defer(call: Call) -> bytes:
    """Defer a participant's training."""
    facts = _leaving(call)
    call.judge(facts)
    return _end(call, facts.training, deferred_at=call.stamp, deferral_reason=facts.reason)


def resume(call: Call) -> bytes:
    """Resume a participant's training today."""
    facts = _resumption(call)
    call.judge(facts)
    training_period = required(facts.training.training_period)
    return record_training(call, continued_today(call, training_period, finished_on=facts.at_school_until))


def training_of_request(call: Call) -> Training:
    """Look up the training that a request names by participant and course."""
    role = COURSES.get(call.text("course_identifier"))
    trainee = own_trainee(call)
    latest = {ECT: trainee.ect_training_period_id, MENTOR: trainee.mentor_training_period_id}.get(role or "")
    return Training(role, call.store.get(TrainingPeriod, call.world.id, latest) if latest else None, call.today)


def _leaving(call: Call) -> Leaving:
    return Leaving(training_of_request(call), call.text("reason"), call.operation.attributes["reason"]["enum"])


def _resumption(call: Call) -> Resumption:
    training = training_of_request(call)
    training_period = training.training_period
    if training_period is None:
        return Resumption(training, (), FOREVER)
    there = Where("school_period_id", "=", training_period.school_period_id)
    others = [t for t in call.store.find(TrainingPeriod, call.world.id, there) if t.id != training_period.id]
    return Resumption(training, others, at_school_until(call, training_period))


def at_school_until(call: Call, training_period: TrainingPeriod) -> str:
    """Return the last day of the school period that a training period belongs to."""
    return required(call.store.get(SchoolPeriod, call.world.id, training_period.school_period_id)).finished_on


def _end(call: Call, training: Training, **event: str) -> bytes:
    ended = finished_by(call, required(training.training_period), call.today)
    return record_training(call, msgspec.structs.replace(ended, **event))


def finished_by(call: Call, training_period: TrainingPeriod, last_day: str) -> TrainingPeriod:
    """Return a training period that ends on a day at the latest."""
    if training_period.finished_on <= last_day:
        return training_period
    return msgspec.structs.replace(training_period, finished_on=last_day, moved_at=call.stamp)


def continued_today(call: Call, training_period: TrainingPeriod, **changes: Any) -> TrainingPeriod:
    """Return a new training period that continues another one from today."""
    id_ = make_id(call.world.seed, "training-period", training_period.id, call.today)
    return continued(training_period, id=id_, started_on=call.today, created_at=call.stamp, **changes)


def record_training(call: Call, *training_periods: TrainingPeriod) -> bytes:
    """Store training periods of a participant, and return the answer that shows the participant."""
    call.store.put(call.world.id, *training_periods)
    record_change(call, participant_of(call, training_periods[0]))
    return answer(call, own_trainee(call))


def participant_of(call: Call, training_period: TrainingPeriod) -> Participant:
    """Return the participant of a training period."""
    return required(call.store.get(Participant, call.world.id, training_period.participant_id))
