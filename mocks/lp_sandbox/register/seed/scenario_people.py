"""Makes the records of people from a recipe: school and training periods, mentors, inductions and declarations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from lp_sandbox.programme.declaration_states import completes_mentor
from lp_sandbox.programme.people import ParticipantHistory
from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE, usual_evidence
from lp_sandbox.programme.seed.named_declarations import named_declarations
from lp_sandbox.programme.seed.seeded_identities import Identity, Person
from lp_sandbox.register.people import nearest_mentor, unfunded_mentors_among
from lp_sandbox.register.records import Declaration
from lp_sandbox.register.seed.collect_participant_records import records_of_participant
from lp_sandbox.register.seed.recipe_context import ScenarioContext
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import FOREVER, Record

Entry = Mapping[str, Any]
"""A part of a recipe."""


def records_of_people(context: ScenarioContext, people: Mapping[str, Person]) -> Iterator[Record]:
    """Yield the records of all people in a recipe."""
    identities = context.identities(people)
    records = [
        record
        for name, person in people.items()
        for record in _PersonRecords(context, identities, name, person).records()
    ]
    yield from records
    yield from unfunded_mentors_among(records)


class _PersonRecords:
    """Makes the records of one person. Later steps use what earlier steps made."""

    def __init__(self, context: ScenarioContext, identities: Mapping[str, Identity], name: str, person: Person) -> None:
        self.context, self.identities, self.name, self.person = context, identities, name, person
        self.identity = identities[name]
        self.school_periods = [self._school_period(number, entry) for number, entry in enumerate(person["periods"])]
        self.training_periods = list(self._training_periods())
        self.mentorships = list(self._mentorships())
        self.inductions = list(self._inductions())
        self.id_changes = list(self._id_changes())
        self.declarations = list(self._declarations())

    def records(self) -> Iterator[Record]:
        history = ParticipantHistory(
            self._participant(),
            school_periods=self.school_periods,
            training_periods=self.training_periods,
            inductions=self.inductions,
            id_changes=self.id_changes,
            mentorships=self.mentorships,
        )
        yield from records_of_participant(history, self.declarations)

    def _id(self, kind: str, *part: object, given: str | None = None) -> str:
        return self.context.id_of(kind, self.name, *part, given=given)

    def _past(self, instant: str) -> str:
        return min(instant, self.context.now)

    def _school_period(self, number: int, entry: Entry) -> SchoolPeriod:
        return SchoolPeriod(
            id=self._id("school-period", number),
            participant_id=self.identity.id,
            role=entry["role"],
            school_id=self.context.schools[entry["at"]].id,
            started_on=entry["started_on"],
            finished_on=entry.get("finished_on") or FOREVER,
            email=entry.get("email") or self.identity.email,
            working_pattern=entry.get("working_pattern", "full_time") if entry["role"] == ECT else None,
            created_at=entry.get("created_at") or self._past(f"{entry['started_on']}T08:00:00Z"),
        )

    def _training_periods(self) -> Iterator[TrainingPeriod]:
        for number, (school_period, entry) in enumerate(self._with_entries()):
            for position, training in enumerate(entry.get("training", ())):
                yield self._training_period(school_period, training, number, position)

    def _with_entries(self) -> Iterable[tuple[SchoolPeriod, Entry]]:
        """Return the school periods with their entries in the recipe."""
        return zip(self.school_periods, self.person["periods"], strict=True)

    def _training_period(self, school_period: SchoolPeriod, entry: Entry, number: int, position: int) -> TrainingPeriod:
        provider = self.context.providers[entry["with"]] if entry["with"] else None
        partnership = self.context.partnerships.get((school_period.school_id, provider or "", entry["cohort"]))
        withdrawn, deferred = entry.get("withdrawn") or {}, entry.get("deferred") or {}
        started_on = entry.get("started_on") or school_period.started_on
        registered = school_period.created_at if position == 0 else self._past(f"{started_on}T09:00:00Z")
        return TrainingPeriod(
            id=self._id("training-period", number, position),
            participant_id=self.identity.id,
            role=school_period.role,
            school_period_id=school_period.id,
            school_id=school_period.school_id,
            cohort=entry["cohort"],
            schedule=entry.get("schedule", USUAL_SCHEDULE) if provider else None,
            lead_provider_id=provider,
            partnership_id=partnership.id if partnership else None,
            started_on=started_on,
            finished_on=entry.get("finished_on") or school_period.finished_on,
            withdrawn_at=withdrawn.get("at"),
            withdrawal_reason=withdrawn.get("reason"),
            deferred_at=deferred.get("at"),
            deferral_reason=deferred.get("reason"),
            created_at=entry.get("created_at") or registered,
            moved_at=self.context.touched,
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

    def _inductions(self) -> Iterator[Induction]:
        for number, entry in enumerate(self.person.get("inductions", ())):
            yield Induction(
                id=self._id("induction", number),
                participant_id=self.identity.id,
                started_on=entry["started_on"],
                finished_on=entry.get("finished_on") or FOREVER,
                outcome=entry.get("outcome"),
            )

    def _id_changes(self) -> Iterator[IdChange]:
        for number, entry in enumerate(self.person.get("id_changes", ())):
            before = self._id("earlier-participant", number, given=entry.get("from"))
            yield IdChange(self.identity.id, before, entry["at"])

    def _participant(self) -> Participant:
        created_at = self.person.get("created_at") or min(each.created_at for each in self.school_periods)
        touched = self.context.touched or self.person.get("updated_at") or max(self._changes(), default=created_at)
        by_role = {
            f"{role}_{fact}": self.person.get(fact, {}).get(role)
            for fact in ("eligible_at", "ineligible_on", "frozen_cohort")
            for role in (ECT, MENTOR)
        }
        given = self.person.get("training_record_ids", {})
        return Participant(
            id=self.identity.id,
            full_name=self.identity.full_name,
            teacher_reference_number=None if self.person.get("without_trn") else self.identity.teacher_reference_number,
            ect_training_record_id=self._id("ect-training-record", given=given.get(ECT)),
            mentor_training_record_id=self._id("mentor-training-record", given=given.get(MENTOR)),
            mentor_ineligible_reason=self.person.get("ineligible_reason"),
            created_at=created_at,
            updated_at=touched,
            contact_updated_at=self.context.touched or created_at,
            **by_role,
        )

    def _changes(self) -> Iterator[str]:
        """Yield the instants at which the records of the participant changed."""
        yield from (each.created_at for each in self.school_periods)
        yield from (change.changed_at for change in self.id_changes)
        yield from self.person.get("eligible_at", {}).values()
        yield from (each.created_at for each in self.declarations if completes_mentor(each))
        for each in self.training_periods:
            yield from filter(None, (each.created_at, each.withdrawn_at, each.deferred_at))

    def _declarations(self) -> Iterator[Declaration]:
        retired: Counter[tuple[str, str]] = Counter()
        for name, entry in named_declarations(self.person):
            declaration = self._declaration(entry, name)
            if declaration.voided_at or declaration.clawback_statement_id:
                event = declaration.role, declaration.declaration_type
                retired[event] += 1
                declaration = msgspec.structs.replace(declaration, retired=retired[event])
            yield declaration

    def _declaration(self, entry: Entry, name: str) -> Declaration:
        role = entry.get("role") or self.school_periods[0].role
        provider = self.context.providers[entry.get("with", "you")]
        training = _training_on(self.training_periods, role, provider, _day(entry["date"]))
        partnership = self.context.partnerships[training.school_id, provider, training.cohort]
        school = next(s for s in self.context.schools.values() if s.id == training.school_id)
        detailed = training.cohort in self.context.detailed_cohorts
        uplift = entry["type"] == "started" and training.cohort in self.context.uplift_cohorts
        made_at, eligible_at = entry["made_at"], self.person.get("eligible_at", {}).get(role)
        paid_from = max(made_at, eligible_at) if eligible_at and entry.get("confirmed", True) else None
        voided_at, clawed_back_at = entry.get("voided_at"), entry.get("clawed_back_at")
        changed_at = voided_at or clawed_back_at or paid_from or made_at
        return Declaration(
            id=self._id("declaration", name, given=entry.get("id")),
            participant_id=self.identity.id,
            role=role,
            training_period_id=training.id,
            lead_provider_id=provider,
            cohort=training.cohort,
            declaration_type=entry["type"],
            declaration_date=entry["date"],
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=nearest_mentor(self.mentorships, _day(entry["date"])) if role == ECT else None,
            evidence_held=entry.get("evidence") or usual_evidence(entry["type"], detailed=detailed),
            pupil_premium=uplift and school.pupil_premium,
            sparsity=uplift and school.sparsity,
            statement_id=self._statement(provider, training.cohort, paid_from),
            voided_at=voided_at,
            clawback_statement_id=self._statement(provider, training.cohort, clawed_back_at),
            retired=0,
            created_at=made_at,
            updated_at=self.context.touched or changed_at,
        )

    def _statement(self, provider: str, cohort: int, since: str | None) -> str | None:
        return self.context.statements.open_on(provider, cohort, _day(since)) if since else None


def _day(instant: str) -> str:
    """Return the date of an instant in London."""
    return day(parse(instant))


def _training_on(training_periods: Iterable[TrainingPeriod], role: str, provider: str, on: str) -> TrainingPeriod:
    """Return the training period that a declaration of a day is for: the last that had started, or else the first."""
    own = [each for each in training_periods if each.role == role and each.lead_provider_id == provider]
    own.sort(key=lambda each: each.started_on)
    started = [each for each in own if each.started_on <= on]
    return started[-1] if started else own[0]
