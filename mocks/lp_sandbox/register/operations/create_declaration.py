"""Records a declaration that a participant reached a milestone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    role = COURSES.get(course, MENTOR)  # the service treats an unknown course as that of mentors
    compared, recorded = _parsed(date, parse_as_utc), _parsed(date, parse)
    id_ = read_id(participant_id)
    participant = call.store.get(Participant, call.world.id, id_)
    of_participant = Where("participant_id", "=", id_)
    training_periods = call.store.find(TrainingPeriod, call.world.id, of_participant)
    own = [t for t in training_periods if t.lead_provider_id == call.lead_provider_id and t.partnership_id]
    training = latest(t for t in own if t.role == role)
    cohort = call.store.get(Cohort, call.world.id, training.cohort) if training else None
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
        milestone=_milestone(call, training, declaration_type),
        declarations=call.store.find(Declaration, call.world.id, of_participant, Where("role", "=", role)),
        takes_evidence=_evidence(call, cohort, role, declaration_type),
        frozen_cohort=_frozen_cohort(call, (t for t in training_periods if t.role == role)),
        statement=open_statement(call, call.lead_provider_id, cohort.year) if cohort else None,
    )


def _parsed(written: str, parser: Callable[[str], datetime]) -> datetime | None:
    """Parse the declaration date. Without a zone the service compares it as UTC, and records it as London time."""
    try:
        return parser(written)
    except ValueError:
        return None


def _milestone(call: Call, training: TrainingPeriod | None, declaration_type: str) -> Milestone | None:
    key = (training.cohort, training.schedule, declaration_type) if training else ()
    return call.store.get(Milestone, call.world.id, *key) if key else None


def _frozen_cohort(call: Call, training_periods: Iterable[TrainingPeriod]) -> int | None:
    """Return the cohort of today's training with any lead provider, if its payments are frozen."""
    today = {t.cohort for t in training_periods if t.schedule and t.started_on <= call.today <= t.finished_on}
    cohorts = call.store.find(Cohort, call.world.id, Where("year", "in", tuple(today)))
    return next((cohort.year for cohort in cohorts if is_frozen(cohort, call.stamp)), None)


def _evidence(call: Call, cohort: Cohort | None, role: str, declaration_type: str) -> Sequence[str] | None:
    """Return the evidence that a declaration can have; None when it needs none."""
    row = evidence_row(call, role, declaration_type, detailed=cohort.detailed_evidence) if cohort else None
    takes: Sequence[str] | None = row["takes"] if row else None
    return takes


def _declaration(call: Call, facts: NewDeclaration) -> Declaration:
    """Return the record of a declaration that breaks no rule."""
    training, cohort = required(facts.training), required(facts.cohort)
    recorded_at, recorded_on = required(facts.recorded_at), required(facts.recorded_on)
    partnership = required(call.store.get(Partnership, call.world.id, training.partnership_id))
    mentor_id = _mentor(call, training, recorded_on)
    uplift_school = _uplift_school(call, training, cohort, facts.declaration_type)
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
        delivery_partner_id=partnership.delivery_partner_id,
        mentor_id=mentor_id,
        evidence_held=facts.evidence_held if facts.takes_evidence is not None else None,
        pupil_premium=uplift_school is not None and uplift_school.pupil_premium,
        sparsity=uplift_school is not None and uplift_school.sparsity,
        statement_id=facts.statement.id if facts.statement and facts.eligible else None,
        voided_at=None,
        clawback_statement_id=None,
        retired=0,
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _mentor(call: Call, training: TrainingPeriod, day: str) -> str | None:
    """Return the mentor of an ECT on a day, or of the nearest day that had one; None for a mentor."""
    at_school = Where("ect_school_period_id", "=", training.school_period_id)
    return nearest_mentor(call.store.find(Mentorship, call.world.id, at_school), day) if training.role == ECT else None


def _uplift_school(call: Call, training: TrainingPeriod, cohort: Cohort, declaration_type: str) -> School | None:
    """Return the school whose uplifts a declaration brings: only the start of training does, in some cohorts."""
    uplifted = declaration_type == STARTED and cohort.uplift_fees
    return call.store.get(School, call.world.id, training.school_id) if uplifted else None


def _current(call: Call, declaration: Declaration) -> Sequence[Declaration]:
    """Return the one declaration of the same event that is neither voided nor clawed back."""
    columns = ("participant_id", "role", "declaration_type", "retired")
    where = [Where(column, "=", getattr(declaration, column)) for column in columns]
    return call.store.find(Declaration, call.world.id, *where)
