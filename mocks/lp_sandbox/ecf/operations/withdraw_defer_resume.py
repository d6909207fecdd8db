"""Withdraws, defers and resumes a participant's training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lp_sandbox.ecf.change_training import changed_from_today
from lp_sandbox.ecf.emails import send_withdrawal
from lp_sandbox.ecf.list_rows import Rebuilt, record_change
from lp_sandbox.ecf.operations.participants import training_named
from lp_sandbox.ecf.people import active_profile, latest
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, EcfPartnership, Profile
from lp_sandbox.ecf.rules.participants import Leaving, Resumption, Training
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
Show = Callable[[Call, TrainingPeriod, Rebuilt], bytes]
"""Returns the answer to a request that changed training."""


def withdraw(call: Call, show: Show) -> bytes:
    """Withdraw a participant from training."""
    training = training_of_request(call)
    facts = _leaving(call, training, reason_counts=training.takes_the_course)
    call.judge(facts)
    _tell_the_school(call, required(training.training_period))
    return _change_status(call, show, training, withdrawn_at=call.stamp, withdrawal_reason=facts.reason)


def defer(call: Call, show: Show) -> bytes:
    """Defer a participant's training."""
    training = training_of_request(call)
    facts = _leaving(call, training, reason_counts=True)
    call.judge(facts)
    return _change_status(call, show, training, deferred_at=call.stamp, deferral_reason=facts.reason)


def resume(call: Call, show: Show) -> bytes:
    """Resume a participant's training, which is deferred or withdrawn."""
    training = training_of_request(call)
    call.judge(Resumption(training))
    return _change_status(call, show, training)


def training_of_request(call: Call) -> Training:
    """Look up the training that a request names: challenged partnerships and details without validation count too."""
    course, history = call.text("course_identifier"), training_named(call, read_id(call.path["id"]))
    profile = active_profile(history, COURSES.get(course)) if history else None
    in_role = (each for each in history.training_periods if each.role == profile.role) if history and profile else ()
    return Training(
        participant_id=history.participant.id if history else None,
        course=course,
        profile=profile,
        training_period=latest(each for each in in_role if trained_by(each) == call.lead_provider_id),
    )


def record_training(call: Call, show: Show, training_period: TrainingPeriod, **changes: Any) -> bytes:
    """Change training from today on, and return the answer that shows it."""
    first, *continued = changed_from_today(call, training_period, **changes)
    call.store.replace(call.world.id, [training_period], [first, *continued])
    rebuilt = record_change(call, [training_period.participant_id])
    return show(call, continued[0] if continued else first, rebuilt)


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
    partnership, participant = call.store.get_each(
        call.world.id,
        (EcfPartnership, training_period.partnership_id),
        (EcfParticipant, training_period.participant_id),
    )
    send_withdrawal(call, required(partnership), required(participant))


def _change_status(call: Call, show: Show, training: Training, **event: str) -> bytes:
    return record_training(call, show, required(training.training_period), **{**ACTIVE, **event})
