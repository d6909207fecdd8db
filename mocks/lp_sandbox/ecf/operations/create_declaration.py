"""Records a declaration that a participant reached a milestone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lp_sandbox.ecf.declaration_effects import record_completion
from lp_sandbox.ecf.declaration_listings import declaration_listings
from lp_sandbox.ecf.history_lookups import add_time_at_schools
from lp_sandbox.ecf.operations.declarations import DeclarationView, answer
from lp_sandbox.ecf.operations.participants import training_named
from lp_sandbox.ecf.people import ELIGIBLE, History, active_profile, latest, mentor_on
from lp_sandbox.ecf.records import EcfCohort, EcfDeclaration, EcfParticipant, EcfPartnership, Profile
from lp_sandbox.ecf.rules.declarations import NewDeclaration
from lp_sandbox.programme.declaration_states import completes_mentor
from lp_sandbox.programme.evidence import evidence_row
from lp_sandbox.programme.people import COURSES, trained_by
from lp_sandbox.programme.records import ECT, Milestone, TrainingPeriod
from lp_sandbox.programme.statement_lookups import open_statement
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import OutOfRange, first_second, parse_as_utc, stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Slice, Where

OLDEST = Slice((("created_at", False), ("id", False)), 0, 1)


def create(call: Call, view: DeclarationView) -> bytes:
    """Declare that a participant reached a milestone."""
    history = training_named(call, call.id_in("participant_id"))
    facts = _facts(call, history)
    call.judge(facts)
    history = required(history)
    add_time_at_schools(call.store, call.world.id, history)
    declaration = _declaration(call, facts, history)
    call.store.add(call.world.id, [declaration, *declaration_listings([declaration], history)])
    if completes_mentor(declaration):
        record_completion(call, declaration.participant_id)
    return answer(call, declaration, view)


def _facts(call: Call, history: History | None) -> NewDeclaration:
    """Look up the facts that decide whether a declaration is accepted."""
    course, declaration_type = call.text("course_identifier"), call.text("declaration_type")
    profile = active_profile(history, COURSES.get(course)) if history else None
    own = _own_training(call, required(history), profile) if profile else []
    cohort, milestone, declarations = _of_schedule(call, profile, declaration_type) if profile else (None, None, ())
    evidence = _evidence(call, profile, cohort, declaration_type)
    date = _parsed(call.text("declaration_date"))
    return NewDeclaration(
        course=course,
        declaration_type=declaration_type,
        declaration_date=call.text("declaration_date"),
        evidence_held=call.text("evidence_held"),
        now=call.stamp,
        date=stamp(date) if date else None,
        participant=history.participant if history else None,
        profile=profile,
        training=latest(own),
        trains_on_schedule=profile is not None and any(_is_on_schedule(each, profile) for each in own),
        cohort=cohort,
        milestone=milestone,
        declarations=declarations,
        is_fundable=profile is not None and profile.eligibility == ELIGIBLE,
        statement=open_statement(call, call.lead_provider_id, cohort.year) if cohort else None,
        takes_evidence=evidence.get("takes"),
        needs_evidence=evidence.get("takes") is not None and not evidence.get("optional", False),
    )


def _parsed(written: str) -> datetime | None:
    """Parse the declaration date. As in the service, 30 February is 2 March."""
    try:
        return parse_as_utc(written)
    except OutOfRange:
        return _rolled_over(written)
    except ValueError:
        return None


def _rolled_over(written: str) -> datetime | None:
    try:
        return first_second(written, UTC)
    except ValueError:
        return None


def _own_training(call: Call, history: History, profile: Profile) -> list[TrainingPeriod]:
    """Return the training with the lead provider in the profile's role, under challenged partnerships too."""
    in_role = (each for each in history.training_periods if each.role == profile.role)
    return [each for each in in_role if trained_by(each) == call.lead_provider_id]


def _is_on_schedule(training: TrainingPeriod, profile: Profile) -> bool:
    return (training.cohort, training.schedule) == (profile.schedule_cohort, profile.schedule)


def _of_schedule(
    call: Call, profile: Profile, declaration_type: str
) -> tuple[EcfCohort | None, Milestone | None, list[EcfDeclaration]]:
    """Return the cohort of a profile's schedule, the milestone of a declaration type in it, and all declarations."""
    cohort = Where("cohort", "=", profile.schedule_cohort)
    cohorts, milestones, declarations = call.store.find_each(
        call.world.id,
        (EcfCohort, Where("year", "=", profile.schedule_cohort)),
        (Milestone, cohort, Where("schedule", "=", profile.schedule), Where("declaration_type", "=", declaration_type)),
        (EcfDeclaration, Where("participant_id", "=", profile.participant_id), Where("role", "=", profile.role)),
    )
    return next(iter(cohorts), None), next(iter(milestones), None), declarations


def _evidence(
    call: Call, profile: Profile | None, cohort: EcfCohort | None, declaration_type: str
) -> Mapping[str, Any]:
    """Return the row of the contract's table of evidence; empty when no row fits."""
    if profile is None or cohort is None:
        return {}
    return evidence_row(call, profile.role, declaration_type, detailed=cohort.detailed_evidence) or {}


def _declaration(call: Call, facts: NewDeclaration, history: History) -> EcfDeclaration:
    """Return the record of a declaration that breaks no rule."""
    profile, cohort = required(facts.profile), required(facts.cohort)
    date, day = required(facts.date), required(facts.day)
    training = latest(each for each in _own_training(call, history, profile) if each.started_on <= day)
    original = _original(call, history.participant, profile.role, facts.declaration_type)
    is_paid_for = facts.is_fundable and original is None
    number = len(facts.of_this_type)
    return EcfDeclaration(
        id=make_id(call.world.seed, "ecf-declaration", profile.id, facts.declaration_type, number),
        participant_id=profile.participant_id,
        role=profile.role,
        lead_provider_id=call.lead_provider_id,
        cohort=cohort.year,
        declaration_type=facts.declaration_type,
        declaration_date=date,
        delivery_partner_id=_delivery_partner(call, training) if training else None,
        mentor_id=mentor_on(history, training, day) if training and profile.role == ECT else None,
        evidence_held=(facts.evidence_held or None) if facts.takes_evidence is not None else None,
        pupil_premium=profile.pupil_premium,
        sparsity=profile.sparsity,
        statement_id=required(facts.statement).id if is_paid_for else None,
        superseded_by=original,
        voided_at=None,
        clawback_statement_id=None,
        retired=number + 1 if original else 0,
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _delivery_partner(call: Call, training: TrainingPeriod) -> str:
    return required(call.store.get(EcfPartnership, call.world.id, training.partnership_id)).delivery_partner_id


def _original(call: Call, participant: EcfParticipant, role: str, declaration_type: str) -> str | None:
    """Return the oldest declaration of the same event for the same TRN under another id; None when there is none."""
    trn = participant.teacher_reference_number
    if trn is None:
        return None
    same_trn = Where("teacher_reference_number", "=", trn)
    ids = {id_ for (id_,) in call.store.rows(EcfParticipant, ("id",), call.world.id, same_trn)} - {participant.id}
    where = (
        Where("participant_id", "in", tuple(ids)),
        Where("role", "=", role),
        Where("declaration_type", "=", declaration_type),
        Where("retired", "=", 0),
    )
    found = call.store.find(EcfDeclaration, call.world.id, *where, part=OLDEST)
    return next((declaration.id for declaration in found), None)
