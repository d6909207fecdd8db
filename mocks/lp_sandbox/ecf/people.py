"""Derives the service's induction records from training periods and mentorships. All functions are pure.

A training period is what a participant does under one partnership, in one cohort and on one schedule. Its status for
the school, its training status and its mentor follow from its days, its events, the school period around it and the
mentorships in that. Unlike in other editions `finished_on` is the day on which the next training period can start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lp_sandbox.ecf.records import EcfParticipant, EcfTrainee, ListedProfile, Profile, Removal
from lp_sandbox.ecf.records.people import cohort_bits
from lp_sandbox.programme.people import COURSE_OF, trained_by, training_status
from lp_sandbox.programme.records import ECT, MENTOR, IdChange, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER

ELIGIBLE, INELIGIBLE, MANUAL_CHECK, MATCHED = "eligible", "ineligible", "manual_check", "matched"
"""The statuses of eligibility for funding."""
DIFFERENT_TRN, NO_QTS, NO_INDUCTION = "different_trn", "no_qts", "no_induction"
"""Three of the reasons for a manual check."""
COMPLETED_EARLY, STARTED_ONLY = "completed_during_early_roll_out", "started_not_completed"
"""Two of the reasons why a mentor has completed, which declarations do not change."""


@dataclass(slots=True)
class History:
    """The records of a participant, in any order."""

    participant: EcfParticipant
    profiles: list[Profile] = field(default_factory=list)
    school_periods: list[SchoolPeriod] = field(default_factory=list)
    training_periods: list[TrainingPeriod] = field(default_factory=list)
    mentorships: list[Mentorship] = field(default_factory=list)
    """The mentorships in which the participant is the ECT."""
    removals: list[Removal] = field(default_factory=list)
    id_changes: list[IdChange] = field(default_factory=list)

    def id_changes_by_age(self) -> Sequence[IdChange]:
        """Return the changes of the id, the oldest first. At one instant, the change to the present id is the last."""
        into = {each.from_participant_id: each.to_participant_id for each in self.id_changes}
        return sorted(self.id_changes, key=lambda each: (each.changed_at, -_length(into, each.to_participant_id)))

    def is_removed(self, training_period: TrainingPeriod) -> bool:
        """Return whether the school of a training period has removed the participant."""
        return any(removal.school_period_id == training_period.school_period_id for removal in self.removals)

    def profile(self, role: str) -> Profile:
        """Return the profile in a role. Raises StopIteration when the participant has none."""
        return next(profile for profile in self.profiles if profile.role == role)


def _length(into: Mapping[str, str], id_: str) -> int:
    """Return how many changes lead from an id to the present one."""
    return 1 + _length(into, into[id_]) if id_ in into else 0


def latest(training_periods: Iterable[TrainingPeriod]) -> TrainingPeriod | None:
    """Return the training period that the service shows: without an end if possible, and the latest of these."""
    return max(training_periods, key=_recency, default=None)


def _recency(training_period: TrainingPeriod) -> tuple[bool, str, str, str, str]:
    return (
        training_period.finished_on == FOREVER,
        training_period.started_on,
        training_period.created_at,
        training_period.finished_on,
        training_period.id,
    )


def active_profile(history: History, role: str | None) -> Profile | None:
    """Return the profile in a role, unless the school where the participant was last has removed them."""
    last = latest(each for each in history.training_periods if each.role == role)
    is_removed = last is not None and history.is_removed(last)
    return next((each for each in history.profiles if each.role == role and not is_removed), None)


def induction_status(history: History, training_period: TrainingPeriod) -> str:
    """Return active, changed, leaving, withdrawn or completed: the school's view of a training period."""
    if history.is_removed(training_period):
        return "withdrawn"
    if training_period.finished_on != FOREVER:
        (school_period,) = (each for each in history.school_periods if each.id == training_period.school_period_id)
        last = latest(each for each in history.training_periods if each.school_period_id == school_period.id)
        ends_with_it = training_period == last and training_period.finished_on == school_period.finished_on
        return "leaving" if ends_with_it else "changed"
    return "completed" if history.profile(training_period.role).induction_completed_on else "active"


def participant_status(history: History, training_period: TrainingPeriod, today: str) -> str:
    """Return active, joining, leaving, left or withdrawn, on a day."""
    if training_period.finished_on != FOREVER:
        return "leaving" if training_period.finished_on > today else "left"
    if training_period.started_on > today:
        return "joining"
    return "withdrawn" if history.is_removed(training_period) else "active"


def mentor_of(history: History, training_period: TrainingPeriod) -> str | None:
    """Return the mentor at the end of an ECT's training period, or for one without an end the mentor now."""
    last_day = training_period.finished_on
    there = [each for each in history.mentorships if each.ect_school_period_id == training_period.school_period_id]
    covering = [each for each in there if each.started_on <= last_day <= each.finished_on]
    last = max(covering, key=lambda mentorship: (mentorship.started_on, mentorship.id), default=None)
    return last.mentor_id if last else None


