"""The crowd: as many people as asked for beside those with a story, made one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from lp_sandbox.programme.records import (
    COMPLETED,
    ECT,
    MENTOR,
    Declaration,
    Induction,
    Mentorship,
    Participant,
    Partnership,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.almanac import Almanac
from lp_sandbox.programme.seed.due_declarations import SCHEDULE, Calendar, Due
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.programme.seed.statements import Statements
from lp_sandbox.register.listings import listings_of
from lp_sandbox.register.people import PASS, ParticipantHistory, trainees_of
from lp_sandbox.register.seed.organisations import Organisations
from lp_sandbox.worlds.records import FOREVER, Record

IDS = 1 << 32
"""How many different beginnings ids have."""
MOST_IDS = 9
"""A participant of the crowd has about so many ids beside those of declarations, at most."""
# The shares of the crowd who are mentors, of the ECTs who have one, of those who are eligible for funding, of those not
# done whose training was broken off, of these who were withdrawn and not deferred, and of ECTs who become mentors.
MENTORS, MENTORED, FUNDED, BROKEN_OFF, WITHDRAWN, BECOME_MENTORS = 0.3, 0.6, 0.92, 0.12, 0.5, 0.25


class Wanted(NamedTuple):
    """How many of each a lead provider shall have."""

    participants: int
    declarations: int


def crowd(places: Organisations, statements: Statements, names: Names) -> Iterator[Record]:
    """Yield the crowd of every lead provider."""
    almanac = places.almanac
    calendar = Calendar(places.seeds, almanac.today)
    mine: dict[str, list[Partnership]] = defaultdict(list)
    for partnership in places.more_partnerships:
        mine[partnership.lead_provider_id].append(partnership)
    wanted = Wanted(places.wanted["participants"], places.wanted["declarations"])
    for number, (lead_provider_id, partnerships) in enumerate(mine.items()):
        random = Random(f"{places.seed}/{lead_provider_id}")  # noqa: S311 - it must be the same each time
        fronts = number * IDS // len(mine), (number + 1) * IDS // len(mine)
        one = _Crowd(
            almanac=almanac,
            calendar=calendar,
            statements=statements,
            names=names,
            random=random,
            partnerships=partnerships,
            wanted=wanted,
            fronts=fronts,
        )
        yield from one.records(number * wanted.participants)


@dataclass(slots=True)
class _Somebody:
    """What is known of one of the crowd so far."""

    id: str
    number: int
    full_name: str
    role: str
    partnership: Partnership
    created_at: str
    eligible_at: str | None
    later_eligible_at: str | None = None
    """As a mentor, after they were an ECT."""
    done_on: str | None = None
    """When they completed the training in their role."""
    times: list[SchoolPeriod] = field(default_factory=list)
    periods: list[TrainingPeriod] = field(default_factory=list)
    inductions: list[Induction] = field(default_factory=list)
    mentorships: list[Mentorship] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)

    def records(self, participant: Participant) -> Iterator[Record]:
        yield participant
        yield from self.inductions
        yield from self.times
        yield from self.periods
        yield from self.mentorships
        yield from self.declarations
        yield from listings_of(self.declarations, self.periods)
        yield from trainees_of(ParticipantHistory(participant, self.times, self.periods, self.inductions))


class _Crowd:
    """The crowd of one lead provider."""

    def __init__(
        self,
        *,
        almanac: Almanac,
        calendar: Calendar,
        statements: Statements,
        names: Names,
        random: Random,
        partnerships: list[Partnership],
        wanted: Wanted,
        fronts: tuple[int, int],
    ) -> None:
        self.almanac, self.calendar, self.statements = almanac, calendar, statements
        self.names, self.random = names, random
        self.partnerships, self.wanted = partnerships, wanted
        self.front: float = fronts[0]
        self.step = 2 * (fronts[1] - fronts[0]) / (wanted.participants * MOST_IDS + wanted.declarations or 1)
        self.last_cohort = max((p.cohort for p in partnerships if p.cohort <= almanac.begun), default=0)
        self.of_last_cohort = [p for p in partnerships if p.cohort == self.last_cohort]
        self.mentors: dict[str, str] = {}

    def records(self, first_number: int) -> Iterator[Record]:
        """Yield as many as are wanted; of declarations, as many as there can be by today."""
        left = self.wanted.declarations
        for position in range(self.wanted.participants):
            partnership = self.partnerships[position % len(self.partnerships)]
            share = left / (self.wanted.participants - position) * (0.7 + 0.8 * self.random.random())
            somebody = self._somebody(first_number + position, partnership)
            self._declare(somebody, min(left, round(share)))
            left -= len(somebody.declarations)
            self._end(somebody)
            yield from somebody.records(self._participant(somebody))

    def _id(self) -> str:
        """Make an id that sorts after all before it: rows that come in the order of their keys are stored faster."""
        self.front += self.random.random() * self.step
        text = f"{self.random.getrandbits(96):024x}"
        return f"{int(self.front):08x}-{text[:4]}-4{text[5:8]}-a{text[9:12]}-{text[12:]}"

    def _somebody(self, number: int, partnership: Partnership) -> _Somebody:
        """Register somebody, and let their training begin."""
        chance, year = self.random.random, partnership.cohort
        somebody = _Somebody(
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
        if somebody.eligible_at and somebody.eligible_at > self.almanac.now:  # nobody has looked into it yet
            somebody.eligible_at = None
        self._register(somebody, somebody.role, partnership, f"{year}-09-0{1 + int(chance() * 9)}", somebody.created_at)
        self._find_mentor(somebody)
        return somebody

    def _time_of_day(self) -> str:
        minutes, seconds = divmod(int(self.random.random() * 32_400), 60)
        return f"{8 + minutes // 60:02}:{minutes % 60:02}:{seconds:02}"

    def _register(
        self, somebody: _Somebody, role: str, partnership: Partnership, started_on: str, created_at: str
    ) -> None:
        time = SchoolPeriod(
            id=self._id(),
            participant_id=somebody.id,
            role=role,
            school_id=partnership.school_id,
            started_on=started_on,
            finished_on=FOREVER,
            email=email(somebody.full_name, somebody.number),
            working_pattern=("full_time", "full_time", "part_time", None)[somebody.number % 4] if role == ECT else None,
            created_at=created_at,
        )
        somebody.times.append(time)
        somebody.periods.append(self._training(time, partnership))

    def _training(self, time: SchoolPeriod, partnership: Partnership) -> TrainingPeriod:
        return TrainingPeriod(
            id=self._id(),
            participant_id=time.participant_id,
            role=time.role,
            school_period_id=time.id,
            school_id=time.school_id,
            cohort=partnership.cohort,
            schedule=SCHEDULE,
            lead_provider_id=partnership.lead_provider_id,
            partnership_id=partnership.id,
            started_on=time.started_on,
            finished_on=FOREVER,
            withdrawn_at=None,
            withdrawal_reason=None,
            deferred_at=None,
            deferral_reason=None,
            created_at=time.created_at,
        )

    def _find_mentor(self, somebody: _Somebody) -> None:
        """Make a mentor known at the school, or give an ECT the last one who is."""
        place = somebody.partnership.id
        if somebody.role == MENTOR:
            self.mentors[place] = somebody.id
        elif place in self.mentors and self.random.random() < MENTORED:
            (time,) = somebody.times
            ids = (self._id(), somebody.id, time.id, self.mentors[place])
            somebody.mentorships.append(Mentorship(*ids, time.started_on, FOREVER))

    def _declare(self, somebody: _Somebody, most: int) -> None:
        due = self.calendar.due(somebody.partnership.cohort, somebody.role)
        somebody.declarations = [self._declaration(somebody, one) for one in due[:most]]

    def _declaration(self, somebody: _Somebody, due: Due) -> Declaration:
        partnership, (training,) = somebody.partnership, somebody.periods
        on = due.first + int(self.random.random() * due.days)
        made_at = f"{_day(on + 1)}T{self._time_of_day()}Z"
        paid_from = max(made_at, somebody.eligible_at) if somebody.eligible_at else None
        statement = paid_from and self.statements.open_on(
            partnership.lead_provider_id, partnership.cohort, paid_from[:10]
        )
        return Declaration(
            id=self._id(),
            participant_id=somebody.id,
            role=somebody.role,
            training_period_id=training.id,
            lead_provider_id=partnership.lead_provider_id,
            cohort=partnership.cohort,
            declaration_type=due.declaration_type,
            declaration_date=f"{_day(on)}T09:00:00Z",
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=somebody.mentorships[0].mentor_id if somebody.mentorships else None,
            evidence_held=self.calendar.evidence(partnership.cohort, due.declaration_type),
            pupil_premium=False,
            sparsity=False,
            statement_id=statement,
            voided_at=None,
            clawback_statement_id=None,
            retired=0,
            created_at=made_at,
            updated_at=paid_from or made_at,
        )

    def _end(self, somebody: _Somebody) -> None:
        """Complete the training if it was declared; otherwise some are withdrawn and some deferred."""
        last = somebody.declarations[-1] if somebody.declarations else None
        if last and last.declaration_type == COMPLETED:
            self._complete(somebody, last.declaration_date[:10])
        elif last and self.random.random() < BROKEN_OFF:
            self._break_off(somebody, last.created_at)
        if somebody.role == ECT and somebody.times[0].started_on <= self.almanac.today:
            began, done_on = somebody.times[0].started_on, somebody.done_on
            outcome = PASS if done_on else None
            somebody.inductions.append(Induction(self._id(), somebody.id, began, done_on or FOREVER, outcome))

    def _complete(self, somebody: _Somebody, day: str) -> None:
        """End the training of a mentor; of the ECTs, let some go on as mentors in the lead provider's last cohort."""
        somebody.done_on = day
        if somebody.role == MENTOR:
            somebody.periods[0] = replace(somebody.periods[0], finished_on=day)
        elif somebody.partnership.cohort + 2 < self.last_cohort and self.random.random() < BECOME_MENTORS:
            partnership = self.random.choice(self.of_last_cohort)
            created_at = f"{self.last_cohort}-07-{10 + somebody.number % 20}T{self._time_of_day()}Z"
            somebody.later_eligible_at = created_at
            somebody.periods[0] = replace(somebody.periods[0], finished_on=day)
            somebody.times[0] = replace(somebody.times[0], finished_on=day)
            self._register(somebody, MENTOR, partnership, f"{self.last_cohort}-09-01", created_at)

    def _break_off(self, somebody: _Somebody, at: str) -> None:
        over = {"finished_on": at[:10]}
        if self.random.random() < WITHDRAWN:
            over |= {"withdrawn_at": at, "withdrawal_reason": "other"}
        else:
            over |= {"deferred_at": at, "deferral_reason": "career-break"}
        somebody.periods[0] = replace(somebody.periods[0], **over)

    def _participant(self, somebody: _Somebody) -> Participant:
        ect, done_on = somebody.role == ECT, somebody.done_on
        changes = [d.updated_at for d in somebody.declarations] + [p.created_at for p in somebody.periods]
        return Participant(
            id=somebody.id,
            full_name=somebody.full_name,
            teacher_reference_number=reference_number(somebody.number),
            ect_training_record_id=self._id(),
            mentor_training_record_id=self._id(),
            ect_eligible_at=somebody.eligible_at if ect else None,
            ect_ineligible_on=done_on if ect else None,
            ect_frozen_cohort=None,
            mentor_eligible_at=somebody.later_eligible_at if ect else somebody.eligible_at,
            mentor_ineligible_on=None if ect else done_on,
            mentor_ineligible_reason=None if ect or not done_on else "completed_declaration_received",
            mentor_frozen_cohort=None,
            created_at=somebody.created_at,
            updated_at=max(changes),
            contact_updated_at=somebody.created_at,
        )


@cache
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
