"""Adds the documents of participants, which depend on their histories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import (
    EcfParticipant,
    EcfPartnership,
    EcfSchool,
    EcfTrainee,
    Profile,
    Removal,
)
from lp_sandbox.ecf.resources.participants import RelatedRecords, with_document
from lp_sandbox.programme.records import IdChange, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import Record

_PARTS: Mapping[type[Record], str] = {
    Profile: "profiles",
    SchoolPeriod: "school_periods",
    TrainingPeriod: "training_periods",
    Mentorship: "mentorships",
    Removal: "removals",
    IdChange: "id_changes",
}
"""The field of a participant's history for each kind of record."""


def with_participant_documents(records: Iterable[Record], today: str) -> Iterator[Record]:
    """Yield records, with the documents of participants on a day.

    The schools and partnerships of participants must come before them. The records of a participant must come
    together, the participant itself first and the trainees last.
    """
    urns: dict[str, str] = {}
    delivery_partners: dict[str, str] = {}
    related = RelatedRecords(urns, delivery_partners)
    history: History | None = None
    for record in records:
        if isinstance(record, EcfTrainee) and history:
            yield with_document(record, history, related, today)
            continue
        if isinstance(record, EcfParticipant):
            history = History(record)
        elif isinstance(record, EcfSchool):
            urns[record.id] = record.urn
        elif isinstance(record, EcfPartnership):
            delivery_partners[record.id] = record.delivery_partner_id
        elif part := _PARTS.get(type(record)):
            getattr(history, part).append(record)
        yield record
