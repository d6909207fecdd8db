"""People as a recipe describes them: their schools, training, mentors, induction and declarations as records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from lp_sandbox.programme.payment_states import completes_mentor
from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    Declaration,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.due_declarations import usual_evidence
from lp_sandbox.register.listings import listings_of
from lp_sandbox.register.people import ParticipantHistory, trainees_of, unfunded_mentors_among
from lp_sandbox.register.seed.scenario_context import Identity, Spec, Stage, identity
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import FOREVER, Record

STANDARD = "ecf-standard-september"


def records_of(stage: Stage, people: Mapping[str, Spec]) -> Iterator[Record]:
    """Yield the records of everybody in a recipe."""
    identities = {name: identity(stage, name, spec) for name, spec in people.items()}
    cast = [record for name, spec in people.items() for record in _Life(stage, identities, name, spec).records()]
    yield from cast
    yield from unfunded_mentors_among(cast)


class _Life:
    """One person's records in the making."""

    def __init__(self, stage: Stage, identities: Mapping[str, Identity], name: str, spec: Spec) -> None:
        self.stage, self.identities, self.name, self.spec = stage, identities, name, spec
        self.who = identities[name]
        self.times = [self._time(number, entry) for number, entry in enumerate(spec["periods"])]
        self.training = list(self._training())
        self.mentorships = list(self._mentorships())
        self.inductions = list(self._inductions())
        self.id_changes = list(self._id_changes())
        self.declarations = list(self._declarations())

    def records(self) -> Iterator[Record]:
        participant = self._participant()
        yield participant
        yield from self.id_changes
        yield from self.inductions
        yield from self.times
        yield from self.training
        yield from self.mentorships
        yield from self.declarations
        yield from listings_of(self.declarations, self.training)
        yield from trainees_of(ParticipantHistory(participant, self.times, self.training, self.inductions))

    def _id(self, kind: str, *part: object, given: str | None = None) -> str:
        return self.stage.make_id(kind, self.name, *part, given=given)

    def _past(self, instant: str) -> str:
        return min(instant, self.stage.now)

    def _time(self, number: int, entry: Spec) -> SchoolPeriod:
        return SchoolPeriod(
            id=self._id("school-period", number),
            participant_id=self.who.id,
            role=entry["role"],
            school_id=self.stage.schools[entry["at"]].id,
            started_on=entry["started_on"],
            finished_on=entry.get("finished_on") or FOREVER,
            email=entry.get("email") or self.who.email,
            working_pattern=entry.get("working_pattern", "full_time") if entry["role"] == ECT else None,
            created_at=entry.get("created_at") or self._past(f"{entry['started_on']}T08:00:00Z"),
        )

    def _training(self) -> Iterator[TrainingPeriod]:
        for number, (time, entry) in enumerate(zip(self.times, self.spec["periods"], strict=True)):
            for position, trained in enumerate(entry.get("training", ())):
                yield self._trained(time, trained, number, position)

    def _trained(self, time: SchoolPeriod, entry: Spec, number: int, position: int) -> TrainingPeriod:
        provider = self.stage.providers[entry["with"]] if entry["with"] else None
        partnership = self.stage.partnerships.get((time.school_id, provider or "", entry["cohort"]))
        withdrawn, deferred = entry.get("withdrawn") or {}, entry.get("deferred") or {}
        started_on = entry.get("started_on") or time.started_on
        registered = time.created_at if position == 0 else self._past(f"{started_on}T09:00:00Z")
        return TrainingPeriod(
            id=self._id("training-period", number, position),
            participant_id=self.who.id,
            role=time.role,
            school_period_id=time.id,
            school_id=time.school_id,
            cohort=entry["cohort"],
            schedule=entry.get("schedule", STANDARD) if provider else None,
            lead_provider_id=provider,
            partnership_id=partnership.id if partnership else None,
            started_on=started_on,
            finished_on=entry.get("finished_on") or time.finished_on,
            withdrawn_at=withdrawn.get("at"),
            withdrawal_reason=withdrawn.get("reason"),
            deferred_at=deferred.get("at"),
            deferral_reason=deferred.get("reason"),
            created_at=entry.get("created_at") or registered,
            moved_at=self.stage.touched,
        )

    def _mentorships(self) -> Iterator[Mentorship]:
        for number, (time, entry) in enumerate(zip(self.times, self.spec["periods"], strict=True)):
            for position, mentored in enumerate(entry.get("mentors", ())):
                yield Mentorship(
                    id=self._id("mentorship", number, position),
                    ect_id=self.who.id,
                    ect_school_period_id=time.id,
                    mentor_id=self.identities[mentored["by"]].id,
                    started_on=mentored.get("started_on") or time.started_on,
                    finished_on=mentored.get("finished_on") or time.finished_on,
                )

    def _inductions(self) -> Iterator[Induction]:
        for number, entry in enumerate(self.spec.get("inductions", ())):
            yield Induction(
                id=self._id("induction", number),
                participant_id=self.who.id,
                started_on=entry["started_on"],
                finished_on=entry.get("finished_on") or FOREVER,
                outcome=entry.get("outcome"),
            )

    def _id_changes(self) -> Iterator[IdChange]:
        for number, entry in enumerate(self.spec.get("id_changes", ())):
            before = self._id("earlier-participant", number, given=entry.get("from"))
            yield IdChange(self.who.id, before, entry["at"])

    def _participant(self) -> Participant:
        created_at = self.spec.get("created_at") or min(time.created_at for time in self.times)
        touched = self.stage.touched or self.spec.get("updated_at") or max(self._changes(), default=created_at)
        by_role = {
            f"{role}_{fact}": self.spec.get(fact, {}).get(role)
            for fact in ("eligible_at", "ineligible_on", "frozen_cohort")
            for role in (ECT, MENTOR)
        }
        given = self.spec.get("training_record_ids", {})
        return Participant(
            id=self.who.id,
            full_name=self.who.full_name,
            teacher_reference_number=None if self.spec.get("without_trn") else self.who.teacher_reference_number,
            ect_training_record_id=self._id("ect-training-record", given=given.get(ECT)),
            mentor_training_record_id=self._id("mentor-training-record", given=given.get(MENTOR)),
            mentor_ineligible_reason=self.spec.get("ineligible_reason"),
            created_at=created_at,
            updated_at=touched,
            contact_updated_at=self.stage.touched or created_at,
            **by_role,
        )

    def _changes(self) -> Iterator[str]:
        """Yield when the records of the participant changed."""
        yield from (time.created_at for time in self.times)
        yield from (change.changed_at for change in self.id_changes)
        yield from self.spec.get("eligible_at", {}).values()
        yield from (one.created_at for one in self.declarations if completes_mentor(one))
        for period in self.training:
            yield from filter(None, (period.created_at, period.withdrawn_at, period.deferred_at))

    def _declarations(self) -> Iterator[Declaration]:
        retired: Counter[tuple[str, str]] = Counter()
        seen: Counter[str] = Counter()
        for entry in self.spec.get("declarations", ()):
            name = entry["type"]
            seen[name] += 1
            declaration = self._declaration(entry, f"{name}-{seen[name]}" if seen[name] > 1 else name)
            if declaration.voided_at or declaration.clawback_statement_id:
                event = declaration.role, name
                retired[event] += 1
                declaration = msgspec.structs.replace(declaration, retired=retired[event])
            yield declaration

    def _declaration(self, entry: Spec, name: str) -> Declaration:
        role = entry.get("role") or self.times[0].role
        provider = self.stage.providers[entry.get("with", "you")]
        training = _training_on(self.training, role, provider, _day(entry["date"]))
        partnership = self.stage.partnerships[training.school_id, provider, training.cohort]
        school = next(s for s in self.stage.schools.values() if s.id == training.school_id)
        detailed = training.cohort in self.stage.detailed_cohorts
        uplift = entry["type"] == "started" and training.cohort in self.stage.uplift_cohorts
        made_at, taken_at = entry["made_at"], self.spec.get("eligible_at", {}).get(role)
        paid_from = max(made_at, taken_at) if taken_at and entry.get("confirmed", True) else None
        voided_at, clawed_back_at = entry.get("voided_at"), entry.get("clawed_back_at")
        changed_at = voided_at or clawed_back_at or paid_from or made_at
        return Declaration(
            id=self._id("declaration", name, given=entry.get("id")),
            participant_id=self.who.id,
            role=role,
            training_period_id=training.id,
            lead_provider_id=provider,
            cohort=training.cohort,
            declaration_type=entry["type"],
            declaration_date=entry["date"],
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=_mentor_on(self.mentorships, _day(entry["date"])) if role == ECT else None,
            evidence_held=entry.get("evidence") or usual_evidence(entry["type"], detailed=detailed),
            pupil_premium=uplift and school.pupil_premium,
            sparsity=uplift and school.sparsity,
            statement_id=self._statement(provider, training.cohort, paid_from),
            voided_at=voided_at,
            clawback_statement_id=self._statement(provider, training.cohort, clawed_back_at),
            retired=0,
            created_at=made_at,
            updated_at=self.stage.touched or changed_at,
        )

    def _statement(self, provider: str, cohort: int, since: str | None) -> str | None:
        return self.stage.statements.open_on(provider, cohort, _day(since)) if since else None


def _day(instant: str) -> str:
    """Return the date of an instant in London."""
    return day(parse(instant))


def _training_on(periods: Iterable[TrainingPeriod], role: str, provider: str, on: str) -> TrainingPeriod:
    """Return the training that a declaration of a day is for: what had begun last by then, or else begins first."""
    mine = [period for period in periods if period.role == role and period.lead_provider_id == provider]
    mine.sort(key=lambda period: period.started_on)
    begun = [period for period in mine if period.started_on <= on]
    return begun[-1] if begun else mine[0]


def _mentor_on(mentorships: Sequence[Mentorship], on: str) -> str | None:
    """Return who mentored an ECT on a day, or as close to it as anybody did."""
    around = [m for m in mentorships if m.started_on <= on <= m.finished_on] or mentorships
    return max(around, key=lambda mentorship: mentorship.started_on).mentor_id if around else None
