"""A school takes a participant in from another school."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.actors.participant_answer import participant_at_school
from lp_sandbox.ecf.actors.participant_lookups import (
    email_owner,
    given_email,
    history_of,
    is_mentor_at,
    last_school_period,
    last_start,
    profile_in,
)
from lp_sandbox.ecf.actors.relationship_partnerships import with_the_providers_of
from lp_sandbox.ecf.actors.rules.moves import Transfer
from lp_sandbox.ecf.actors.start_and_end_periods import (
    end_school_period,
    start_mentorship,
    start_school_period,
    start_training,
)
from lp_sandbox.ecf.actors.transfer_emails import send_transfer
from lp_sandbox.ecf.leave_frozen_cohort import after_freeze, can_leave_frozen_cohort
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.people import History, latest
from lp_sandbox.ecf.programme_choices import programme_of
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, Profile, ProgrammeChoice
from lp_sandbox.ecf.standing_declarations import standing_declarations
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import Milestone, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


@dataclass(frozen=True, slots=True)
class Present:
    """What a participant brings to another school."""

    profile: Profile
    """The profile at the new school. Its cohort differs if the payments of the present cohort are frozen."""
    cohort: int
    training: TrainingPeriod | None
    partnership: EcfPartnership | None

    @property
    def has_providers(self) -> bool:
        """Whether a lead provider trains the participant, who has not withdrawn."""
        return self.partnership is not None and training_status(required(self.training)) != "withdrawn"


def transfer_in(call: Call) -> bytes:
    """Take a participant in, who keeps the present providers or joins the school's programme."""
    history = history_of(call, call.id_in("participant_id"))
    present = _present(call, history) if history else None
    facts = _facts(call, history, present)
    call.judge(facts)
    present, left = required(present), required(facts.school_period)
    participant_id = left.participant_id
    end_school_period(call, left, min(left.finished_on, facts.day))
    address = given_email(call) or left.email
    joined = start_school_period(call, participant_id, role=left.role, first_day=facts.day, email=address)
    kept = present.partnership if facts.keeps_providers else None
    partnership = with_the_providers_of(call, kept, joined.school_id, present.cohort)
    programme = programme_of(call, required(facts.chosen), present.profile.schedule, partnership)
    start_training(call, joined, programme)
    if facts.mentor_id:
        start_mentorship(call, joined, facts.mentor_id, joined.started_on)
    call.store.put(call.world.id, present.profile)
    after = call.store.get(EcfPartnership, call.world.id, programme.partnership_id or "")
    send_transfer(call, present.partnership if present.has_providers else None, after, participant_id, facts.day)
    record_change(call, [participant_id, *filter(None, [facts.mentor_id])])
    return participant_at_school(call, participant_id, left.role)


def _present(call: Call, history: History) -> Present | None:
    profile = profile_in(history, call.text("participant_type"))
    if profile is None:
        return None
    training = latest(each for each in history.training_periods if each.role == profile.role)
    cohort = training.cohort if training else profile.schedule_cohort
    frozen = is_frozen(call.store.get(EcfCohort, call.world.id, cohort), call.stamp)
    if frozen and can_leave_frozen_cohort(profile, standing_declarations(call, profile)):
        profile = after_freeze(profile)
        cohort = profile.schedule_cohort
    return Present(
        profile=profile,
        cohort=cohort,
        training=training,
        partnership=call.store.get(EcfPartnership, call.world.id, training.partnership_id or "") if training else None,
    )


def _facts(call: Call, history: History | None, present: Present | None) -> Transfer:
    role, school_id, mentor_id = call.text("participant_type"), call.id_in("school_id"), call.id_in("mentor_id")
    school_period = last_school_period(history, role)
    cohort = present.cohort if present else 0
    return Transfer(
        participant=history.participant if history else None,
        profile=profile_in(history, role),
        school_period=school_period,
        since=last_start(history, school_period),
        day=call.text("date"),
        today=call.today,
        role=role,
        school=call.store.get(EcfSchool, call.world.id, school_id),
        cohort=call.store.get(EcfCohort, call.world.id, cohort),
        chosen=call.store.get(ProgrammeChoice, call.world.id, school_id, cohort),
        schedule_starts_on=_schedule_starts_on(call, present.profile) if present else "",
        keeps_providers=call.attributes().get("keeps_providers") is True,
        has_providers=present is not None and present.has_providers,
        email_owner=email_owner(call, given_email(call), call.id_in("participant_id")),
        mentor_id=mentor_id,
        mentor_is_there=is_mentor_at(call, mentor_id, school_id),
    )


def _schedule_starts_on(call: Call, profile: Profile) -> str:
    """Return the first day of the participant's schedule; empty for a schedule without milestones."""
    schedule = Where("cohort", "=", profile.schedule_cohort), Where("schedule", "=", profile.schedule)
    days = call.store.rows(Milestone, ("starts_on",), call.world.id, *schedule)
    return min((day for (day,) in days), default="")
