"""Records a declaration that a participant reached a milestone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from lp_sandbox.programme.declaration_states import completes_mentor
from lp_sandbox.programme.evidence import evidence_row
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.people import COURSES, in_role, latest
from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    STARTED,
    Cohort,
    Mentorship,
    Milestone,
    Participant,
    School,
    TrainingPeriod,
)
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.register.declaration_effects import complete_mentor
from lp_sandbox.register.operations.declarations import answer
from lp_sandbox.register.people import nearest_mentor
from lp_sandbox.register.rebuild_list_rows import declaration_listings
from lp_sandbox.register.records import Declaration, Partnership
from lp_sandbox.register.rules.declarations import NewDeclaration
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import day, parse, parse_as_utc, stamp
from lp_sandbox.worlds.ids import make_id, read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Conflict, Where

FIELDS = ("participant_id", "course_identifier", "declaration_type", "declaration_date", "evidence_held")


def create(call: Call) -> bytes:
    """Declare that a participant reached a milestone."""
    facts = _facts(call)
    call.judge(facts)
    if facts.recorded_before_milestone:
        raise call.problem("records_agree")
    declaration = _declaration(call, facts)
    try:
        call.store.add(call.world.id, [declaration])
    except Conflict:
        # The rules found none of this type, so another request has recorded one at the same moment: it is the answer.
        (declaration,) = _current(call, declaration)
    else:
        call.store.add(call.world.id, declaration_listings([declaration], facts.training_periods))
        if completes_mentor(declaration):
            complete_mentor(call, required(facts.participant), required(facts.training), required(facts.recorded_on))
    return answer(call, declaration)


def _facts(call: Call) -> NewDeclaration:
    """Look up the facts that decide whether a declaration is accepted."""
    participant_id, course, declaration_type, date, evidence = map(call.text, FIELDS)
    role = COURSES.get(course, MENTOR)  # the service treats an unknown course as the course of mentors
    compared, recorded = _parsed(date, parse_as_utc), _parsed(date, parse)
    id_ = read_id(participant_id)
    of_participant = Where("participant_id", "=", id_)
    participants, training_periods, declarations = call.store.find_each(
        call.world.id,
        (Participant, Where("id", "=", id_)),
        (TrainingPeriod, of_participant),
        (Declaration, of_participant, Where("role", "=", role)),
    )
    participant = next(iter(participants), None)
    own = [t for t in training_periods if t.lead_provider_id == call.lead_provider_id and t.partnership_id]
    training = latest(t for t in own if t.role == role)
    cohorts, milestone = _cohorts_and_milestone(call, training_periods, training, declaration_type)
    cohort = cohorts.get(training.cohort) if training else None
    return NewDeclaration(
        participant_id=participant_id,
        declaration_type=declaration_type,
        declaration_date=date,
        evidence_held=evidence,
        role=COURSES.get(course),
        now=call.stamp,
        date=stamp(compared) if compared else None,
        day=day(compared) if compared else None,
        recorded_at=stamp(recorded) if recorded else None,
        recorded_on=day(recorded) if recorded else None,
        participant=participant,
        eligible=participant is not None and in_role(participant, role).eligible_at is not None,
        training_periods=training_periods,
        training=training,
        trained=bool(own),
        cohort=cohort,
        milestone=milestone,
        declarations=declarations,
        takes_evidence=_evidence(call, cohort, role, declaration_type),
        frozen_cohort=_frozen_cohort(call, (t for t in training_periods if t.role == role), cohorts),
        statement=open_statement(call, call.lead_provider_id, cohort.year) if cohort else None,
    )


def _parsed(written: str, parser: Callable[[str], datetime]) -> datetime | None:
    """Parse the declaration date. Without a zone the service compares it as UTC, and records it as London time."""
    try:
        return parser(written)
    except ValueError:
        return None


def _cohorts_and_milestone(
    call: Call, training_periods: Iterable[TrainingPeriod], training: TrainingPeriod | None, declaration_type: str
) -> tuple[Mapping[int, Cohort], Milestone | None]:
    """Return the cohorts of all training by year, and the milestone of a training period for a declaration type."""
    cohorts, milestones = call.store.find_each(
        call.world.id,
        (Cohort, Where("year", "in", tuple({each.cohort for each in training_periods}))),
        (
            Milestone,
            Where("cohort", "in", (training.cohort,) if training else ()),
            Where("schedule", "=", training and training.schedule),
            Where("declaration_type", "=", declaration_type),
        ),
    )
    return {cohort.year: cohort for cohort in cohorts}, next(iter(milestones), None)


def _frozen_cohort(call: Call, training_periods: Iterable[TrainingPeriod], cohorts: Mapping[int, Cohort]) -> int | None:
    """Return the cohort of today's training with any lead provider, if its payments are frozen."""
    today = {t.cohort for t in training_periods if t.schedule and t.started_on <= call.today <= t.finished_on}
    return next((year for year in sorted(today) if is_frozen(cohorts[year], call.stamp)), None)


def _evidence(call: Call, cohort: Cohort | None, role: str, declaration_type: str) -> Sequence[str] | None:
    """Return the evidence that a declaration can have; None when it needs none."""
    row = evidence_row(call, role, declaration_type, detailed=cohort.detailed_evidence) if cohort else None
    takes: Sequence[str] | None = row["takes"] if row else None
    return takes


def _declaration(call: Call, facts: NewDeclaration) -> Declaration:
    """Return the record of a declaration that breaks no rule."""
    training, cohort = required(facts.training), required(facts.cohort)
    recorded_at, recorded_on = required(facts.recorded_at), required(facts.recorded_on)
    partnerships, mentorships, schools = call.store.find_each(
        call.world.id,
        (Partnership, Where("id", "=", training.partnership_id)),
        (Mentorship, Where("ect_school_period_id", "in", (training.school_period_id,) if training.role == ECT else ())),
        (School, Where("id", "in", (training.school_id,) if _brings_uplift(cohort, facts.declaration_type) else ())),
    )
    event = training.participant_id, training.role, facts.declaration_type
    return Declaration(
        id=make_id(call.world.seed, "declaration", *event, len(facts.of_this_type)),
        participant_id=training.participant_id,
        role=training.role,
        training_period_id=training.id,
        lead_provider_id=call.lead_provider_id,
        cohort=cohort.year,
        declaration_type=facts.declaration_type,
        declaration_date=recorded_at,
        delivery_partner_id=required(next(iter(partnerships), None)).delivery_partner_id,
        mentor_id=nearest_mentor(mentorships, recorded_on),
        evidence_held=facts.evidence_held if facts.takes_evidence is not None else None,
        pupil_premium=any(school.pupil_premium for school in schools),
        sparsity=any(school.sparsity for school in schools),
        statement_id=facts.statement.id if facts.statement and facts.eligible else None,
        voided_at=None,
        clawback_statement_id=None,
        retired=0,
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _brings_uplift(cohort: Cohort, declaration_type: str) -> bool:
    """Return whether a declaration has the uplifts of the school: only a started declaration, in some cohorts."""
    return declaration_type == STARTED and cohort.uplift_fees


def _current(call: Call, declaration: Declaration) -> Sequence[Declaration]:
    """Return the one declaration of the same event that is neither voided nor clawed back."""
    columns = ("participant_id", "role", "declaration_type", "retired")
    where = [Where(column, "=", getattr(declaration, column)) for column in columns]
    return call.store.find(Declaration, call.world.id, *where)
