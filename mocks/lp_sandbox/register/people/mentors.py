"""Mentors of ECTs: which mentor answers show on which day, and which mentors a lead provider lists as unfunded.

An ECT is shown with the mentor whose mentorship ends today or later; of several, the one that began first. So a mentor
is shown until the last day of the mentorship, and from the day after the previous mentor's, even before it begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from lp_sandbox.programme.day_arithmetic import NEVER, day_after, day_before
from lp_sandbox.programme.records import MENTOR, Mentorship, Participant, SchoolPeriod, TrainingPeriod
from lp_sandbox.register.records import Trainee, UnfundedMentor
from lp_sandbox.worlds.records import Record

AT_ONCE = ""
"""The first day of a mentor that answers always show: it sorts before every day."""


@dataclass(frozen=True, slots=True)
class MentorDays:
    """The days on which answers show a mentor for an ECT, and the mentor's school period at the ECT's school."""

    first: str
    last: str
    school_period: SchoolPeriod


def mentor_on(mentorships: Iterable[Mentorship], day: str) -> str | None:
    """Return the mentor that answers show for an ECT on a day, from the mentorships at one school."""
    current = (mentorship for mentorship in mentorships if mentorship.finished_on >= day)
    return min(current, key=_order, default=_NO_MENTORSHIP).mentor_id or None


def nearest_mentor(mentorships: Iterable[Mentorship], day: str) -> str | None:
    """Return the mentor of an ECT on a day, or of the nearest day that had one."""
    on = date.fromisoformat(day)
    nearest = min(mentorships, key=lambda m: (_days_off(m, on), m.started_on), default=None)
    return nearest.mentor_id if nearest else None


def _days_off(mentorship: Mentorship, on: date) -> int:
    first, last = date.fromisoformat(mentorship.started_on), date.fromisoformat(mentorship.finished_on)
    return max(0, (first - on).days, (on - last).days)


def unfunded_mentors(
    mentors: Iterable[Participant],
    school_periods: Iterable[SchoolPeriod],
    ects: Iterable[tuple[str, TrainingPeriod]],
    mentorships: Iterable[Mentorship],
    trained: AbstractSet[tuple[str, str]],
) -> Iterator[UnfundedMentor]:
    """Yield the rows of every lead provider's list of mentors that it never trained.

    `school_periods` are the mentors'; `ects` pairs lead providers with the latest training period of each of their
    ECTs; `mentorships` are all those of these ECTs; `trained` pairs lead providers with participants they ever trained.
    """
    by_id = {mentor.id: mentor for mentor in mentors}
    at_schools = {(s.participant_id, s.school_id): s for s in sorted(school_periods, key=_start) if s.role == MENTOR}
    by_school_period = _by_school_period(mentorships)
    shown: dict[tuple[str, str], list[MentorDays]] = {}
    for lead_provider_id, training in ects:
        for mentor_id, first, last in _mentors_shown(by_school_period.get(training.school_period_id, ())):
            school_period = at_schools.get((mentor_id, training.school_id))
            if school_period and mentor_id in by_id and (lead_provider_id, mentor_id) not in trained:
                days = MentorDays(first, last, school_period)
                shown.setdefault((lead_provider_id, mentor_id), []).append(days)
    for (lead_provider_id, mentor_id), days_shown in shown.items():
        yield from _unfunded_mentor(lead_provider_id, by_id[mentor_id], days_shown)


def unfunded_mentors_among(people: Iterable[Record]) -> Iterator[UnfundedMentor]:
    """Yield what lead providers list of the mentors among people; `people` holds all records of all of them."""
    kinds: dict[type[Record], list[Any]] = defaultdict(list)
    for record in people:
        kinds[type(record)].append(record)
    if not kinds[Mentorship]:
        return
    training = {training_period.id: training_period for training_period in kinds[TrainingPeriod]}
    yield from unfunded_mentors(
        mentors=kinds[Participant],
        school_periods=kinds[SchoolPeriod],
        ects=[
            (trainee.lead_provider_id, training[trainee.ect_training_period_id])
            for trainee in kinds[Trainee]
            if trainee.ect_training_period_id
        ],
        mentorships=kinds[Mentorship],
        trained={(trainee.lead_provider_id, trainee.participant_id) for trainee in kinds[Trainee]},
    )


def _unfunded_mentor(
    lead_provider_id: str, mentor: Participant, days_shown: Iterable[MentorDays]
) -> Iterator[UnfundedMentor]:
    for days in without_overlap(days_shown):
        yield UnfundedMentor(
            lead_provider_id=lead_provider_id,
            participant_id=mentor.id,
            shown_from=days.first,
            shown_until=days.last,
            school_period_id=days.school_period.id,
            created_at=mentor.created_at,
            updated_at=mentor.contact_updated_at,
        )


def without_overlap(days_shown: Iterable[MentorDays]) -> Iterator[MentorDays]:
    """Cut days that overlap, so that each day belongs to one school period: the latest."""
    overlapping = list(days_shown)
    cuts = sorted({days.first for days in overlapping} | {day_after(days.last) for days in overlapping})
    for first, end in zip(cuts, [*cuts[1:], NEVER], strict=True):
        there = [days.school_period for days in overlapping if days.first <= first <= days.last]
        if there:
            yield MentorDays(first, day_before(end), max(there, key=_start))


def _mentors_shown(mentorships: Iterable[Mentorship]) -> Iterator[tuple[str, str, str]]:
    """Yield the mentors of an ECT at a school, each with the first and the last day on which answers show them."""
    first = AT_ONCE
    for mentorship in sorted(mentorships, key=_order):
        if first <= mentorship.finished_on:
            yield mentorship.mentor_id, first, mentorship.finished_on
            first = day_after(mentorship.finished_on)


def _by_school_period(mentorships: Iterable[Mentorship]) -> Mapping[str, list[Mentorship]]:
    found: dict[str, list[Mentorship]] = {}
    for mentorship in mentorships:
        found.setdefault(mentorship.ect_school_period_id, []).append(mentorship)
    return found


_NO_MENTORSHIP = Mentorship("", "", "", "", "", "")


def _order(mentorship: Mentorship) -> tuple[str, str]:
    return mentorship.started_on, mentorship.id


def _start(school_period: SchoolPeriod) -> tuple[str, str]:
    return school_period.started_on, school_period.id
