"""Moves participants to another cohort when DfE learns when an induction started, or decides on the eligibility."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lp_sandbox.ecf.change_programme import present_partnership
from lp_sandbox.ecf.change_training import changed_from_today
from lp_sandbox.ecf.continue_partnership import can_continue, continued
from lp_sandbox.ecf.leave_frozen_cohort import AFTER_A_FROZEN_COHORT, AFTER_A_FROZEN_SCHEDULE, can_leave_frozen_cohort
from lp_sandbox.ecf.move_to_partnership import move_to_partnership
from lp_sandbox.ecf.people import History, latest
from lp_sandbox.ecf.programme_choices import programme_of
from lp_sandbox.ecf.records import EcfCohort, EcfDeclaration, Profile, ProgrammeChoice
from lp_sandbox.ecf.schools import WITH_INDUCTIONS
from lp_sandbox.ecf.standing_declarations import standing_declarations
from lp_sandbox.programme.frozen_cohorts import is_frozen
from lp_sandbox.programme.records import COMPLETED, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import required

FIRST_START = "2021-09-01"
"""Earlier inductions do not move an ECT to another cohort."""
JUNE = 6
"""The first month of a cohort."""


def move_to_cohort_of_start(call: Call, history: History, profile: Profile) -> None:
    """Move an ECT to the cohort in which the induction started, on the school's default programme there.

    An ECT stays where the payments of that cohort are frozen, the school has no programme in it, or a declaration is
    submitted, eligible, payable or paid.
    """
    started_on, training_period = profile.induction_started_on or "", _present_training(call, history, profile)
    if training_period is None or started_on < FIRST_START:
        return
    cohort = call.store.get(EcfCohort, call.world.id, _cohort_of(started_on))
    stays = cohort is None or cohort.year == training_period.cohort or is_frozen(cohort, call.stamp)
    choice = call.store.get(ProgrammeChoice, call.world.id, training_period.school_id, cohort.year) if cohort else None
    if stays or not _has_programme(choice) or standing_declarations(call, training_period):
        return
    _move(call, training_period, profile, required(choice))


def leave_frozen_cohort(call: Call, history: History, profile: Profile) -> None:
    """Move a participant of a frozen cohort who has not finished to the cohort in which such participants continue.

    A school without a programme in that cohort continues there with its providers of the cohort before.
    """
    training_period = _present_training(call, history, profile)
    if training_period is None or not _continues_elsewhere(call, training_period.cohort):
        return
    declarations = standing_declarations(call, training_period)
    if _has_finished(profile, declarations):
        return
    choice = _programme_after(call, training_period.school_id)
    if choice:
        is_underway = can_leave_frozen_cohort(profile, declarations)
        changes = {"cohort_changed_after_payments_frozen": True} if is_underway else {}
        _move(call, training_period, profile, choice, schedule=AFTER_A_FROZEN_SCHEDULE, **changes)


def _present_training(call: Call, history: History, profile: Profile) -> TrainingPeriod | None:
    """Return the training in the role, unless it has ended or the school has removed the participant."""
    found = latest(each for each in history.training_periods if each.role == profile.role)
    return found if found and found.finished_on > call.today and not history.is_removed(found) else None


def _cohort_of(day: str) -> int:
    """Return the year of the cohort in which an induction starts on a day."""
    return int(day[:4]) if int(day[5:7]) >= JUNE else int(day[:4]) - 1


def _continues_elsewhere(call: Call, year: int) -> bool:
    """Return whether a cohort is frozen, and not the one in which participants of frozen cohorts continue."""
    cohort = call.store.get(EcfCohort, call.world.id, year)
    return year != AFTER_A_FROZEN_COHORT and is_frozen(cohort, call.stamp)


def _has_finished(profile: Profile, declarations: Sequence[EcfDeclaration]) -> bool:
    is_declared = any(each.declaration_type == COMPLETED for each in declarations)
    return is_declared or bool(profile.induction_completed_on or profile.mentor_completed_on)


def _has_programme(choice: ProgrammeChoice | None) -> bool:
    return choice is not None and choice.choice in WITH_INDUCTIONS


def _programme_after(call: Call, school_id: str) -> ProgrammeChoice | None:
    """Return the school's programme in the cohort after frozen ones; None when it has none and cannot continue one."""
    key = (school_id, AFTER_A_FROZEN_COHORT)
    if call.store.get(ProgrammeChoice, call.world.id, *key) is None:
        former = present_partnership(call, school_id, AFTER_A_FROZEN_COHORT - 1)
        if former and can_continue(call, former, AFTER_A_FROZEN_COHORT):
            cohort = required(call.store.get(EcfCohort, call.world.id, AFTER_A_FROZEN_COHORT))
            partnership = continued(call, former, cohort)
            call.store.put(call.world.id, partnership)
            move_to_partnership(call, partnership)
    choice = call.store.get(ProgrammeChoice, call.world.id, *key)
    return choice if _has_programme(choice) else None


def _move(
    call: Call, training_period: TrainingPeriod, profile: Profile, choice: ProgrammeChoice, **changes: Any
) -> None:
    """Continue training from today on the default programme of a school in another cohort. `changes` the profile."""
    moved = msgspec.structs.replace(profile, schedule_cohort=choice.cohort, **changes)
    programme = programme_of(call, choice, moved.schedule)
    call.store.put(call.world.id, moved, *changed_from_today(call, training_period, **programme._asdict()))
