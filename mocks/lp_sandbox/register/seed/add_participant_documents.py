"""Adds the documents of participants, which depend on their histories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lp_sandbox.programme.people import ParticipantHistory
from lp_sandbox.programme.records import (
    IdChange,
    Induction,
    Mentorship,
    Participant,
    School,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.cohorts import cohorts_with
from lp_sandbox.register.records import Partnership, Trainee
from lp_sandbox.register.resources import RelatedRecords, with_trainee_document
from lp_sandbox.worlds.records import Record

_PARTS: Mapping[type[Record], str] = {
    SchoolPeriod: "school_periods",
    TrainingPeriod: "training_periods",
    Induction: "inductions",
    IdChange: "id_changes",
    Mentorship: "mentorships",
}
"""The field of a participant's history for each kind of record."""


def with_participant_documents(records: Iterable[Record], seeds: Mapping[str, Any], today: str) -> Iterator[Record]:
    """Yield records, with the documents of participants on a day.

    Schools and partnerships must come first. The records of a participant must come together, the participant itself
    first and the trainees last.
    """
    schools: dict[str, School] = {}
    partners: dict[str, str] = {}
    related = RelatedRecords(schools, partners, cohorts_with(seeds, "uplift_fees"))
    history: ParticipantHistory | None = None
    for record in records:
        kind = type(record)
        if isinstance(record, Trainee) and history:
            yield with_trainee_document(record, history, related, today)
            continue
        if isinstance(record, Participant):
            history = ParticipantHistory(record)
        elif isinstance(record, School):
            schools[record.id] = record
        elif isinstance(record, Partnership):
            partners[record.id] = record.delivery_partner_id
        elif kind in _PARTS:
            getattr(history, _PARTS[kind]).append(record)
        yield record
