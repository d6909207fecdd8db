"""A school registers an ECT or a mentor."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.joined_cohort import joined_cohort
from lp_sandbox.ecf.actors.participant_answer import participant_at_school
from lp_sandbox.ecf.actors.participant_lookups import (
    email_owner,
    given_email,
    history_of,
    is_mentor_at,
    last_school_period,
    participant_with,
    profile_in,
)
from lp_sandbox.ecf.actors.relationship_partnerships import with_the_providers_of
from lp_sandbox.ecf.actors.rules.registrations import Registration
from lp_sandbox.ecf.actors.start_and_end_periods import (
    start_mentorship,
    start_school_period,
    start_training,
)
from lp_sandbox.ecf.declaration_effects import assign_statements
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.partnership_lookups import NOT_CHALLENGED
from lp_sandbox.ecf.people import DIFFERENT_TRN, ELIGIBLE, MANUAL_CHECK, NO_INDUCTION, History
from lp_sandbox.ecf.programme_choices import programme_of
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfSchool, Profile, ProgrammeChoice
from lp_sandbox.ecf.validate_details import finding, induction_year
from lp_sandbox.programme.day_arithmetic import day_after
from lp_sandbox.programme.records import ECT, MENTOR, STARTED, Milestone, SchoolPeriod
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE
from lp_sandbox.programme.seed.names import Names, email, reference_number
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def register(names: Names, call: Call) -> bytes:
    """Register a participant, and let DfE validate the details at once."""
    facts = _facts(call)
    call.judge(facts)
    chosen = required(facts.chosen)
    participant = facts.known or _new_participant(call, names)
    profile = _profile(call, facts, participant)
    validated = profile.eligibility is not None
    trn = participant.given_reference_number if validated else participant.teacher_reference_number
    call.store.put(call.world.id, msgspec.structs.replace(participant, teacher_reference_number=trn), profile)
    school_period = start_school_period(
        call,
        participant.id,
        role=facts.role,
        first_day=_first_day(call, facts),
        email=facts.email or participant.email,
    )
    partnership = with_the_providers_of(call, facts.partnership, chosen.school_id, chosen.cohort)
    start_training(call, school_period, programme_of(call, chosen, USUAL_SCHEDULE, partnership))
    if facts.mentor_id:
        start_mentorship(call, school_period, facts.mentor_id, school_period.started_on)
    record_change(call, [participant.id, *filter(None, [facts.mentor_id])])
    if profile.eligibility == ELIGIBLE:
        assign_statements(call, profile)
    return participant_at_school(call, participant.id, facts.role)


def _facts(call: Call) -> Registration:
    role, start_date, date_of_birth = (call.text(name) for name in ("participant_type", "start_date", "date_of_birth"))
    address, school_id, mentor_id = given_email(call), call.id_in("school_id"), call.id_in("mentor_id")
    cohort = joined_cohort(call, role, date_of_birth, start_date)
    history = _known(call, role)
    known = history.participant if history else None
    known_id = known.id if known else ""
    roles = frozenset(each.role for each in history.profiles) if history else frozenset()
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
        email_owner=email_owner(call, address, known_id),
        present_roles=frozenset(each for each in roles if last_school_period(history, each)),
        since=_last_start(history, role),
        former_roles=roles,
        partnership=_partnership(call, role, school_id, cohort.year) if cohort else None,
        mentor_is_there=mentor_id != known_id and is_mentor_at(call, mentor_id, school_id),
    )


def _known(call: Call, role: str) -> History | None:
    """Return the history of the participant with the TRN of the request, or else with its email address.

    An address that comes with another TRN, or that a participant has at a school only, names the participant only where
    a school has removed them.
    """
    number, address = call.text("teacher_reference_number"), given_email(call)
    by_number = participant_with(call, "given_reference_number", number)
    if by_number:
        return history_of(call, by_number.id)
    history = history_of(call, email_owner(call, address, "") or "")
    is_removed = profile_in(history, role) is not None and last_school_period(history, role) is None
    is_named = history is not None and not number and history.participant.email == address
    return history if is_removed or is_named else None


def _last_start(history: History | None, role: str) -> str:
    training = history.training_periods if history else ()
    return max((each.started_on for each in training if each.role == role), default="")


def _partnership(call: Call, role: str, school_id: str, cohort: int) -> EcfPartnership | None:
    """Return the partnership of the request if the participant can train under it.

    It is an unchallenged one of the school: of the cohort, or for mentors also of the cohort before.
    """
    years = (cohort, cohort - 1) if role == MENTOR else (cohort,)
    wanted = Where("id", "=", call.id_in("partnership_id")), Where("school_id", "=", school_id)
    found = call.store.find(EcfPartnership, call.world.id, *wanted, Where("cohort", "in", years), NOT_CHALLENGED)
    return next(iter(found), None)


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
        email=given_email(call) or email(full_name, chance % 100_000),
        teacher_reference_number=None,
        given_reference_number=call.text("teacher_reference_number") or _free_number(call, chance),
        created_at=call.stamp,
        updated_at=call.stamp,
    )


def _free_number(call: Call, chance: int) -> str:
    number = reference_number(chance)
    return _free_number(call, chance + 1) if participant_with(call, "given_reference_number", number) else number


def _profile(call: Call, facts: Registration, participant: EcfParticipant) -> Profile:
    """Return the profile in the role: a new one, or the former one with the default schedule of the new cohort."""
    school, year, is_ect = required(facts.school), required(facts.cohort).year, facts.role == ECT
    in_role = Where("participant_id", "=", participant.id), Where("role", "=", facts.role)
    former = next(iter(call.store.find(Profile, call.world.id, *in_role)), None)
    found = finding(facts.role, facts.date_of_birth)
    decided: dict[str, str | None] = {
        "eligibility": found.eligibility,
        "eligibility_reason": found.reason,
        "eligibility_decided_at": call.stamp if found.eligibility else None,
    }
    if former:
        number = call.text("teacher_reference_number") or participant.given_reference_number
        if number != participant.given_reference_number:
            decided |= {"eligibility": MANUAL_CHECK, "eligibility_reason": DIFFERENT_TRN}
        elif former.eligibility:
            decided = {}
        return msgspec.structs.replace(former, schedule=USUAL_SCHEDULE, schedule_cohort=year, **decided)
    return Profile(
        id=make_id(call.world.seed, "registered-profile", participant.id, facts.role),
        participant_id=participant.id,
        role=facts.role,
        schedule=USUAL_SCHEDULE,
        schedule_cohort=year,
        pupil_premium=school.pupil_premium and is_ect,
        sparsity=school.sparsity and is_ect,
        **decided,
        induction_started_on=_induction_start(call, facts) if is_ect else None,
        induction_completed_on=None,
        mentor_completed_on=None,
        mentor_completion_reason=None,
        cohort_changed_after_payments_frozen=False,
        created_at=call.stamp,
    )


def _induction_start(call: Call, facts: Registration) -> str | None:
    """Return the first day of an induction: from the teacher record, or else from the training."""
    if finding(facts.role, facts.date_of_birth).reason == NO_INDUCTION:
        return None
    year = induction_year(facts.date_of_birth)
    return f"{year}-09-01" if year else _first_day(call, facts)


def _first_day(call: Call, facts: Registration) -> str:
    """Return the day on which training starts: the day in the request, or else the earliest possible day."""
    year = required(facts.cohort).year
    milestone = required(call.store.get(Milestone, call.world.id, year, USUAL_SCHEDULE, STARTED))
    after_removal = day_after(facts.since) if facts.since else ""
    return facts.start_date or max(milestone.starts_on, after_removal)
