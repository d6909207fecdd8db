"""Unfunded mentors: mentors of a lead provider's ECTs who do not train with that lead provider."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lp_sandbox.ecf.people import History, latest, mentor_of, trainees_before_validation
from lp_sandbox.ecf.records import EcfUnfundedMentor
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import MENTOR


def unfunded_mentors(
    mentors: Iterable[History], ects: Iterable[History], challenged: Collection[str]
) -> Iterator[EcfUnfundedMentor]:
    """Yield what each lead provider lists of mentors, given the ECTs who have had one of them.

    `challenged` holds the ids of challenged partnerships: what happened under them does not count.
    """
    named = {pair for ect in ects for pair in _mentors_named(ect, challenged)}
    for mentor in mentors:
        named_by = {lead_provider_id for lead_provider_id, mentor_id in named if mentor_id == mentor.participant.id}
        for lead_provider_id in sorted(named_by - _trainers(mentor, challenged)):
            yield _unfunded_mentor(lead_provider_id, mentor)


def _mentors_named(ect: History, challenged: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each lead provider of an ECT with the mentor that it sees."""
    by_id = {training_period.id: training_period for training_period in ect.training_periods}
    for trainee in trainees_before_validation(ect, challenged):
        if trainee.ect_training_period_id:
            mentor_id = mentor_of(ect, by_id[trainee.ect_training_period_id])
            if mentor_id:
                yield trainee.lead_provider_id, mentor_id


def _trainers(mentor: History, challenged: Collection[str]) -> set[str | None]:
    """Return the lead providers that train or trained a person as a mentor."""
    return {
        trained_by(each)
        for each in mentor.training_periods
        if each.role == MENTOR and each.partnership_id not in challenged
    }


def _unfunded_mentor(lead_provider_id: str, mentor: History) -> EcfUnfundedMentor:
    participant = mentor.participant
    own = latest(each for each in mentor.training_periods if each.role == MENTOR)
    emails = {school_period.id: school_period.email for school_period in mentor.school_periods}
    return EcfUnfundedMentor(
        lead_provider_id=lead_provider_id,
        participant_id=participant.id,
        full_name=participant.full_name,
        email=emails[own.school_period_id] if own else participant.email,
        teacher_reference_number=participant.teacher_reference_number or participant.given_reference_number,
        has_training=own is not None,
        created_at=participant.created_at,
        updated_at=participant.updated_at,
    )
