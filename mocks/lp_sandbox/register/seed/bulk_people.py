"""Bulk people: the requested number of participants, besides those of scenarios, made one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from lp_sandbox.programme.people import COMPLETION_DECLARED, PASS, ParticipantHistory, training_throughout
from lp_sandbox.programme.records import (
    COMPLETED,
    ECT,
    MENTOR,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE, Due, DueDeclarations
from lp_sandbox.programme.seed.names import Names, email, names, reference_number
from lp_sandbox.programme.seed.organisations import Organisations
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.records import Declaration, Partnership
from lp_sandbox.register.seed.collect_participant_records import records_of_participant
from lp_sandbox.worlds.records import FOREVER, Record

ID_PREFIXES = 1 << 32
"""How many different first parts ids have."""
MOST_IDS = 9
"""About how many ids a participant needs at most, besides those of declarations."""
# Shares: of participants who are mentors; of ECTs with a mentor; of participants eligible for funding; of participants
# not completed who stopped training; of those who were withdrawn, not deferred; and of ECTs who become mentors.
MENTORS, MENTORED, FUNDED, STOPPED, WITHDRAWN, BECOME_MENTORS = 0.3, 0.6, 0.92, 0.12, 0.5, 0.25


class Wanted(NamedTuple):
    """How many participants and declarations each lead provider gets."""

    participants: int
    declarations: int


def bulk_people(
    organisations: Organisations, partnerships: Iterable[Partnership], statements: Statements
) -> Iterator[Record]:
    """Yield the records of the bulk people of every lead provider."""
    seeds, almanac = organisations.seeds, organisations.almanac
    due_declarations = DueDeclarations(seeds, almanac.today)
    by_lead_provider: dict[str, list[Partnership]] = defaultdict(list)
    for partnership in partnerships:
        by_lead_provider[partnership.lead_provider_id].append(partnership)
    wanted = Wanted(organisations.wanted["participants"], organisations.wanted["declarations"])
    for number, (lead_provider_id, own) in enumerate(by_lead_provider.items()):
        count = len(by_lead_provider)
        maker = _BulkPeople(
            almanac=almanac,
            due_declarations=due_declarations,
            statements=statements,
            names=names(seeds),
            random=Random(f"{organisations.seed}/{lead_provider_id}"),  # noqa: S311 - equal seeds give equal worlds
            partnerships=own,
            wanted=wanted,
            prefixes=(number * ID_PREFIXES // count, (number + 1) * ID_PREFIXES // count),
        )
        yield from maker.records(number * wanted.participants)


@dataclass(slots=True)
class _Person:
    """What has been made of one person so far."""

    id: str
    number: int
    full_name: str
    role: str
    partnership: Partnership
    created_at: str
    eligible_at: str | None
    later_eligible_at: str | None = None
    """When they became eligible as a mentor, after they were an ECT."""
    completed_on: str | None = None
    """When they completed the training in their role."""
    school_periods: list[SchoolPeriod] = field(default_factory=list)
    training_periods: list[TrainingPeriod] = field(default_factory=list)
    inductions: list[Induction] = field(default_factory=list)
    mentorships: list[Mentorship] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)

    def history(self, participant: Participant) -> ParticipantHistory:
        """Return the history of the participant that the person becomes."""
        return ParticipantHistory(
            participant,
            school_periods=self.school_periods,
            training_periods=self.training_periods,
            inductions=self.inductions,
            mentorships=self.mentorships,
        )


class _BulkPeople:
    """Makes the bulk people of one lead provider."""

    def __init__(
        self,
        *,
        almanac: Almanac,
        due_declarations: DueDeclarations,
        statements: Statements,
        names: Names,
        random: Random,
        partnerships: list[Partnership],
        wanted: Wanted,
        prefixes: tuple[int, int],
    ) -> None:
        self.almanac, self.due_declarations, self.statements = almanac, due_declarations, statements
        self.names, self.random = names, random
        self.partnerships, self.wanted = partnerships, wanted
        self.prefix: float = prefixes[0]
        self.step = 2 * (prefixes[1] - prefixes[0]) / (wanted.participants * MOST_IDS + wanted.declarations or 1)
        self.last_cohort = max((p.cohort for p in partnerships if p.cohort <= almanac.begun), default=0)
        self.of_last_cohort = [p for p in partnerships if p.cohort == self.last_cohort]
        self.mentors: dict[str, str] = {}
        """The last mentor made for each partnership."""

    def records(self, first_number: int) -> Iterator[Record]:
        """Yield as many participants as wanted; of declarations, as many as can have been made by today."""
        left = self.wanted.declarations
        for position in range(self.wanted.participants):
            partnership = self.partnerships[position % len(self.partnerships)]
            share = left / (self.wanted.participants - position) * (0.7 + 0.8 * self.random.random())
            person = self._person(first_number + position, partnership)
            self._declare(person, min(left, round(share)))
            left -= len(person.declarations)
            self._finish(person)
            yield from records_of_participant(person.history(self._participant(person)), person.declarations)

    def _id(self) -> str:
        """Make an id that sorts after all before it, because rows in the order of their keys are stored faster."""
        self.prefix += self.random.random() * self.step
        text = f"{self.random.getrandbits(96):024x}"
        return f"{int(self.prefix):08x}-{text[:4]}-4{text[5:8]}-a{text[9:12]}-{text[12:]}"

    def _person(self, number: int, partnership: Partnership) -> _Person:
        """Register a person and start their training."""
        chance, year = self.random.random, partnership.cohort
        person = _Person(
            id=self._id(),
            number=number,
            full_name=self.names.person(self.random.getrandbits(24)),
            role=MENTOR if chance() < MENTORS else ECT,
            partnership=partnership,
            created_at=self.almanac.past(
                f"{year}-0{6 + int(chance() * 3)}-{10 + int(chance() * 18)}T{self._time_of_day()}Z"
            ),
            eligible_at=f"{year}-09-{10 + int(chance() * 3)}T08:30:00Z" if chance() < FUNDED else None,
        )
        if person.eligible_at and person.eligible_at > self.almanac.now:  # not decided yet
            person.eligible_at = None
        self._register(person, person.role, partnership, f"{year}-09-0{1 + int(chance() * 9)}", person.created_at)
        self._assign_mentor(person)
        return person

    def _time_of_day(self) -> str:
        minutes, seconds = divmod(int(self.random.random() * 32_400), 60)
        return f"{8 + minutes // 60:02}:{minutes % 60:02}:{seconds:02}"

    def _register(self, person: _Person, role: str, partnership: Partnership, started_on: str, created_at: str) -> None:
        school_period = SchoolPeriod(
            id=self._id(),
            participant_id=person.id,
            role=role,
            school_id=partnership.school_id,
            started_on=started_on,
            finished_on=FOREVER,
            email=email(person.full_name, person.number),
            working_pattern=("full_time", "full_time", "part_time", None)[person.number % 4] if role == ECT else None,
            created_at=created_at,
        )
        person.school_periods.append(school_period)
        training_period = training_throughout(
            school_period,
            id=self._id(),
            cohort=partnership.cohort,
            schedule=USUAL_SCHEDULE,
            lead_provider_id=partnership.lead_provider_id,
            partnership_id=partnership.id,
        )
        person.training_periods.append(training_period)

    def _assign_mentor(self, person: _Person) -> None:
        """Note a mentor of the partnership, or give an ECT the last mentor noted."""
        partnership_id = person.partnership.id
        if person.role == MENTOR:
            self.mentors[partnership_id] = person.id
        elif partnership_id in self.mentors and self.random.random() < MENTORED:
            (school_period,) = person.school_periods
            ids = (self._id(), person.id, school_period.id, self.mentors[partnership_id])
            person.mentorships.append(Mentorship(*ids, school_period.started_on, FOREVER))

    def _declare(self, person: _Person, most: int) -> None:
        due = self.due_declarations.due(person.partnership.cohort, person.role)
        person.declarations = [self._declaration(person, each) for each in due[:most]]

    def _declaration(self, person: _Person, due: Due) -> Declaration:
        partnership, (training,) = person.partnership, person.training_periods
        on = due.first + int(self.random.random() * due.days)
        made_at = f"{_day(on + 1)}T{self._time_of_day()}Z"
        paid_from = max(made_at, person.eligible_at) if person.eligible_at else None
        statement = paid_from and self.statements.open_on(
            partnership.lead_provider_id, partnership.cohort, paid_from[:10]
        )
        return Declaration(
            id=self._id(),
            participant_id=person.id,
            role=person.role,
            training_period_id=training.id,
            lead_provider_id=partnership.lead_provider_id,
            cohort=partnership.cohort,
            declaration_type=due.declaration_type,
            declaration_date=f"{_day(on)}T09:00:00Z",
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=person.mentorships[0].mentor_id if person.mentorships else None,
            evidence_held=self.due_declarations.evidence(partnership.cohort, due.declaration_type),
            pupil_premium=False,
            sparsity=False,
            statement_id=statement,
            voided_at=None,
            clawback_statement_id=None,
            retired=0,
            created_at=made_at,
            updated_at=paid_from or made_at,
        )

    def _finish(self, person: _Person) -> None:
        """Complete the training if that was declared; otherwise withdraw or defer some people."""
        last = person.declarations[-1] if person.declarations else None
        if last and last.declaration_type == COMPLETED:
            self._complete(person, last.declaration_date[:10])
        elif last and self.random.random() < STOPPED:
            self._stop(person, last.created_at)
        started_on = person.school_periods[0].started_on
        if person.role == ECT and started_on <= self.almanac.today:
            finished_on, outcome = (person.completed_on, PASS) if person.completed_on else (FOREVER, None)
            person.inductions.append(Induction(self._id(), person.id, started_on, finished_on, outcome))

    def _complete(self, person: _Person, day: str) -> None:
        """End the training of a mentor. Some ECTs become mentors in the lead provider's last cohort."""
        person.completed_on = day
        if person.role == MENTOR:
            person.training_periods[0] = replace(person.training_periods[0], finished_on=day)
        elif person.partnership.cohort + 2 < self.last_cohort and self.random.random() < BECOME_MENTORS:
            partnership = self.random.choice(self.of_last_cohort)
            created_at = f"{self.last_cohort}-07-{10 + person.number % 20}T{self._time_of_day()}Z"
            person.later_eligible_at = created_at
            person.training_periods[0] = replace(person.training_periods[0], finished_on=day)
            person.school_periods[0] = replace(person.school_periods[0], finished_on=day)
            self._register(person, MENTOR, partnership, f"{self.last_cohort}-09-01", created_at)

    def _stop(self, person: _Person, at: str) -> None:
        """Withdraw or defer a person."""
        changes = {"finished_on": at[:10]}
        if self.random.random() < WITHDRAWN:
            changes |= {"withdrawn_at": at, "withdrawal_reason": "other"}
        else:
            changes |= {"deferred_at": at, "deferral_reason": "career-break"}
        person.training_periods[0] = replace(person.training_periods[0], **changes)

    def _participant(self, person: _Person) -> Participant:
        is_ect, completed_on = person.role == ECT, person.completed_on
        changed_at = [d.updated_at for d in person.declarations] + [t.created_at for t in person.training_periods]
        return Participant(
            id=person.id,
            full_name=person.full_name,
            teacher_reference_number=reference_number(person.number),
            ect_training_record_id=self._id(),
            mentor_training_record_id=self._id(),
            ect_eligible_at=person.eligible_at if is_ect else None,
            ect_ineligible_on=completed_on if is_ect else None,
            ect_frozen_cohort=None,
            mentor_eligible_at=person.later_eligible_at if is_ect else person.eligible_at,
            mentor_ineligible_on=None if is_ect else completed_on,
            mentor_ineligible_reason=None if is_ect or not completed_on else COMPLETION_DECLARED,
            mentor_frozen_cohort=None,
            created_at=person.created_at,
            updated_at=max(changed_at),
            contact_updated_at=person.created_at,
        )


# Bulk people have few different days, and formatting a date is slow.
@cache
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
