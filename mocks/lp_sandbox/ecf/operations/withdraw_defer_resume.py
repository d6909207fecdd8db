"""Withdraws, defers and resumes a participant's training."""

from __future__ import annotations

from collections.abc import Mapping

from lp_sandbox.ecf.emails import send_withdrawal
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.operations.participants import answer, current_ids
from lp_sandbox.ecf.people import latest
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, EcfPartnership, EcfTrainee, Profile
from lp_sandbox.ecf.rules.participants import Leaving, Resumption, Training
from lp_sandbox.ecf.training_moves import changed_from_today
from lp_sandbox.programme.people import COURSES, trained_by
from lp_sandbox.programme.records import STARTED, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where

ACTIVE: Mapping[str, str | None] = dict.fromkeys(
    ("withdrawn_at", "withdrawal_reason", "deferred_at", "deferral_reason")
)
"""What training holds that is neither withdrawn nor deferred."""


def withdraw(call: Call) -> bytes:
    """Withdraw a participant from training."""
    training = training_of_request(call)
    facts = _leaving(call, training, reason_counts=training.takes_the_course)
    call.judge(facts)
    _tell_the_school(call, required(training.training_period))
    return _change_status(call, training, withdrawn_at=call.stamp, withdrawal_reason=facts.reason)


def defer(call: Call) -> bytes:
    """Defer a participant's training."""
    training = training_of_request(call)
    facts = _leaving(call, training, reason_counts=True)
    call.judge(facts)
    return _change_status(call, training, deferred_at=call.stamp, deferral_reason=facts.reason)


def resume(call: Call) -> bytes:
    """Resume a participant's training, which is deferred or withdrawn."""
    training = training_of_request(call)
    call.judge(Resumption(training))
    return _change_status(call, training)


def training_of_request(call: Call) -> Training:
    """Look up the training that a request names: challenged partnerships and details without validation count too."""
    course = call.text("course_identifier")
    role, participant_id = COURSES.get(course), _participant_id(call)
    of_role = Where("participant_id", "=", participant_id), Where("role", "=", role)
    training = call.store.find(TrainingPeriod, call.world.id, *of_role)
    return Training(
        participant_id=participant_id,
        course=course,
        profile=next(iter(call.store.find(Profile, call.world.id, *of_role)), None),
        training_period=latest(each for each in training if trained_by(each) == call.lead_provider_id),
    )


def record_training(call: Call, *training_periods: TrainingPeriod) -> bytes:
    """Store training periods of a participant, and return the answer that shows the participant.

    A participant whom the lead provider does not see is shown without enrolments.
    """
    call.store.put(call.world.id, *training_periods)
    participant_id = training_periods[0].participant_id
    record_change(call, [participant_id])
    trainee = call.store.get(EcfTrainee, call.world.id, call.lead_provider_id, participant_id)
    return answer(call, trainee or EcfTrainee.unseen(call.lead_provider_id, participant_id))


def _leaving(call: Call, training: Training, *, reason_counts: bool) -> Leaving:
    reasons = call.operation.attributes["reason"]["enum"]
    return Leaving(training, call.text("reason"), reasons, reason_counts, _has_started(call, training.profile))


def _has_started(call: Call, profile: Profile | None) -> bool:
    if profile is None:
        return False
    of_role = Where("participant_id", "=", profile.participant_id), Where("role", "=", profile.role)
    started = Where("declaration_type", "=", STARTED)
    return bool(call.store.find(EcfDeclaration, call.world.id, *of_role, started))


def _tell_the_school(call: Call, training_period: TrainingPeriod) -> None:
    partnership = required(call.store.get(EcfPartnership, call.world.id, training_period.partnership_id or ""))
    participant = required(call.store.get(EcfParticipant, call.world.id, training_period.participant_id))
    send_withdrawal(call, partnership, participant)


def _change_status(call: Call, training: Training, **event: str) -> bytes:
    changed = changed_from_today(call, required(training.training_period), **{**ACTIVE, **event})
    return record_training(call, *changed)


def _participant_id(call: Call) -> str | None:
    """Return the id of the participant whom the path names by their id, or else by an earlier one."""
    named = read_id(call.path["id"])
    if call.store.get(EcfParticipant, call.world.id, named):
        return named
    return next(iter(current_ids(call, named)), None)
