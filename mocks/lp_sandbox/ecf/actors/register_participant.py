"""A school registers an ECT or a mentor."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lp_sandbox.ecf.actors.joined_cohort import joined_cohort
from lp_sandbox.ecf.actors.rules.registrations import Registration
from lp_sandbox.ecf.declaration_effects import assign_statements
from lp_sandbox.ecf.history_lookups import histories_of
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.partnership_lookups import NOT_CHALLENGED
from lp_sandbox.ecf.people import ELIGIBLE, NO_INDUCTION, History, eligible_for_funding
from lp_sandbox.ecf.records import (
    EcfParticipant,
    EcfPartnership,
    EcfSchool,
    Profile,
    ProgrammeChoice,
)
from lp_sandbox.ecf.schools import LED_BY_PROVIDER
from lp_sandbox.ecf.validate_details import finding
from lp_sandbox.programme.people import training_throughout
from lp_sandbox.programme.records import (
    ECT,
    MENTOR,
    STARTED,
    LeadProvider,
    Mentorship,
    Milestone,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, required
from lp_sandbox.worlds.store import Where


def register(names: Names, call: Call) -> bytes:
    """Register a participant, and let DfE validate the details at once."""
    facts = _facts(call)
    call.judge(facts)
    year = required(facts.cohort).year
    known = _history(call, facts.known)
    participant = facts.known or _new_participant(call, names)
    profile = _profile(call, facts, participant, known)
    validated = profile.eligibility is not None
    trn = participant.given_reference_number if validated else participant.teacher_reference_number
    address = facts.email or participant.email
    participant = msgspec.structs.replace(participant, teacher_reference_number=trn)
    school_period = _school_period(call, facts, participant, address)
    training_period = _training_period(call, facts, school_period, year)
    call.store.put(call.world.id, participant, profile, school_period, training_period)
    call.store.put(call.world.id, *_mentorship(call, facts, school_period))
    record_change(call, [participant.id, *filter(None, [facts.mentor_id])])
    if profile.eligibility == ELIGIBLE:
        assign_statements(call, profile)
    return _answer(call, participant, profile, school_period, training_period)


def _facts(call: Call) -> Registration:
    role, start_date, date_of_birth = (call.text(name) for name in ("participant_type", "start_date", "date_of_birth"))
    school_id, address = call.id_in("school_id"), call.text("email")
    cohort = joined_cohort(call, role, date_of_birth, start_date)
    by_number = _participant(call, "given_reference_number", call.text("teacher_reference_number"))
    owner = _participant(call, "email", address)
    known = by_number or (owner if not call.text("teacher_reference_number") else None)
    history = _history(call, known)
    present = [each for each in history.school_periods if _is_present(call, history, each)] if history else []
    mentor_id = call.id_in("mentor_id")
    return Registration(
        role=role,
        today=call.today,
        school=call.store.get(EcfSchool, call.world.id, school_id),
        cohort=cohort,
        chosen=call.store.get(ProgrammeChoice, call.world.id, school_id, cohort.year) if cohort else None,
        date_of_birth=date_of_birth,
        start_date=start_date,
        email=address,
        partnership_id=call.id_in("partnership_id"),
        mentor_id=mentor_id,
        known=known,
        email_owner=owner,
        present_roles=frozenset(each.role for each in present),
        former_roles=frozenset(each.role for each in history.profiles) if history else frozenset(),
        partnership=_partnership(call, role, school_id, cohort.year) if cohort else None,
        mentor_is_there=bool(mentor_id) and _is_mentor_at(call, mentor_id, school_id),
    )


def _participant(call: Call, column: str, value: str) -> EcfParticipant | None:
    found = call.store.find(EcfParticipant, call.world.id, Where(column, "=", value)) if value else []
    return next(iter(found), None)


def _history(call: Call, participant: EcfParticipant | None) -> History | None:
    return histories_of(call.store, call.world.id, [participant.id])[0] if participant else None


def _is_present(call: Call, history: History, school_period: SchoolPeriod) -> bool:
    """Return whether a participant is at a school: neither removed by it, nor gone by today."""
    removed = any(removal.school_period_id == school_period.id for removal in history.removals)
    return not removed and school_period.finished_on > call.today


def _partnership(call: Call, role: str, school_id: str, cohort: int) -> EcfPartnership | None:
    """Return the partnership of the request if the participant can train under it.

    It is an unchallenged one of the school: of the cohort, or for mentors also of the cohort before.
    """
    years = (cohort, cohort - 1) if role == MENTOR else (cohort,)
    wanted = Where("id", "=", call.id_in("partnership_id")), Where("school_id", "=", school_id)
    found = call.store.find(EcfPartnership, call.world.id, *wanted, Where("cohort", "in", years), NOT_CHALLENGED)
    return next(iter(found), None)


def _is_mentor_at(call: Call, mentor_id: str, school_id: str) -> bool:
    there = Where("participant_id", "=", mentor_id), Where("school_id", "=", school_id), Where("role", "=", MENTOR)
    rows = call.store.rows(SchoolPeriod, ("finished_on",), call.world.id, *there)
    return any(finished_on > call.today for (finished_on,) in rows)


def _new_participant(call: Call, names: Names) -> EcfParticipant:
    """Return a new participant, with the name, number and address given or made up."""
    school_id = call.id_in("school_id")
    there = call.store.rows(SchoolPeriod, ("id",), call.world.id, Where("school_id", "=", school_id))
    id_ = make_id(call.world.seed, "registered-participant", school_id, len(there))
    chance = int(id_[:7], 16)
    full_name = call.text("full_name") or names.person(chance)
    return EcfParticipant(
        id=id_,
        full_name=full_name,
        email=call.text("email") or email(full_name, chance % 100_000),
        teacher_reference_number=None,
        given_reference_number=call.text("teacher_reference_number") or _free_number(call, chance),
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _free_number(call: Call, chance: int) -> str:
    number = reference_number(chance)
    return _free_number(call, chance + 1) if _participant(call, "given_reference_number", number) else number


def _profile(call: Call, facts: Registration, participant: EcfParticipant, known: History | None) -> Profile:
    """Return the profile in the role: a new one, or the former one with the default schedule of the new cohort."""
    school, year, is_ect = required(facts.school), required(facts.cohort).year, facts.role == ECT
    former = next((each for each in known.profiles if each.role == facts.role), None) if known else None
    found = finding(facts.role, facts.date_of_birth)
    decided: dict[str, str | None] = {
        "eligibility": found.eligibility,
        "eligibility_reason": found.reason,
        "eligibility_decided_at": call.stamp if found.eligibility else None,
    }
    if former:
        changes = {} if former.eligibility else decided
        return msgspec.structs.replace(former, schedule=USUAL_SCHEDULE, schedule_cohort=year, **changes)
    return Profile(
        id=make_id(call.world.seed, "registered-profile", participant.id, facts.role),
        participant_id=participant.id,
        role=facts.role,
        schedule=USUAL_SCHEDULE,
        schedule_cohort=year,
        pupil_premium=school.pupil_premium and is_ect,
        sparsity=school.sparsity and is_ect,
        **decided,
        induction_started_on=_first_day(call, facts) if is_ect and found.reason != NO_INDUCTION else None,
        induction_completed_on=None,
        mentor_completed_on=None,
        mentor_completion_reason=None,
        cohort_changed_after_payments_frozen=False,
        created_at=call.stamp,
    )


def _first_day(call: Call, facts: Registration) -> str:
    """Return the day on which training starts: that of the request, or else that of the first milestone."""
    year = required(facts.cohort).year
    milestone = required(call.store.get(Milestone, call.world.id, year, USUAL_SCHEDULE, STARTED))
    return facts.start_date or milestone.starts_on


def _school_period(call: Call, facts: Registration, participant: EcfParticipant, address: str) -> SchoolPeriod:
    school_id, first_day = required(facts.school).id, _first_day(call, facts)
    return SchoolPeriod(
        id=make_id(call.world.seed, "registered-school-period", participant.id, facts.role, school_id, call.stamp),
        participant_id=participant.id,
        role=facts.role,
        school_id=school_id,
        started_on=first_day,
        finished_on=FOREVER,
        email=address,
        working_pattern=None,
        created_at=call.stamp,
    )


def _training_period(call: Call, facts: Registration, school_period: SchoolPeriod, year: int) -> TrainingPeriod:
    """Return training under the partnership of the request, or else on the school's default programme."""
    chosen = required(facts.chosen)
    partnership = _in_cohort(call, facts.partnership, year) if facts.partnership else None
    if partnership is None and chosen.default_partnership_id:
        partnership = call.store.get(EcfPartnership, call.world.id, chosen.default_partnership_id)
    led_by_provider = partnership is not None or chosen.choice in LED_BY_PROVIDER
    return training_throughout(
        school_period,
        id=make_id(call.world.seed, "registered-training-period", school_period.id),
        cohort=year,
        schedule=USUAL_SCHEDULE if led_by_provider else None,
        lead_provider_id=partnership.lead_provider_id if partnership else None,
        partnership_id=partnership.id if partnership else None,
    )


