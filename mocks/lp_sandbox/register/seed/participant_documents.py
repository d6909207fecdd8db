"""How participants are shown, which follows from their records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lp_sandbox.programme.records import (
    IdChange,
    Induction,
    Mentorship,
    Participant,
    Partnership,
    School,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
)
from lp_sandbox.register.people import ParticipantHistory
from lp_sandbox.register.resources import Around, trainee_shown
from lp_sandbox.worlds.records import Record

_PARTS: Mapping[type[Record], str] = {
    SchoolPeriod: "times",
    TrainingPeriod: "periods",
    Induction: "inductions",
    IdChange: "id_changes",
    Mentorship: "mentorships",
}
"""Where the records of a participant stand in their life."""


def participants_shown(records: Iterable[Record], seeds: Mapping[str, Any], today: str) -> Iterator[Record]:
    """Pass records on, with the documents that show participants on a day.

    Schools and partnerships come first. The records of a participant come together, the participant itself first and
    the trainees last.
    """
    schools: dict[str, School] = {}
    partners: dict[str, str] = {}
    around = Around(schools, partners, uplift_cohorts(seeds))
    life: ParticipantHistory | None = None
    for record in records:
        kind = type(record)
        if isinstance(record, Trainee) and life:
            yield trainee_shown(record, life, around, today)
            continue
        if isinstance(record, Participant):
            life = ParticipantHistory(record)
        elif isinstance(record, School):
            schools[record.id] = record
        elif isinstance(record, Partnership):
            partners[record.id] = record.delivery_partner_id
        elif kind in _PARTS:
            getattr(life, _PARTS[kind]).append(record)
        yield record


def uplift_cohorts(seeds: Mapping[str, Any]) -> frozenset[int]:
    """Return the cohorts with uplift fees."""
    return frozenset(entry["year"] for entry in seeds["cohorts"] if entry["uplift_fees"])
