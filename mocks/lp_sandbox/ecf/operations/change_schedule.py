"""Changes the schedule of a participant's training, and perhaps the cohort."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lp_sandbox.ecf.operations.withdraw_defer_resume import Show, record_training, training_of_request
from lp_sandbox.ecf.partnership_lookups import own_partnerships
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, Profile
from lp_sandbox.ecf.rules.participants import ScheduleChange, Training
from lp_sandbox.ecf.standing_declarations import standing_declarations
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.records import Milestone, TrainingPeriod
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def change_schedule(call: Call, show: Show) -> bytes:
    """Move a participant to another schedule, and perhaps to another cohort."""
    training = training_of_request(call)
    facts = _schedule_change(call, training)
    if facts.declares_what_the_schedule_lacks:
        call.found(None)  # the service looks for the milestone of each declaration while it checks the rules
    call.judge(facts)
    training_period, partnership = required(training.training_period), required(facts.partnership)
    profile = required(training.profile)
    call.store.replace(call.world.id, [profile], [_rescheduled(facts, profile)])
    changes = {
        "schedule": facts.schedule,
        "cohort": facts.cohort,
        "partnership_id": partnership.id,
    }
    return record_training(call, show, training_period, **changes)


def _schedule_change(call: Call, training: Training) -> ScheduleChange:
    schedule, cohort = call.text("schedule_identifier"), _cohort(call, training)
    training_period = training.training_period
    return ScheduleChange(
        training=training,
        schedule=schedule,
        schedules=call.operation.attributes["schedule_identifier"]["enum"],
        cohort=cohort,
        milestones=_milestones(call, cohort, schedule),
        partnership=_partnership(call, training_period, cohort, schedule) if training_period else None,
        declarations=standing_declarations(call, training.profile) if training.profile else (),
        frozen_cohorts={each.year for each in call.store.find(EcfCohort, call.world.id) if is_frozen(each, call.stamp)},
    )


def _cohort(call: Call, training: Training) -> int:
    """Return the year of the cohort that the request names, or else of the present one: 0 before the first cohort."""
    named = call.text("cohort")
    if named:
        return query.leading_number(named)
    if training.training_period:
        return training.training_period.cohort
    if training.profile:
        return training.profile.schedule_cohort
    cohorts = call.store.find(EcfCohort, call.world.id)
    return max((each.year for each in cohorts if each.academic_year_starts_on <= call.today), default=0)


def _milestones(call: Call, cohort: int, schedule: str) -> Mapping[str, Milestone]:
    where = Where("cohort", "=", cohort), Where("schedule", "=", schedule)
    return {milestone.declaration_type: milestone for milestone in call.store.find(Milestone, call.world.id, *where)}


def _partnership(call: Call, training_period: TrainingPeriod, cohort: int, schedule: str) -> EcfPartnership | None:
    """Return the partnership to train under: the confirmed partnership of the cohort, if there is one.

    Without one, any relationship lets the participant stay on the present programme if only the schedule changes.
    """
    partnerships = own_partnerships(call, training_period.school_id, cohort)
    unchallenged = [each for each in partnerships if not each.challenged_at]
    confirmed = next((each for each in unchallenged if not each.relationship), None)
    stays = cohort == training_period.cohort and schedule != training_period.schedule
    present = (each for each in partnerships if stays and unchallenged and each.id == training_period.partnership_id)
    return confirmed or next(present, None)


def _rescheduled(facts: ScheduleChange, profile: Profile) -> Profile:
    left_frozen_cohort = profile.cohort_changed_after_payments_frozen
    if facts.leaves_or_rejoins_a_frozen_cohort:
        left_frozen_cohort = not left_frozen_cohort
    return msgspec.structs.replace(
        profile,
        schedule=facts.schedule,
        schedule_cohort=facts.cohort,
        cohort_changed_after_payments_frozen=left_frozen_cohort,
    )
