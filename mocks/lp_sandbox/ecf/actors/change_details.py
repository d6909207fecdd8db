"""A school changes the details of a participant."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.participant_answer import participant_at_school
from lp_sandbox.ecf.actors.participant_lookups import (
    email_owner,
    given_email,
    history_of,
    last_school_period,
    participant_with,
    profile_in,
)
from lp_sandbox.ecf.actors.record_eligibility import record_eligibility
from lp_sandbox.ecf.actors.rules.eligibility import NO_REASON
from lp_sandbox.ecf.actors.rules.moves import FOR_VALIDATION, DetailsChange
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import Profile
from lp_sandbox.ecf.validate_details import finding
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required

DETAILS = ("full_name", "email", *FOR_VALIDATION)


def change_details(call: Call) -> bytes:
    """Change a participant's name, email address at the school, or the details that DfE could not match."""
    participant_id, role = call.id_in("participant_id"), call.text("participant_type")
    history = history_of(call, participant_id)
    facts = _facts(call, history, role)
    call.judge(facts)
    participant, school_period = required(facts.participant), required(facts.school_period)
    number = call.text("teacher_reference_number") or participant.given_reference_number
    full_name, address = call.text("full_name") or participant.full_name, given_email(call) or school_period.email
    participant = msgspec.structs.replace(participant, full_name=full_name, given_reference_number=number)
    call.store.put(call.world.id, participant, msgspec.structs.replace(school_period, email=address))
    if not facts.given.isdisjoint(FOR_VALIDATION):
        _validate(call, required(facts.profile))
    record_change(call, [participant_id])
    return participant_at_school(call, participant_id, role)


def _validate(call: Call, profile: Profile) -> None:
    """Let DfE compare the new details with the teacher record. Details that do not match stay without validation."""
    found = finding(profile.role, call.text("date_of_birth"))
    if found.eligibility:
        history = required(history_of(call, profile.participant_id))
        record_eligibility(call, history, profile, found.eligibility, found.reason or NO_REASON)


def _facts(call: Call, history: History | None, role: str) -> DetailsChange:
    participant_id, number = call.id_in("participant_id"), call.text("teacher_reference_number")
    profile = profile_in(history, role)
    same_number = participant_with(call, "given_reference_number", number)
    return DetailsChange(
        participant=history.participant if history else None,
        profile=profile,
        school_period=last_school_period(history, role),
        day=call.today,
        given=frozenset(name for name in DETAILS if call.text(name)),
        date_of_birth=call.text("date_of_birth"),
        today=call.today,
        is_validated=profile is not None and profile.eligibility is not None,
        email_owner=email_owner(call, given_email(call), participant_id),
        number_is_taken=same_number is not None and same_number.id != participant_id,
    )
