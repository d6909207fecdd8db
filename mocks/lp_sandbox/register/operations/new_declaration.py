"""A declaration on its way: what is known of what was sent, and the record that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    STARTED,
    Cohort,
    Declaration,
    Mentorship,
    Milestone,
    Participant,
    Partnership,
    School,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.register.ledger import Ledger
from lp_sandbox.register.people import COURSES, in_role, latest
from lp_sandbox.register.rules.declarations import NewDeclaration
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import day, parse, parse_as_utc, stamp
from lp_sandbox.worlds.ids import make_id, read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where

FIELDS = ("participant_id", "course_identifier", "declaration_type", "declaration_date", "evidence_held")


def found_out(call: Call) -> NewDeclaration:
    """Look up what is known of what was sent."""
    participant_id, course, kind, written, evidence = map(call.text, FIELDS)
    role = COURSES.get(course, MENTOR)  # as in the service, what is no course counts as that of mentors
    compared, recorded = _moment(written, parse_as_utc), _moment(written, parse)
    id_ = read_id(participant_id)
    participant = call.store.get(Participant, call.world.id, id_)
    of_participant = Where("participant_id", "=", id_)
    periods = call.store.find(TrainingPeriod, call.world.id, of_participant)
    mine = [p for p in periods if p.lead_provider_id == call.lead_provider_id and p.partnership_id]
    in_this_role = [period for period in periods if period.role == role]
    training = latest(period for period in mine if period.role == role)
    cohort = _cohort(call, training)
    return NewDeclaration(
        participant_id=participant_id,
        declaration_type=kind,
        declaration_date=written,
        evidence_held=evidence,
        role=COURSES.get(course),
        now=call.stamp,
        date=stamp(compared) if compared else None,
        day=day(compared) if compared else None,
        recorded_at=stamp(recorded) if recorded else None,
        participant=participant,
        eligible=participant is not None and in_role(participant, role).eligible_at is not None,
        training=training,
        trained=bool(mine),
        cohort=cohort,
        milestone=_milestone(call, training, kind),
        standing=call.store.find(
            Declaration, call.world.id, of_participant, Where("role", "=", role), Where("retired", "=", 0)
        ),
        takes_evidence=_evidence(call, cohort, role, kind),
        statement=_statement(call, cohort),
        frozen_cohort=_frozen_cohort(call, in_this_role),
    )


def declaration_of(call: Call, facts: NewDeclaration) -> Declaration:
    """Make the record of a declaration that breaks no rule."""
    training, cohort = required(facts.training), required(facts.cohort)
    partnership = required(call.store.get(Partnership, call.world.id, training.partnership_id))
    event, recorded_at = (training.participant_id, training.role, facts.declaration_type), required(facts.recorded_at)
    pupil_premium, sparsity = _uplifts(call, facts, training)
    return Declaration(
        id=make_id(call.world.seed, "declaration", *event, _made_before(call, *event)),
        participant_id=training.participant_id,
        role=training.role,
        training_period_id=training.id,
        lead_provider_id=call.lead_provider_id,
        cohort=cohort.year,
        declaration_type=facts.declaration_type,
        declaration_date=recorded_at,
        delivery_partner_id=partnership.delivery_partner_id,
        mentor_id=_mentor(call, training, day(parse(recorded_at))) if training.role == ECT else None,
        evidence_held=facts.evidence_held if facts.takes_evidence is not None else None,
        pupil_premium=pupil_premium,
        sparsity=sparsity,
        statement_id=facts.statement.id if facts.statement and facts.eligible else None,
        voided_at=None,
        clawback_statement_id=None,
        retired=0,
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _moment(written: str, read: Callable[[str], datetime]) -> datetime | None:
    """Read the declaration date. The service takes what has no zone for UTC in comparisons, and records London time."""
    try:
        return read(written)
    except ValueError:
        return None


def _cohort(call: Call, training: TrainingPeriod | None) -> Cohort | None:
    return call.store.get(Cohort, call.world.id, training.cohort) if training else None


def _statement(call: Call, cohort: Cohort | None) -> Statement | None:
    ledger = Ledger(call.store, call.world, call.now)
    return ledger.open_statement(call.lead_provider_id, cohort.year) if cohort else None


def _milestone(call: Call, training: TrainingPeriod | None, kind: str) -> Milestone | None:
    return call.store.get(Milestone, call.world.id, training.cohort, training.schedule, kind) if training else None


def _frozen_cohort(call: Call, periods: Iterable[TrainingPeriod]) -> int | None:
    """Return the cohort of today's training, whoever trains, if its payments are frozen."""
    today = {p.cohort for p in periods if p.schedule and p.started_on <= call.today <= p.finished_on}
    frozen = call.store.rows(
        Cohort,
        ("year",),
        call.world.id,
        Where("year", "in", tuple(today)),
        Where("payments_frozen_at", "<=", call.stamp),
    )
    return next((year for (year,) in frozen), None)


def _evidence(call: Call, cohort: Cohort | None, role: str, kind: str) -> Sequence[str] | None:
    """Look up which evidence a declaration takes; None when it needs none."""
    table: Sequence[Mapping[str, Any]] = (call.operation.request or {})["x-evidence"]
    detailed = cohort.detailed_evidence if cohort else None
    rows = (row for row in table if row["detailed"] == detailed and role in row["roles"] and kind in row["types"])
    taken: Sequence[str] | None = next((row["takes"] for row in rows), None)
    return taken


def _uplifts(call: Call, facts: NewDeclaration, training: TrainingPeriod) -> tuple[bool, bool]:
    """Say whether the school brings the pupil premium and the sparsity uplift: only to the start of the training."""
    uplifted = facts.declaration_type == STARTED and facts.cohort is not None and facts.cohort.uplift_fees
    school = call.store.get(School, call.world.id, training.school_id) if uplifted else None
    return (school.pupil_premium, school.sparsity) if school else (False, False)


def _made_before(call: Call, participant_id: str, role: str, kind: str) -> int:
    where = (
        Where("participant_id", "=", participant_id),
        Where("role", "=", role),
        Where("declaration_type", "=", kind),
    )
    return len(call.store.rows(Declaration, ("id",), call.world.id, *where))


def _mentor(call: Call, training: TrainingPeriod, on: str) -> str | None:
    """Return the mentor of an ECT on a day, or whoever was it at the nearest time."""
    at_school = Where("ect_school_period_id", "=", training.school_period_id)
    mentorships = call.store.find(Mentorship, call.world.id, at_school)
    nearest = min(mentorships, key=lambda m: (_days_off(m, date.fromisoformat(on)), m.started_on), default=None)
    return nearest.mentor_id if nearest else None


def _days_off(mentorship: Mentorship, on: date) -> int:
    first, last = date.fromisoformat(mentorship.started_on), date.fromisoformat(mentorship.finished_on)
    return max(0, (first - on).days, (on - last).days)
