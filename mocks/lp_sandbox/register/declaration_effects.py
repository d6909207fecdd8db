"""What follows from declarations and eligibility: statements for submitted declarations, and a mentor's completion.

Call these functions within the transaction of the request that causes the change.
"""

from __future__ import annotations

from lp_sandbox.programme.day_arithmetic import day_after
from lp_sandbox.programme.people import COMPLETION_DECLARED, continued, latest
from lp_sandbox.programme.records import MENTOR, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.register.rebuild_list_rows import rebuild_declaration_listings, record_change
from lp_sandbox.register.records import Declaration
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def assign_statements(call: Call, participant_id: str, role: str) -> None:
    """Put a participant's submitted declarations into statements, once eligibility in the role is confirmed.

    A declaration for which no statement is open stays submitted.
    """
    of_participant = Where("participant_id", "=", participant_id)
    submitted = Where("role", "=", role), Where("retired", "=", 0), Where("statement_id", "is", None)
    assigned = []
    for declaration in call.store.find(Declaration, call.world.id, of_participant, *submitted):
        statement = open_statement(call, declaration.lead_provider_id, declaration.cohort)
        if statement:
            changes = {"statement_id": statement.id, "updated_at": call.stamp}
            assigned.append(call.store.update(call.world.id, declaration, **changes))
    training_periods = call.store.find(TrainingPeriod, call.world.id, of_participant)
    rebuild_declaration_listings(call.store, call.world.id, assigned, training_periods)


def complete_mentor(call: Call, mentor: Participant, training_period: TrainingPeriod, completed_on: str) -> None:
    """End a mentor's funding and training after a completed declaration.

    Training that starts on the day of the completion, or later, ends on its first day.
    """
    if training_period.finished_on > call.today:
        last_day = max(completed_on, training_period.started_on)
        call.store.update(call.world.id, training_period, finished_on=last_day, moved_at=call.stamp)
    _set_funding_end(call, mentor, completed_on, COMPLETION_DECLARED)


def undo_completion(call: Call, mentor: Participant, voided: Declaration) -> None:
    """Fund a mentor again after a completed declaration was voided, and continue the training that it ended."""
    training_periods = call.store.find(
        TrainingPeriod,
        call.world.id,
        Where("participant_id", "=", mentor.id),
        Where("role", "=", MENTOR),
        Where("lead_provider_id", "=", voided.lead_provider_id),
    )
    last = latest(training_period for training_period in training_periods if training_period.partnership_id)
    if last and last.finished_on <= call.today:
        _continue_training(call, last, make_id(call.world.seed, "training-period", voided.id))
    _set_funding_end(call, mentor, None, None)


def _set_funding_end(call: Call, mentor: Participant, last_day: str | None, reason: str | None) -> None:
    record_change(call, [mentor.id], mentor_ineligible_on=last_day, mentor_ineligible_reason=reason)


def _continue_training(call: Call, last: TrainingPeriod, id: str) -> None:
    """Train from the day after the last training period to the end of the school period.

    `record_change` refuses the training if none of that time is left, or another lead provider trains the mentor then.
    """
    school_period = required(call.store.get(SchoolPeriod, call.world.id, last.school_period_id))
    days = {"started_on": day_after(last.finished_on), "finished_on": school_period.finished_on}
    call.store.add(call.world.id, [continued(last, id=id, created_at=call.stamp, **days)])
