"""Collects all records of one participant, including the rows that lead providers list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.people import ParticipantHistory
from lp_sandbox.register.people import trainees_of
from lp_sandbox.register.rebuild_list_rows import declaration_listings
from lp_sandbox.register.records import Declaration
from lp_sandbox.worlds.records import Record


def records_of_participant(history: ParticipantHistory, declarations: Sequence[Declaration]) -> Iterator[Record]:
    """Yield all records of a participant: the participant first, and the trainees last."""
    yield history.participant
    yield from history.id_changes
    yield from history.inductions
    yield from history.school_periods
    yield from history.training_periods
    yield from history.mentorships
    yield from declarations
    yield from declaration_listings(declarations, history.training_periods)
    yield from trainees_of(history)
