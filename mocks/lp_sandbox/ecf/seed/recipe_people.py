"""Makes the records of people from a recipe: profiles, school and training periods, mentors and changes of id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lp_sandbox.ecf.declaration_listings import declaration_listings
from lp_sandbox.ecf.people import ELIGIBLE, NO_INDUCTION, History, latest, listed_profiles_of, mentor_on, trainees_of
from lp_sandbox.ecf.records import (
    EcfCohort,
    EcfDeclaration,
    EcfParticipant,
    EcfPartnership,
    EcfSchool,
    Profile,
    Removal,
)
from lp_sandbox.ecf.transfers import transferred_participants
from lp_sandbox.ecf.unfunded_mentors import unfunded_mentors
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import ECT, IdChange, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE, usual_evidence
from lp_sandbox.programme.seed.named_declarations import named_declarations
from lp_sandbox.programme.seed.names import Names
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.programme.seed.seeded_identities import Identity, MakesIds, Person, identity_of
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import FOREVER, Record

Entry = Mapping[str, Any]
"""A part of a recipe."""
VALIDATED: Entry = {"status": ELIGIBLE, "reason": "none"}
"""The default eligibility of people in recipes."""
EVENTS = ("withdrawn", "deferred")


@dataclass(frozen=True, slots=True)
class RecipeContext:
    """What the words of a recipe refer to in one instance of it."""

    id_of: MakesIds
    names: Names
    as_given: bool
    """The ids and names in the recipe apply to this instance."""
    now: str
    """Nothing was recorded later."""
    touched: str | None
    """When everything was last changed; None derives it from the recipe."""
    schools: Mapping[str, EcfSchool]
    partnerships: Mapping[str, EcfPartnership]
    """By the name of the school and their own: `here-mine`."""
    providers: Mapping[str, str]
    """The ids of the lead providers `you` and `another`."""
    cohorts: Mapping[int, EcfCohort]
    statements: OpenStatements

    def identities(self, people: Mapping[str, Person]) -> Mapping[str, Identity]:
        """Return the identities of the people of a recipe, by name."""
        return {
            name: identity_of(person, name, id_of=self.id_of, names=self.names, as_given=self.as_given)
            for name, person in people.items()
        }


def records_of_people(context: RecipeContext, people: Mapping[str, Person]) -> Iterator[Record]:
    """Yield the records of all people in a recipe."""
    identities = context.identities(people)
    makers = [_PersonRecords(context, identities, name, person) for name, person in people.items()]
    histories = [maker.history() for maker in makers]
    challenged = frozenset(each.id for each in context.partnerships.values() if each.challenged_at)
    for maker, history in zip(makers, histories, strict=True):
        yield from records_of_participant(history, challenged, list(maker.declarations(history)))
    yield from unfunded_mentors(histories, histories, challenged)


def records_of_participant(
    history: History, challenged: frozenset[str], declarations: Sequence[EcfDeclaration] = ()
) -> Iterator[Record]:
    """Yield all records of a participant, and what lead providers list of them, except as an unfunded mentor."""
    yield history.participant
    yield from history.id_changes
    yield from history.profiles
    yield from history.school_periods
    yield from history.removals
    yield from history.training_periods
    yield from history.mentorships
    yield from declarations
    yield from declaration_listings(declarations, history)
    yield from trainees_of(history, challenged)
    yield from listed_profiles_of(history, challenged)
    yield from transferred_participants(history)


class _PersonRecords:
    """Makes the history of one person. Later steps use what earlier steps made."""

    def __init__(self, context: RecipeContext, identities: Mapping[str, Identity], name: str, person: Person) -> None:
        self.context, self.identities, self.name, self.person = context, identities, name, person
        self.identity = identities[name]
        self.school_periods = [self._school_period(number, entry) for number, entry in enumerate(person["periods"])]
        self.training_periods = list(self._training_periods())
        self.removals = list(self._removals())
        self.id_changes = list(self._id_changes())
        self.profiles = [self._profile(role) for role in dict.fromkeys(each.role for each in self.school_periods)]
        self.mentorships = list(self._mentorships())

    def history(self) -> History:
        return History(
            self._participant(),
            profiles=self.profiles,
            school_periods=self.school_periods,
            training_periods=self.training_periods,
            mentorships=self.mentorships,
            removals=self.removals,
            id_changes=self.id_changes,
        )

    def _id(self, kind: str, *part: object, given: str | None = None) -> str:
        return self.context.id_of(kind, self.name, *part, given=given)

    def _past(self, instant: str) -> str:
        return min(instant, self.context.now)

    def _with_entries(self) -> Iterable[tuple[SchoolPeriod, Entry]]:
        return zip(self.school_periods, self.person["periods"], strict=True)

    def _school_period(self, number: int, entry: Entry) -> SchoolPeriod:
        return SchoolPeriod(
            id=self._id("school-period", number),
            participant_id=self.identity.id,
            role=entry["role"],
            school_id=self.context.schools[entry["at"]].id,
            started_on=entry["started_on"],
            finished_on=entry.get("finished_on") or FOREVER,
            email=entry.get("email") or self.identity.email,
            working_pattern=None,
            created_at=entry.get("created_at") or self._past(f"{entry['started_on']}T08:00:00Z"),
        )

    def _training_periods(self) -> Iterator[TrainingPeriod]:
        for number, (school_period, entry) in enumerate(self._with_entries()):
            for position, training in enumerate(entry.get("training", ())):
                yield self._training_period(school_period, entry["at"], training, number, position)

    def _training_period(
        self, school_period: SchoolPeriod, place: str, entry: Entry, number: int, position: int
    ) -> TrainingPeriod:
        partnership = self.context.partnerships[f"{place}-{entry['under']}"] if entry.get("under") else None
        started_on = entry.get("started_on") or school_period.started_on
        registered = school_period.created_at if position == 0 else self._past(f"{started_on}T09:00:00Z")
        events = {f"{event}_at": (entry.get(event) or {}).get("at") for event in EVENTS}
        reasons = {
            reason: (entry.get(event) or {}).get("reason")
            for event, reason in zip(EVENTS, ("withdrawal_reason", "deferral_reason"), strict=True)
        }
        return TrainingPeriod(
            id=self._id("training-period", number, position),
            participant_id=self.identity.id,
            role=school_period.role,
            school_period_id=school_period.id,
            school_id=school_period.school_id,
            cohort=partnership.cohort if partnership else entry["cohort"],
            schedule=None if entry.get("led_by_school") else entry.get("schedule", USUAL_SCHEDULE),
            lead_provider_id=partnership.lead_provider_id if partnership else None,
            partnership_id=partnership.id if partnership else None,
            started_on=started_on,
            finished_on=entry.get("finished_on") or school_period.finished_on,
            created_at=entry.get("created_at") or registered,
            moved_at=None,
            **events,
            **reasons,
        )

    def _mentorships(self) -> Iterator[Mentorship]:
        for number, (school_period, entry) in enumerate(self._with_entries()):
            for position, mentored in enumerate(entry.get("mentors", ())):
                yield Mentorship(
                    id=self._id("mentorship", number, position),
                    ect_id=self.identity.id,
                    ect_school_period_id=school_period.id,
                    mentor_id=self.identities[mentored["by"]].id,
                    started_on=mentored.get("started_on") or school_period.started_on,
                    finished_on=mentored.get("finished_on") or school_period.finished_on,
                )

    def _removals(self) -> Iterator[Removal]:
        for school_period, entry in self._with_entries():
            if "removed_at" in entry:
                yield Removal(school_period.participant_id, school_period.id, entry["removed_at"])

    def _id_changes(self) -> Iterator[IdChange]:
        for number, entry in enumerate(self.person.get("id_changes", ())):
            before = self._id("earlier-participant", number, given=entry.get("from"))
            yield IdChange(self.identity.id, before, entry["at"])

    def _profile(self, role: str) -> Profile:
        first = next(each for each in self.school_periods if each.role == role)
        school = next(each for each in self.context.schools.values() if each.id == first.school_id)
        trained = [each for each in self.training_periods if each.role == role]
        eligibility: Entry | None = self.person.get("eligibility", {}).get(role, VALIDATED)
        completed, mentor = self.person.get("induction_completed_on", None), self.person.get("mentor_completed", {})
        is_mentor = role == "mentor"
        return Profile(
            id=self._id(f"{role}-training-record"),
            participant_id=self.identity.id,
            role=role,
            schedule=(trained[-1].schedule if trained else None) or USUAL_SCHEDULE,
            schedule_cohort=trained[-1].cohort if trained else int(first.started_on[:4]),
            pupil_premium=school.pupil_premium and not is_mentor,
            sparsity=school.sparsity and not is_mentor,
            eligibility=eligibility["status"] if eligibility else None,
            eligibility_reason=eligibility["reason"] if eligibility else None,
            eligibility_decided_at=(eligibility.get("at") or first.created_at) if eligibility else None,
            induction_started_on=None if is_mentor or _waits_for_induction(eligibility) else first.started_on,
            induction_completed_on=None if is_mentor else completed,
            mentor_completed_on=mentor.get("day") if is_mentor else None,
            mentor_completion_reason=mentor.get("reason") if is_mentor else None,
            cohort_changed_after_payments_frozen=self.person.get("left_frozen_cohort", False) and not is_mentor,
            created_at=first.created_at,
        )

    def declarations(self, history: History) -> Iterator[EcfDeclaration]:
        """Yield the declarations of the person, whose history is given."""
        retired: Counter[tuple[str, str]] = Counter()
        for name, entry in named_declarations(self.person):
            declaration = self._declaration(history, entry, name)
            if declaration.voided_at or declaration.clawback_statement_id or declaration.superseded_by:
                event = declaration.role, declaration.declaration_type
                retired[event] += 1
                declaration = msgspec.structs.replace(declaration, retired=retired[event])
            yield declaration

    def _declaration(self, history: History, entry: Entry, name: str) -> EcfDeclaration:
        role, provider = (
            entry.get("role") or self.school_periods[0].role,
            self.context.providers[entry.get("with", "you")],
        )
        profile, declared_on, made_at = history.profile(role), entry["date"][:10], entry["made_at"]
        own = [each for each in self.training_periods if (each.role, trained_by(each)) == (role, provider)]
        training = latest(each for each in own if each.started_on <= declared_on) or own[0]
        partnership = next(each for each in self.context.partnerships.values() if each.id == training.partnership_id)
        original, voided_at, clawed_back_at = (
            entry.get(event) for event in ("superseded_by", "voided_at", "clawed_back_at")
        )
        is_paid_for = profile.eligibility == ELIGIBLE and not original and not voided_at
        evidence = usual_evidence(entry["type"], detailed=self.context.cohorts[training.cohort].detailed_evidence)
        return EcfDeclaration(
            id=self._id("declaration", name, given=entry.get("id")),
            participant_id=self.identity.id,
            role=role,
            lead_provider_id=provider,
            cohort=training.cohort,
            declaration_type=entry["type"],
            declaration_date=entry["date"],
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=mentor_on(history, training, declared_on) if role == ECT else None,
            evidence_held=entry.get("evidence") or evidence,
            pupil_premium=profile.pupil_premium,
            sparsity=profile.sparsity,
            statement_id=self._statement(provider, training.cohort, made_at) if is_paid_for else None,
            superseded_by=self.context.id_of("declaration", original, entry["type"]) if original else None,
            voided_at=voided_at,
            clawback_statement_id=self._statement(provider, training.cohort, clawed_back_at),
            retired=0,
            created_at=made_at,
            updated_at=self.context.touched or voided_at or clawed_back_at or made_at,
        )

    def _statement(self, provider: str, cohort: int, since: str | None) -> str | None:
        return self.context.statements.on(provider, cohort, day(parse(since))) if since else None

    def _participant(self) -> EcfParticipant:
        is_validated = any(profile.eligibility for profile in self.profiles)
        trn = self.identities[self.person.get("same_trn_as", self.name)].teacher_reference_number
        created_at = min(each.created_at for each in self.school_periods)
        return EcfParticipant(
            id=self.identity.id,
            full_name=self.identity.full_name,
            email=self.identity.email,
            teacher_reference_number=trn if is_validated else None,
            given_reference_number=trn,
            created_at=created_at,
            updated_at=self.context.touched or max(self._changes(), default=created_at),
        )

    def _changes(self) -> Iterator[str]:
        """Yield the instants at which the records of the participant changed."""
        yield from (each.created_at for each in self.school_periods)
        yield from (each.changed_at for each in self.id_changes)
        yield from (each.removed_at for each in self.removals)
        yield from filter(None, (each.eligibility_decided_at for each in self.profiles))
        for each in self.training_periods:
            yield from filter(None, (each.created_at, each.withdrawn_at, each.deferred_at))


def _waits_for_induction(eligibility: Entry | None) -> bool:
    return eligibility is not None and eligibility["reason"] == NO_INDUCTION
