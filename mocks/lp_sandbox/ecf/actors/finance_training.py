"""Finance finds participants, and changes training statuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lp_sandbox.ecf.actors.finance_participant import participant_in_training
from lp_sandbox.ecf.actors.participant_lookups import history_of, profile_in
from lp_sandbox.ecf.actors.rules.finance import TrainingStatusChange
from lp_sandbox.ecf.change_training import changed_from_today
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.operations.participants import current_ids
from lp_sandbox.ecf.operations.withdraw_defer_resume import ACTIVE
from lp_sandbox.ecf.people import latest
from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import required

EVENTS: Mapping[str, tuple[str, str]] = {
    "deferred": ("deferred_at", "deferral_reason"),
    "withdrawn": ("withdrawn_at", "withdrawal_reason"),
}
"""The columns of a training period with the time of a change of status, and its reason."""


def find_participants(call: Call) -> bytes:
    """Find a participant by a present or former id, or by the id of a declaration."""
    searched = read_id(text_of(call.parameters.get("search")))
    declaration = call.store.get(EcfDeclaration, call.world.id, searched)
    ids = (searched, *current_ids(call, searched), *([declaration.participant_id] if declaration else ()))
    found = filter(None, (history_of(call, id_) for id_ in ids))
    return many(participant_in_training(call, history) for history in found)


def change_training_status(reasons: Mapping[str, Collection[str]], call: Call) -> bytes:
    """Change the training status of a participant. `reasons` has the reasons of each status that needs one."""
    facts = _facts(call, reasons)
    call.judge(facts)
    event = dict(zip(EVENTS.get(facts.training_status, ()), (call.stamp, facts.reason), strict=False))
    call.store.put(call.world.id, *changed_from_today(call, required(facts.training_period), **{**ACTIVE, **event}))
    participant_id = required(facts.participant).id
    record_change(call, [participant_id])
    return one(participant_in_training(call, required(history_of(call, participant_id))))


def _facts(call: Call, reasons: Mapping[str, Collection[str]]) -> TrainingStatusChange:
    history, role, status = (
        history_of(call, call.id_in("participant_id")),
        call.text("participant_type"),
        call.text("training_status"),
    )
    training = [each for each in history.training_periods if each.role == role] if history else []
    return TrainingStatusChange(
        participant=history.participant if history else None,
        profile=profile_in(history, role),
        training_period=latest(training),
        training_status=status,
        reason=call.text("reason"),
        reasons=reasons.get(status, ()),
    )
