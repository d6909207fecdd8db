"""Withdraws, defers and resumes a participant's training."""

from __future__ import annotations

from typing import Any

from lp_sandbox.programme.people import COURSES, continued
from lp_sandbox.programme.records import ECT, MENTOR, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.training_lookups import training_within
from lp_sandbox.register.operations.participants import answer, own_trainee
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.register.rules.participants import Leaving, Resumption, Training
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required


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
    continue_today(call, training_period, finished_on=facts.at_school_until)
    return changed_now(call, training_period.participant_id)


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
    school_period = school_period_of(call, training_period)
    others = [each for each in training_within(call, school_period) if each.id != training_period.id]
    return Resumption(training, others, school_period.finished_on)


def school_period_of(call: Call, training_period: TrainingPeriod) -> SchoolPeriod:
    """Return the school period that a training period belongs to."""
    return required(call.store.get(SchoolPeriod, call.world.id, training_period.school_period_id))


def _end(call: Call, training: Training, **event: str) -> bytes:
    training_period = required(training.training_period)
    end_by(call, training_period, call.today, **event)
    return changed_now(call, training_period.participant_id)


def end_by(call: Call, training_period: TrainingPeriod, last_day: str, **changes: Any) -> None:
    """End a training period on a day, unless it has ended by then, and save other changes of it."""
    ends = {"finished_on": last_day, "moved_at": call.stamp} if training_period.finished_on > last_day else {}
    call.store.update(call.world.id, training_period, **ends, **changes)


def continue_today(call: Call, training_period: TrainingPeriod, **changes: Any) -> None:
    """Begin a new training period today that continues another one."""
    id_ = make_id(call.world.seed, "training-period", training_period.id, call.today)
    days = {"started_on": call.today, "created_at": call.stamp}
    call.store.add(call.world.id, [continued(training_period, id=id_, **days, **changes)])


def changed_now(call: Call, participant_id: str) -> bytes:
    """Record that a participant's training changed now, and return the answer that shows the participant."""
    trainees = record_change(call, [participant_id])
    own = (each for each in trainees if each.lead_provider_id == call.lead_provider_id)
    return answer(call, call.found(next(own, None)))
