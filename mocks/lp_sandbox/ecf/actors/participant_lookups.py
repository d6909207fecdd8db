"""Looks up the participants in actors' requests: their histories, their schools, and the mentors at a school."""

from __future__ import annotations

from lp_sandbox.ecf.history_lookups import histories_of, removed_from
from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import EcfParticipant, Profile
from lp_sandbox.programme.records import MENTOR, SchoolPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where


def history_of(call: Call, participant_id: str) -> History | None:
    """Return the history of the participant with an id; None when there is none."""
    return next(iter(histories_of(call.store, call.world.id, [participant_id])), None)


def profile_in(history: History | None, role: str) -> Profile | None:
    """Return the profile in a role; None when the participant has none."""
    return next((each for each in history.profiles if each.role == role), None) if history else None


def participant_with(call: Call, column: str, value: str) -> EcfParticipant | None:
    """Return a participant with a value in a column; None when there is none, or the value is empty."""
    found = call.store.find(EcfParticipant, call.world.id, Where(column, "=", value)) if value else []
    return next(iter(found), None)


def given_email(call: Call) -> str:
    """Return the email address of the request in lower case, as all are stored: two cases are one address."""
    return call.text("email").lower()


def email_owner(call: Call, address: str, participant_id: str) -> str | None:
    """Return the id of a participant other than this one who has an email address, as a person or at a school."""
    if not address:
        return None
    has_it = Where("email", "=", address)
    people = call.store.rows(EcfParticipant, ("id",), call.world.id, has_it)
    at_schools = call.store.rows(SchoolPeriod, ("participant_id",), call.world.id, has_it)
    return next((id_ for (id_,) in (*people, *at_schools) if id_ != participant_id), None)


def last_school_period(history: History | None, role: str) -> SchoolPeriod | None:
    """Return the latest school period in a role; None where the school has removed the participant from it."""
    last = last_registration(history, role) if history else None
    removed = {each.school_period_id for each in history.removals} if history else ()
    return last if last and last.id not in removed else None


def last_registration(history: History, role: str) -> SchoolPeriod | None:
    """Return the latest school period in a role, even if the school has removed the participant from it."""
    in_role = [each for each in history.school_periods if each.role == role]
    return max(in_role, key=lambda each: (each.started_on, each.finished_on, each.created_at, each.id), default=None)


def last_start(history: History | None, school_period: SchoolPeriod | None) -> str:
    """Return the first day of a school period, or of the latest training within it; empty without a school period."""
    if history is None or school_period is None:
        return ""
    within = [each for each in history.training_periods if each.school_period_id == school_period.id]
    return max([school_period.started_on, *(each.started_on for each in within)])


def is_mentor_at(call: Call, mentor_id: str, school_id: str) -> bool:
    """Return whether a school has a mentor, or expects them."""
    there = Where("participant_id", "=", mentor_id), Where("school_id", "=", school_id), Where("role", "=", MENTOR)
    found = call.store.find(SchoolPeriod, call.world.id, *there)
    removed = removed_from(call.store, call.world.id, {mentor_id})
    return any(each.id not in removed and each.finished_on > call.today for each in found)
