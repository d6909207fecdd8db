"""Changes the programme of a school in a cohort, and moves its participants."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.ecf.list_rows import record_change_at_school
from lp_sandbox.ecf.move_to_partnership import move_to_partnership, move_training, training_at
from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.programme_choices import choose_programme
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import CORE, FULL, FUNDED_BY_SCHOOL, NO_ECTS, NOT_YET_KNOWN, SHOWN_AS
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where

CHOICES = {SHOWN_AS[choice]: choice for choice in (FULL, CORE, NO_ECTS, NOT_YET_KNOWN)}
"""What a school chooses, by the word that answers show."""
PROVIDER_LED, SCHOOL_LED = SHOWN_AS[FULL], SHOWN_AS[CORE]


def present_partnership(call: Call, school_id: str, cohort: int) -> EcfPartnership | None:
    """Return a school's unchallenged partnership in a cohort that is not a relationship, with any lead provider."""
    at_school = Where("school_id", "=", school_id), Where("cohort", "=", cohort)
    found = call.store.find(EcfPartnership, call.world.id, *at_school, NOT_CHALLENGED, NOT_A_RELATIONSHIP)
    return next(iter(found), None)


def change_programme(call: Call, school: EcfSchool, cohort: int, programme: str, appropriate_body: str) -> None:
    """Record the programme of a school, and move all participants on its former default programme to the new one.

    Provider-led training takes the partnership that the school has in the cohort. Without one the participants wait for
    the next. If the school has no ECTs or does not know its programme yet, no participant moves.
    """
    on_default = _on_default(call, school.id, cohort)
    choice = FUNDED_BY_SCHOOL if programme == PROVIDER_LED and school.core_induction_only else CHOICES[programme]
    choose_programme(call, school.id, cohort, choice, appropriate_body=appropriate_body)
    if programme in (PROVIDER_LED, SCHOOL_LED):
        schedule = USUAL_SCHEDULE if programme == PROVIDER_LED else None
        moving = [each for each in on_default if each.schedule != schedule or each.partnership_id]
        move_training(call, moving, partnership_id=None, lead_provider_id=None, schedule=schedule)
    partnership = present_partnership(call, school.id, cohort) if choice == FULL else None
    if partnership:
        move_to_partnership(call, partnership)
    record_change_at_school(call, school.id)


def _on_default(call: Call, school_id: str, cohort: int) -> Sequence[TrainingPeriod]:
    """Return the training on the school's default programme: under its partnership, or without one."""
    chosen = call.store.get(ProgrammeChoice, call.world.id, school_id, cohort)
    default = chosen.default_partnership_id if chosen else None
    return [each for each in training_at(call, school_id, cohort) if each.partnership_id == default]