def _in_cohort(call: Call, partnership: EcfPartnership, year: int) -> EcfPartnership:
    """Return a partnership of the cohort with the same providers: a relationship where the school has no other."""
    if partnership.cohort == year:
        return partnership
    same = (
        Where("school_id", "=", partnership.school_id),
        Where("cohort", "=", year),
        Where("lead_provider_id", "=", partnership.lead_provider_id),
        Where("delivery_partner_id", "=", partnership.delivery_partner_id),
    )
    found = next(iter(call.store.find(EcfPartnership, call.world.id, *same)), None)
    if found:
        return found
    made = msgspec.structs.replace(
        partnership,
        id=make_id(call.world.seed, "relationship", partnership.id, year),
        cohort=year,
        relationship=True,
        challenge_deadline=None,
        report_id=None,
        reported_at=None,
        created_at=call.stamp,
        updated_at=call.stamp,
    )
    call.store.add(call.world.id, [made])
    return made


def _mentorship(call: Call, facts: Registration, school_period: SchoolPeriod) -> Iterator[Mentorship]:
    if facts.mentor_id:
        yield Mentorship(
            id=make_id(call.world.seed, "registered-mentorship", school_period.id),
            ect_id=school_period.participant_id,
            ect_school_period_id=school_period.id,
            mentor_id=facts.mentor_id,
            started_on=school_period.started_on,
            finished_on=FOREVER,
        )


def _answer(
    call: Call,
    participant: EcfParticipant,
    profile: Profile,
    school_period: SchoolPeriod,
    training_period: TrainingPeriod,
) -> bytes:
    provider = call.store.get(LeadProvider, call.world.id, training_period.lead_provider_id or "")
    attributes = {
        "participant_type": profile.role,
        "full_name": participant.full_name,
        "teacher_reference_number": participant.given_reference_number,
        "email": school_period.email,
        "school_id": school_period.school_id,
        "start_date": school_period.started_on,
        "cohort": str(training_period.cohort),
        "schedule_identifier": training_period.schedule,
        "lead_provider": provider.name if provider else None,
        "partnership_id": training_period.partnership_id,
        "validated": profile.eligibility is not None,
        "eligible_for_funding": eligible_for_funding(profile),
    }
    return one(document("participant-at-school", participant.id, attributes))
