"""Mentors of ECTs: who is shown as the mentor on which day, and whom a lead provider does not train itself.

An ECT is shown with the mentor whose time with them ends today or later; of several, the one who began first. So a
mentor is shown until their last day, and from the day after the last mentor's on, even before they begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from lp_sandbox.programme.days import NEVER, day_after, day_before
from lp_sandbox.programme.records import (
    MENTOR,
    Mentorship,
    Participant,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
    UnfundedMentor,
)
from lp_sandbox.worlds.records import Record

AT_ONCE = ""
"""The first day of whoever is shown from the start: it is before every day."""


@dataclass(frozen=True, slots=True)
class Spell:
    """The days on which a mentor is shown for an ECT, and the mentor's time at the school where it is."""

    first: str
    last: str
    time: SchoolPeriod


def mentor_on(mentorships: Iterable[Mentorship], day: str) -> str | None:
    """Return the mentor that an ECT is shown with on a day, of the mentorships at one school."""
    going_on = (mentorship for mentorship in mentorships if mentorship.finished_on >= day)
    return min(going_on, key=_order, default=_NOBODY).mentor_id or None


def unfunded_mentors(
    mentors: Iterable[Participant],
    times: Iterable[SchoolPeriod],
    ects: Iterable[tuple[str, TrainingPeriod]],
    mentorships: Iterable[Mentorship],
    trained: AbstractSet[tuple[str, str]],
) -> Iterator[UnfundedMentor]:
    """Yield what every lead provider lists of mentors whom it never trained.

    `times` are the mentors' at schools; `ects` are lead providers with the latest training of an ECT of theirs;
    `mentorships` are all those of these ECTs; `trained` are lead providers with participants whom they ever trained.
    """
    by_id = {mentor.id: mentor for mentor in mentors}
    at_schools = {(time.participant_id, time.school_id): time for time in sorted(times, key=_began) if _is_mentor(time)}
    by_time = _by_time(mentorships)
    spells: dict[tuple[str, str], list[Spell]] = {}
    for lead_provider_id, training in ects:
        for mentor_id, first, last in _shown(by_time.get(training.school_period_id, ())):
            time = at_schools.get((mentor_id, training.school_id))
            if time and mentor_id in by_id and (lead_provider_id, mentor_id) not in trained:
                spells.setdefault((lead_provider_id, mentor_id), []).append(Spell(first, last, time))
    for (lead_provider_id, mentor_id), shown in spells.items():
        yield from _listed(lead_provider_id, by_id[mentor_id], shown)


def unfunded_mentors_among(people: Iterable[Record]) -> Iterator[UnfundedMentor]:
    """Yield what lead providers list of the mentors among people whose records are all given."""
    kinds: dict[type[Record], list[Any]] = defaultdict(list)
    for record in people:
        kinds[type(record)].append(record)
    if not kinds[Mentorship]:
        return
    training = {period.id: period for period in kinds[TrainingPeriod]}
    yield from unfunded_mentors(
        mentors=kinds[Participant],
        times=kinds[SchoolPeriod],
        ects=[
            (trainee.lead_provider_id, training[trainee.ect_training_period_id])
            for trainee in kinds[Trainee]
            if trainee.ect_training_period_id
        ],
        mentorships=kinds[Mentorship],
        trained={(trainee.lead_provider_id, trainee.participant_id) for trainee in kinds[Trainee]},
    )


def _listed(lead_provider_id: str, mentor: Participant, spells: Iterable[Spell]) -> Iterator[UnfundedMentor]:
    for spell in without_overlap(spells):
        yield UnfundedMentor(
            lead_provider_id=lead_provider_id,
            participant_id=mentor.id,
            shown_from=spell.first,
            shown_until=spell.last,
            school_period_id=spell.time.id,
            created_at=mentor.created_at,
            updated_at=mentor.contact_updated_at,
        )


def without_overlap(spells: Iterable[Spell]) -> Iterator[Spell]:
    """Cut days that overlap, so that each belongs to one spell: the one at the school that was joined last."""
    listed = list(spells)
    cuts = sorted({spell.first for spell in listed} | {day_after(spell.last) for spell in listed})
    for first, end in zip(cuts, [*cuts[1:], NEVER], strict=True):
        there = [spell.time for spell in listed if spell.first <= first <= spell.last]
        if there:
            yield Spell(first, day_before(end), max(there, key=_began))


def _shown(mentorships: Iterable[Mentorship]) -> Iterator[tuple[str, str, str]]:
    """Yield the mentors of an ECT at a school, each with the first and the last day on which they are shown."""
    first = AT_ONCE
    for mentorship in sorted(mentorships, key=_order):
        if first <= mentorship.finished_on:
            yield mentorship.mentor_id, first, mentorship.finished_on
            first = day_after(mentorship.finished_on)


def _by_time(mentorships: Iterable[Mentorship]) -> Mapping[str, list[Mentorship]]:
    found: dict[str, list[Mentorship]] = {}
    for mentorship in mentorships:
        found.setdefault(mentorship.ect_school_period_id, []).append(mentorship)
    return found


_NOBODY = Mentorship("", "", "", "", "", "")


def _order(mentorship: Mentorship) -> tuple[str, str]:
    return mentorship.started_on, mentorship.id


def _began(time: SchoolPeriod) -> tuple[str, str]:
    return time.started_on, time.id


def _is_mentor(time: SchoolPeriod) -> bool:
    return time.role == MENTOR
