"""Bulk people: the requested number of participants, besides those of scenarios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from msgspec.structs import replace

from lp_sandbox.ecf.people import ELIGIBLE, INELIGIBLE, History
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, EcfPartnership, Profile
from lp_sandbox.ecf.seed.bulk_declarations import BulkDeclarations, Declared
from lp_sandbox.ecf.seed.recipe_people import records_of_participant
from lp_sandbox.programme.people import COMPLETION_DECLARED, training_throughout
from lp_sandbox.programme.records import COMPLETED, ECT, MENTOR, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE, DueDeclarations
from lp_sandbox.programme.seed.names import Names, email, names, reference_number
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.programme.seed.organisations import Organisations
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, Record

# Shares: of participants who are mentors; of those whose details are validated; of validated ones eligible for funding;
# of ECTs with a mentor of their partnership.
MENTORS, VALIDATED, FUNDED, MENTORED = 0.3, 0.95, 0.95, 0.6
TOGETHER = 3
"""How many people in a row train under one partnership."""
TWICE = 20
"""One of so many people was registered before, as the person made before them."""
FIRST_NUMBER = 4_000_000
"""TRNs of bulk people are made from the numbers after it. No recipe comes near it."""


def bulk_people(
    organisations: Organisations, partnerships: Iterable[EcfPartnership], statements: OpenStatements
) -> Iterator[Record]:
    """Yield the records of the bulk people of every lead provider, spread over its partnerships."""
    by_lead_provider: dict[str, list[EcfPartnership]] = defaultdict(list)
    for partnership in partnerships:
        by_lead_provider[partnership.lead_provider_id].append(partnership)
    wanted = organisations.wanted["participants"]
    due_declarations = DueDeclarations(organisations.seeds, organisations.almanac.today)
    for position, (lead_provider_id, own) in enumerate(by_lead_provider.items()):
        declarations = BulkDeclarations(
            organisations.seed, lead_provider_id, due_declarations, statements, organisations.almanac.today
        )
        maker = _BulkPeople(organisations, lead_provider_id, names(organisations.seeds), declarations)
        for number in range(wanted):
            yield from maker.person(position * wanted + number, own[number // TOGETHER % len(own)])


class _BulkPeople:
    """Makes the bulk people of one lead provider."""

    def __init__(
        self, organisations: Organisations, lead_provider_id: str, words: Names, declarations: BulkDeclarations
    ) -> None:
        self._seed, self._almanac, self._names = organisations.seed, organisations.almanac, words
        self._random = Random(f"{organisations.seed}/{lead_provider_id}")  # noqa: S311 - equal seeds give equal worlds
        self._declarations = declarations
        self._mentors: dict[str, str] = {}
        """The last mentor made for each partnership."""
        self._last: tuple[str | None, list[EcfDeclaration]] = None, []
        """The teacher reference number and the declarations of the last person made."""

    def person(self, number: int, partnership: EcfPartnership) -> Iterator[Record]:
        """Yield the records of one person who trains under a partnership."""
        chance, id_ = self._random.random, make_id(self._seed, "participant", number)
        role, full_name = MENTOR if chance() < MENTORS else ECT, self._names.person(self._random.getrandbits(24))
        year, day = partnership.cohort, 1 + int(chance() * 9)
        created_at = self._almanac.past(f"{year}-07-{10 + int(chance() * 18)}T{8 + int(chance() * 9):02}:20:00Z")
        eligibility = (ELIGIBLE if chance() < FUNDED else INELIGIBLE) if chance() < VALIDATED else None
        trn, before = self._identity(number)
        school_period = SchoolPeriod(
            id=make_id(self._seed, "school-period", number),
            participant_id=id_,
            role=role,
            school_id=partnership.school_id,
            started_on=f"{year}-09-0{day}",
            finished_on=FOREVER,
            email=email(full_name, FIRST_NUMBER + number),
            working_pattern=None,
            created_at=created_at,
        )
        mentorships = list(self._mentorship(school_period, number, partnership))
        mentor_id = mentorships[0].mentor_id if mentorships else None
        profile = self._profile(school_period, number, year, eligibility)
        declared = Declared(number, profile, partnership, mentor_id, before)
        declarations = list(self._declarations.declarations(declared))
        self._last = trn, declarations
        history = History(
            EcfParticipant(
                id=id_,
                full_name=full_name,
                email=school_period.email,
                teacher_reference_number=trn if eligibility else None,
                given_reference_number=trn,
                created_at=created_at,
                updated_at=created_at,
            ),
            profiles=[_with_completion(profile, declarations)],
            school_periods=[school_period],
            training_periods=[self._training_period(school_period, number, partnership)],
            mentorships=mentorships,
        )
        yield from records_of_participant(history, frozenset(), declarations)

    def _training_period(self, school_period: SchoolPeriod, number: int, partnership: EcfPartnership) -> TrainingPeriod:
        return training_throughout(
            school_period,
            id=make_id(self._seed, "training-period", number),
            cohort=partnership.cohort,
            schedule=USUAL_SCHEDULE,
            lead_provider_id=partnership.lead_provider_id,
            partnership_id=partnership.id,
        )

    def _identity(self, number: int) -> tuple[str, Sequence[EcfDeclaration]]:
        """Return the teacher reference number of a person, and what was declared for them under another id."""
        trn, declarations = self._last
        return (trn, declarations) if trn and number % TWICE == 0 else (reference_number(FIRST_NUMBER + number), ())

    def _mentorship(
        self, school_period: SchoolPeriod, number: int, partnership: EcfPartnership
    ) -> Iterator[Mentorship]:
        """Give an ECT the last mentor made for the partnership, or remember a mentor."""
        if school_period.role == MENTOR:
            self._mentors[partnership.id] = school_period.participant_id
        elif partnership.id in self._mentors and self._random.random() < MENTORED:
            yield Mentorship(
                id=make_id(self._seed, "mentorship", number),
                ect_id=school_period.participant_id,
                ect_school_period_id=school_period.id,
                mentor_id=self._mentors[partnership.id],
                started_on=school_period.started_on,
                finished_on=FOREVER,
            )

    def _profile(self, school_period: SchoolPeriod, number: int, cohort: int, eligibility: str | None) -> Profile:
        is_ect = school_period.role == ECT
        reason = {None: None, ELIGIBLE: "none"}.get(
            eligibility, "previous_induction" if is_ect else "duplicate_profile"
        )
        return Profile(
            id=make_id(self._seed, "training-record", number),
            participant_id=school_period.participant_id,
            role=school_period.role,
            schedule=USUAL_SCHEDULE,
            schedule_cohort=cohort,
            pupil_premium=is_ect and number % 7 == 0,
            sparsity=is_ect and number % 5 == 0,
            eligibility=eligibility,
            eligibility_reason=reason,
            eligibility_decided_at=school_period.created_at if eligibility else None,
            induction_started_on=school_period.started_on if is_ect else None,
            induction_completed_on=None,
            mentor_completed_on=None,
            mentor_completion_reason=None,
            cohort_changed_after_payments_frozen=False,
            created_at=school_period.created_at,
        )


def _with_completion(profile: Profile, declarations: Iterable[EcfDeclaration]) -> Profile:
    """Return a profile with the day on which a mentor completed the training, if that was declared."""
    completed = (each for each in declarations if each.declaration_type == COMPLETED and not each.retired)
    day = next((each.declaration_date[:10] for each in completed), None)
    if profile.role != MENTOR or day is None:
        return profile
    return replace(profile, mentor_completed_on=day, mentor_completion_reason=COMPLETION_DECLARED)
