"""What a lead provider tells of training: it is withdrawn, deferred, resumed, or goes on with another schedule."""

from __future__ import annotations

from typing import Any

import msgspec

from lp_sandbox.programme.records import ECT, MENTOR, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.listings import changed
from lp_sandbox.register.operations.participants import mine, shown
from lp_sandbox.register.people import COURSES
from lp_sandbox.register.rules.participants import Leaving, Resumption, Training
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import one
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Where


def withdraw(call: Call) -> bytes:
    """Withdraw a participant from training."""
    facts = _leaving(call)
    call.judge(facts)
    return _ended(call, facts.training, withdrawn_at=call.stamp, withdrawal_reason=facts.reason)


def defer(call: Call) -> bytes:
    """Defer a participant's training."""
    facts = _leaving(call)
    call.judge(facts)
    return _ended(call, facts.training, deferred_at=call.stamp, deferral_reason=facts.reason)


def resume(call: Call) -> bytes:
    """Let a participant train again, from today."""
    facts = _resumption(call)
    call.judge(facts)
    period = required(facts.training.period)
    return written(call, from_today(call, period, finished_on=facts.at_school_until))


def training_meant(call: Call) -> Training:
    """Look up the training that a request is about."""
    role = COURSES.get(call.text("course_identifier"))
    trainee = mine(call)
    latest = {ECT: trainee.ect_training_period_id, MENTOR: trainee.mentor_training_period_id}.get(role or "")
    return Training(role, call.store.get(TrainingPeriod, call.world.id, latest) if latest else None, call.today)


def _leaving(call: Call) -> Leaving:
    return Leaving(training_meant(call), call.text("reason"), call.operation.attributes["reason"]["enum"])


def _resumption(call: Call) -> Resumption:
    training = training_meant(call)
    period = training.period
    if period is None:
        return Resumption(training, (), FOREVER)
    there = Where("school_period_id", "=", period.school_period_id)
    others = [other for other in call.store.find(TrainingPeriod, call.world.id, there) if other.id != period.id]
    return Resumption(training, others, at_school_until(call, period))


def at_school_until(call: Call, period: TrainingPeriod) -> str:
    """Return the last day of the time at the school that training belongs to."""
    return required(call.store.get(SchoolPeriod, call.world.id, period.school_period_id)).finished_on


def _ended(call: Call, training: Training, **event: str) -> bytes:
    return written(call, msgspec.structs.replace(finished(call, required(training.period), call.today), **event))


def finished(call: Call, period: TrainingPeriod, last: str) -> TrainingPeriod:
    """End training on a day, if it does not end before."""
    if period.finished_on <= last:
        return period
    return msgspec.structs.replace(period, finished_on=last, moved_at=call.stamp)


def from_today(call: Call, period: TrainingPeriod, **new: Any) -> TrainingPeriod:
    """Make training that goes on from today where other training ended."""
    fresh = dict.fromkeys(("withdrawn_at", "withdrawal_reason", "deferred_at", "deferral_reason", "moved_at"))
    return msgspec.structs.replace(
        period,
        id=make_id(call.world.seed, "training-period", period.id, call.today),
        started_on=call.today,
        created_at=call.stamp,
        **{**fresh, **new},
    )


def written(call: Call, *periods: TrainingPeriod) -> bytes:
    """Keep training periods of a participant, and show the participant as it is then."""
    call.store.put(call.world.id, *periods)
    changed(call.store, call.world.id, participant_of(call, periods[0]), call.stamp)
    return one(next(shown(call, [mine(call)])))


def participant_of(call: Call, period: TrainingPeriod) -> Participant:
    """Return whose training it is."""
    return required(call.store.get(Participant, call.world.id, period.participant_id))
