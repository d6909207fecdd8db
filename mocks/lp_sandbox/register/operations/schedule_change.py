"""Training goes on with another schedule, and perhaps in another cohort."""

from __future__ import annotations

from typing import Any

import msgspec

from lp_sandbox.programme.records import Cohort, Declaration, Induction, Milestone, Partnership, TrainingPeriod
from lp_sandbox.register.listings import school_chose
from lp_sandbox.register.operations.training import (
    at_school_until,
    finished,
    from_today,
    participant_of,
    training_meant,
    written,
)
from lp_sandbox.register.people import completed_on, day_before, in_role, participant_status
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
    period = required(facts.training.period)
    cohort = required(facts.cohort).year
    new = {
        "schedule": facts.schedule,
        "cohort": cohort,
        "partnership_id": required(facts.partnership).id,
    }
    _note_frozen_cohort(call, facts)
    begun = period.started_on < call.today and not facts.completed
    answer = written(call, *(_split(call, period, new) if begun else _edited(call, facts, period, new)))
    if facts.cohort_changes:
        for year in (period.cohort, cohort):
            school_chose(call.store, call.world.id, period.school_id, year, call.stamp)
    return answer


def _schedule_change(call: Call) -> ScheduleChange:
    training, schedule = training_meant(call), call.text("schedule_identifier")
    cohort = _cohort_to_train_in(call, training.period)
    milestones = _milestones(call, cohort, schedule)
    return ScheduleChange(
        training=training,
        schedule=schedule,
        schedules=call.operation.attributes["schedule_identifier"]["enum"],
        now=call.stamp,
        cohort=cohort,
        cohort_has_schedule=bool(milestones),
        **_of_training(call, training.period, cohort, milestones),
    )


def _of_training(
    call: Call, period: TrainingPeriod | None, cohort: Cohort | None, milestones: dict[str, Milestone]
) -> dict[str, Any]:
    """Look up the facts that depend on the training; without one there is nothing to say against a change."""
    if period is None or cohort is None:
        nothing = ("partnership", "frozen_cohort", "participant_status")
        return dict.fromkeys(nothing) | {"completed": False, "starts_later": False, "declarations": ()}
    participant = participant_of(call, period)
    of_participant = Where("participant_id", "=", participant.id)
    inductions = call.store.find(Induction, call.world.id, of_participant)
    completed = completed_on(participant, period.role, inductions)
    return {
        "partnership": _partnership(call, period, cohort.year),
        "frozen_cohort": in_role(participant, period.role).frozen_cohort,
        "completed": completed is not None,
        "participant_status": participant_status(period, completed, call.today),
        "starts_later": _starts_later(call, period),
        "declarations": _declared(call, period, milestones),
    }


def _cohort_to_train_in(call: Call, period: TrainingPeriod | None) -> Cohort | None:
    """Return the cohort asked for; when there is none such, the present one."""
    asked = call.store.get(Cohort, call.world.id, query.leading_number(call.text("cohort")))
    return asked or (call.store.get(Cohort, call.world.id, period.cohort) if period else None)


def _milestones(call: Call, cohort: Cohort | None, schedule: str) -> dict[str, Milestone]:
    where = Where("cohort", "=", cohort and cohort.year), Where("schedule", "=", schedule)
    return {milestone.declaration_type: milestone for milestone in call.store.find(Milestone, call.world.id, *where)}


def _partnership(call: Call, period: TrainingPeriod, cohort: int) -> Partnership | None:
    """Return the partnership to train under: in another cohort, with the same delivery partner or else the newest."""
    present = call.store.get(Partnership, call.world.id, period.partnership_id)
    if present is None or cohort == period.cohort:
        return present
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("school_id", "=", period.school_id),
        Where("cohort", "=", cohort),
    )
    there = call.store.find(Partnership, call.world.id, *where, part=_NEWEST_FIRST)
    same = (one for one in there if one.delivery_partner_id == present.delivery_partner_id)
    return next(same, next(iter(there), None))


def _starts_later(call: Call, period: TrainingPeriod) -> bool:
    where = Where("participant_id", "=", period.participant_id), Where("role", "=", period.role)
    starts = call.store.rows(TrainingPeriod, ("started_on",), call.world.id, *where)
    return any(started_on > period.started_on for (started_on,) in starts)


def _declared(call: Call, period: TrainingPeriod, milestones: dict[str, Milestone]) -> list[Declared]:
    of_training = Where("training_period_id", "=", period.id)
    return [
        Declared(
            day=day(parse(declaration.declaration_date)),
            milestone=milestones.get(declaration.declaration_type),
            cohort=declaration.cohort if declaration.statement_id or declaration.clawback_statement_id else None,
        )
        for declaration in call.store.find(Declaration, call.world.id, of_training)
    ]


def _split(call: Call, period: TrainingPeriod, new: dict[str, Any]) -> tuple[TrainingPeriod, ...]:
    """End training yesterday, and let it go on differently from today."""
    ends = (period.finished_on, at_school_until(call, period))
    finished_on = min((end for end in ends if end >= call.today), default=FOREVER)
    return finished(call, period, day_before(call.today)), from_today(call, period, finished_on=finished_on, **new)


def _edited(call: Call, facts: ScheduleChange, period: TrainingPeriod, new: dict[str, Any]) -> tuple[TrainingPeriod]:
    """Change training that is yet to begin, or is completed, where it stands."""
    if facts.cohort_changes:
        if any(declared.cohort for declared in facts.declarations):
            raise call.problem("records_agree")
        of_training = Where("training_period_id", "=", period.id)
        call.store.change(Declaration, call.world.id, {"cohort": new["cohort"], "updated_at": call.stamp}, of_training)
    return (msgspec.structs.replace(period, **new),)


def _note_frozen_cohort(call: Call, facts: ScheduleChange) -> None:
    """Remember the cohort that is left because its payments were frozen, until the participant is back in it."""
    period = facts.training.period
    if period is None or not facts.cohort_changes:
        return
    left = call.store.get(Cohort, call.world.id, period.cohort)
    if _is_frozen(call, left) or _is_frozen(call, facts.cohort):
        year = period.cohort if _is_frozen(call, left) else None
        noted = msgspec.structs.replace(participant_of(call, period), **{f"{period.role}_frozen_cohort": year})
        call.store.put(call.world.id, noted)


def _is_frozen(call: Call, cohort: Cohort | None) -> bool:
    return cohort is not None and cohort.payments_frozen_at is not None and cohort.payments_frozen_at <= call.stamp