def mentor_on(history: History, training_period: TrainingPeriod, day: str) -> str | None:
    """Return the mentor of an ECT's training period on a day."""
    there = [each for each in history.mentorships if each.ect_school_period_id == training_period.school_period_id]
    covering = [each for each in there if each.started_on <= day < each.finished_on]
    last = max(covering, key=lambda mentorship: (mentorship.started_on, mentorship.id), default=None)
    return last.mentor_id if last else None


def eligible_for_funding(profile: Profile) -> bool | None:
    """Return whether a participant is eligible for funding in a role; None while that is not decided."""
    return {ELIGIBLE: True, INELIGIBLE: False}.get(profile.eligibility or "")


def validation_status(profile: Profile) -> str:
    """Return how far DfE is with checking a participant's details."""
    if profile.eligibility is None:
        return "contacted_for_information"
    if profile.eligibility == ELIGIBLE:
        return "eligible_to_start"
    if profile.eligibility == INELIGIBLE:
        return "not_eligible_for_funded_training"
    return "checking_qts" if profile.eligibility_reason == NO_QTS else "dfe_checking_eligibility"


def trainees_of(history: History, challenged: Collection[str]) -> Iterator[EcfTrainee]:
    """Yield what each lead provider lists of a participant.

    `challenged` holds the ids of challenged partnerships, which show nobody. DfE has validated the details in a role
    before lead providers see the participant in it.
    """
    return _trainees(history, challenged, _validated_roles(history))


def trainees_before_validation(history: History, challenged: Collection[str]) -> Iterator[EcfTrainee]:
    """Yield the rows that each lead provider would list of a participant if it saw all its participants.

    As in the service, answers to actions show this, and mentors of these ECTs are unfunded mentors.
    """
    return _trainees(history, challenged, COURSE_OF)


def _trainees(history: History, challenged: Collection[str], roles: Collection[str]) -> Iterator[EcfTrainee]:
    for lead_provider_id, own in _shown_training(history, challenged, roles).items():
        yield _trainee(history.participant, lead_provider_id, own)


def _validated_roles(history: History) -> Collection[str]:
    return {profile.role for profile in history.profiles if profile.eligibility}


def listed_profiles_of(history: History, challenged: Collection[str]) -> Iterator[ListedProfile]:
    """Yield what each lead provider lists of a participant in versions 1 and 2: the people of `trainees_of`."""
    for lead_provider_id, own in _shown_training(history, challenged, _validated_roles(history)).items():
        for role in (ECT, MENTOR):
            in_role = sorted((each for each in own if each.role == role), key=_recency)
            newest = {each.cohort: each for each in in_role}
            for cohort, training_period in newest.items():
                later = (each.cohort for each in newest.values() if _recency(each) > _recency(training_period))
                yield ListedProfile(
                    lead_provider_id=lead_provider_id,
                    participant_id=history.participant.id,
                    role=role,
                    cohort=cohort,
                    training_period_id=training_period.id,
                    later_cohorts=cohort_bits(later),
                    created_at=history.participant.created_at,
                    updated_at=history.participant.updated_at,
                )


def _shown_training(
    history: History, challenged: Collection[str], roles: Collection[str]
) -> Mapping[str, list[TrainingPeriod]]:
    """Return the training in some roles that each lead provider sees, by its id."""
    by_lead_provider: dict[str, list[TrainingPeriod]] = {}
    for training_period in history.training_periods:
        lead_provider_id = trained_by(training_period)
        is_shown = training_period.role in roles and training_period.partnership_id not in challenged
        if lead_provider_id and is_shown:
            by_lead_provider.setdefault(lead_provider_id, []).append(training_period)
    return by_lead_provider


def _trainee(
    participant: EcfParticipant, lead_provider_id: str, training_periods: Iterable[TrainingPeriod]
) -> EcfTrainee:
    by_role = {role: latest(each for each in training_periods if each.role == role) for role in (ECT, MENTOR)}
    ect, mentor = by_role[ECT], by_role[MENTOR]
    statuses = {training_status(each) for each in by_role.values() if each}
    return EcfTrainee(
        lead_provider_id=lead_provider_id,
        participant_id=participant.id,
        ect_training_period_id=ect.id if ect else None,
        mentor_training_period_id=mentor.id if mentor else None,
        ect_cohort=ect.cohort if ect else None,
        mentor_cohort=mentor.cohort if mentor else None,
        any_active="active" in statuses,
        any_deferred="deferred" in statuses,
        any_withdrawn="withdrawn" in statuses,
        created_at=participant.created_at,
        updated_at=participant.updated_at,
    )
