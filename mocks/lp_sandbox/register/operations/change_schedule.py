"""Changes the schedule of a participant's training, and perhaps the cohort."""

from __future__ import annotations

from typing import Any

from lp_sandbox.programme.day_arithmetic import day_before
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.people import completed_on, in_role
from lp_sandbox.programme.records import Cohort, Induction, Milestone, Participant, TrainingPeriod
from lp_sandbox.register.operations.withdraw_defer_resume import (
    changed_now,
    continue_today,
    end_by,
    school_period_of,
    training_of_request,
)
from lp_sandbox.register.people import participant_status
from lp_sandbox.register.rebuild_list_rows import rebuild_programme_choice
from lp_sandbox.register.records import Declaration, Partnership
from lp_sandbox.register.rules.participants import Declared, ScheduleChange
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Slice, Where

_NEWEST_FIRST = Slice((("created_at", True), ("id", True)))


def change_schedule(call: Call) -> bytes:
    """Move a participant to another schedule, and perhaps to another cohort."""
    facts = _schedule_change(call)
    call.judge(facts)
    training_period = required(facts.training.training_period)
    cohort = required(facts.cohort).year
    changes = {
        "schedule": facts.schedule,
        "cohort": cohort,
        "partnership_id": required(facts.partnership).id,
    }
    _record_frozen_cohort(call, facts)
    under_way = training_period.started_on < call.today and not facts.completed
    (_split if under_way else _edit)(call, facts, changes)
    answer = changed_now(call, training_period.participant_id)
    if facts.cohort_changes:
        for year in (training_period.cohort, cohort):
            rebuild_programme_choice(call, training_period.school_id, year)
    return answer


def _schedule_change(call: Call) -> ScheduleChange:
    training, schedule = training_of_request(call), call.text("schedule_identifier")
    cohort = _new_cohort(call, training.training_period)
    milestones = _milestones(call, cohort, schedule)
    return ScheduleChange(
        training=training,
        schedule=schedule,
        schedules=call.operation.attributes["schedule_identifier"]["enum"],
        now=call.stamp,
        cohort=cohort,
        cohort_has_schedule=bool(milestones),
        **_of_training(call, training.training_period, cohort, milestones),
    )


def _of_training(
    call: Call, training_period: TrainingPeriod | None, cohort: Cohort | None, milestones: dict[str, Milestone]
) -> dict[str, Any]:
    """Look up the facts that depend on the training period; without one, return facts that break no rule."""
    if training_period is None or cohort is None:
        nothing = ("partnership", "frozen_cohort", "participant_status")
        return dict.fromkeys(nothing) | {"completed": False, "starts_later": False, "declarations": ()}
    of_participant = Where("participant_id", "=", training_period.participant_id)
    participants, inductions, in_this_role, declarations = call.store.find_each(
        call.world.id,
        (Participant, Where("id", "=", training_period.participant_id)),
        (Induction, of_participant),
        (TrainingPeriod, of_participant, Where("role", "=", training_period.role)),
        (Declaration, *_declared_for(training_period)),
    )
    participant = required(next(iter(participants), None))
    completed = completed_on(participant, training_period.role, inductions)
    return {
        "partnership": _partnership(call, training_period, cohort.year),
        "frozen_cohort": in_role(participant, training_period.role).frozen_cohort,
        "completed": completed is not None,
        "participant_status": participant_status(training_period, completed, call.today),
        "starts_later": any(each.started_on > training_period.started_on for each in in_this_role),
        "declarations": [_declared(each, milestones) for each in declarations],
    }


def _new_cohort(call: Call, training_period: TrainingPeriod | None) -> Cohort | None:
    """Return the cohort that the request names; where it names none that exists, the present one."""
    named = call.store.get(Cohort, call.world.id, query.leading_number(call.text("cohort")))
    return named or (call.store.get(Cohort, call.world.id, training_period.cohort) if training_period else None)


def _milestones(call: Call, cohort: Cohort | None, schedule: str) -> dict[str, Milestone]:
    where = Where("cohort", "=", cohort and cohort.year), Where("schedule", "=", schedule)
    return {milestone.declaration_type: milestone for milestone in call.store.find(Milestone, call.world.id, *where)}


def _partnership(call: Call, training_period: TrainingPeriod, cohort: int) -> Partnership | None:
    """Return the partnership to train under: in another cohort, with the same delivery partner or else the newest."""
    present = call.store.get(Partnership, call.world.id, training_period.partnership_id)
    if present is None or cohort == training_period.cohort:
        return present
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("school_id", "=", training_period.school_id),
        Where("cohort", "=", cohort),
    )
    there = call.store.find(Partnership, call.world.id, *where, part=_NEWEST_FIRST)
    same = (one for one in there if one.delivery_partner_id == present.delivery_partner_id)
    return next(same, next(iter(there), None))


def _declared(declaration: Declaration, milestones: dict[str, Milestone]) -> Declared:
    return Declared(
        day=day(parse(declaration.declaration_date)),
        milestone=milestones.get(declaration.declaration_type),
        cohort=declaration.cohort if declaration.statement_id or declaration.clawback_statement_id else None,
    )


def _declared_for(training_period: TrainingPeriod) -> tuple[Where, Where]:
    """Return the conditions of the declarations for a training period. The index for them is by participant."""
    of_participant = Where("participant_id", "=", training_period.participant_id)
    return of_participant, Where("training_period_id", "=", training_period.id)


def _split(call: Call, facts: ScheduleChange, changes: dict[str, Any]) -> None:
    """End the training period yesterday, and continue it today with the changes."""
    training_period = required(facts.training.training_period)
    ends = (training_period.finished_on, school_period_of(call, training_period).finished_on)
    finished_on = min((end for end in ends if end >= call.today), default=FOREVER)
    end_by(call, training_period, day_before(call.today))
    continue_today(call, training_period, finished_on=finished_on, **changes)


def _edit(call: Call, facts: ScheduleChange, changes: dict[str, Any]) -> None:
    """Change a training period that has not begun, or that is completed, without splitting it."""
    training_period = required(facts.training.training_period)
    if facts.cohort_changes:
        if any(declared.cohort for declared in facts.declarations):
            raise call.problem("records_agree")
        moved = {"cohort": changes["cohort"], "updated_at": call.stamp}
        call.store.change(Declaration, call.world.id, moved, *_declared_for(training_period))
    call.store.update(call.world.id, training_period, **changes)


def _record_frozen_cohort(call: Call, facts: ScheduleChange) -> None:
    """Record the cohort that a participant leaves because its payments are frozen, until the participant returns."""
    training_period = facts.training.training_period
    if training_period is None or not facts.cohort_changes:
        return
    left = call.store.get(Cohort, call.world.id, training_period.cohort)
    leaves_frozen = is_frozen(left, call.stamp)
    if leaves_frozen or is_frozen(facts.cohort, call.stamp):
        year = training_period.cohort if leaves_frozen else None
        changes = {f"{training_period.role}_frozen_cohort": year}
        call.store.change(Participant, call.world.id, changes, Where("id", "=", training_period.participant_id))
