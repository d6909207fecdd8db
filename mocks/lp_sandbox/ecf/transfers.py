"""Transfers: moves from one school to another, derived from a participant's history. All functions are pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lp_sandbox.ecf.people import History, induction_status
from lp_sandbox.ecf.records import TransferredParticipant
from lp_sandbox.programme.people import days_changed_at, trained_by
from lp_sandbox.programme.records import ECT, MENTOR, TrainingPeriod


@dataclass(frozen=True, slots=True)
class Transfer:
    """A participant leaves a school, and joins another one if a school has registered them."""

    leaving: TrainingPeriod
    joining: TrainingPeriod | None

    @property
    def lead_providers(self) -> tuple[str | None, str | None]:
        """The lead providers before and after the transfer; None where there is none."""
        return trained_by(self.leaving), trained_by(self.joining) if self.joining else None

    @property
    def type(self) -> str:
        """What changes besides the school."""
        if self.joining is None:
            return "unknown"
        before, after = self.lead_providers
        return "new_provider" if before and after and before != after else "new_school"

    @property
    def updated_at(self) -> str:
        """When the training on either side was recorded or last changed."""
        return max(days_changed_at(self.leaving), days_changed_at(self.joining) if self.joining else "")

    def status(self, today: str) -> str:
        """Return whether the participant has left, and joined if another school has registered them."""
        ahead = max(self.leaving.finished_on, self.joining.started_on if self.joining else "") > today
        return "incomplete" if ahead else "complete"


def transfers_of(history: History) -> list[Transfer]:
    """Return every transfer of a participant, whichever lead providers it concerns, in the order of their records.

    The service looks for a participant's next school among the training that does not end with the time at the
    school. So of two moves in a row the first leads to the last school, and the second to none.
    """
    return [transfer for role in _shown_roles(history) for transfer in _in_role(history, role)]


def relevant_to(lead_provider_id: str, transfers: list[Transfer]) -> list[Transfer]:
    """Return the transfers from or to a lead provider."""
    return [transfer for transfer in transfers if lead_provider_id in transfer.lead_providers]


def transferred_participants(history: History) -> Iterator[TransferredParticipant]:
    """Yield what each lead provider lists of a participant's transfers.

    It lists a participant whose training with it ends with the time at a school, or begins with a transfer. Challenged
    partnerships count too.
    """
    sides = [each for role in _shown_roles(history) for each in (*_leaving(history, role), *_joining(history, role))]
    participant = history.participant
    for lead_provider_id in sorted({trained_by(each) or "" for each in sides} - {""}):
        yield TransferredParticipant(
            lead_provider_id, participant.id, created_at=participant.created_at, updated_at=participant.updated_at
        )


def _shown_roles(history: History) -> list[str]:
    """Return the roles in which DfE has validated the participant's details."""
    validated = {profile.role for profile in history.profiles if profile.eligibility}
    return [role for role in (ECT, MENTOR) if role in validated]


def _in_role(history: History, role: str) -> Iterator[Transfer]:
    leaving = _leaving(history, role)
    joining = [each for each in _joining(history, role) if each not in leaving]
    for each in leaving:
        partner = next((other for other in joining if _follows(other, each)), None)
        if partner:
            joining.remove(partner)
        yield Transfer(each, partner)


def _leaving(history: History, role: str) -> list[TrainingPeriod]:
    """Return the training that ends with the time at the school."""
    in_role = (each for each in history.training_periods if each.role == role)
    return sorted((each for each in in_role if induction_status(history, each) == "leaving"), key=_recorded)


def _joining(history: History, role: str) -> list[TrainingPeriod]:
    """Return the training with which participants began at a school after they had left another one."""
    removed = {removal.school_period_id for removal in history.removals}
    in_role = sorted((each for each in history.school_periods if each.role == role), key=lambda each: each.started_on)
    found = []
    for before, after in pairwise(in_role):
        training = [each for each in history.training_periods if each.school_period_id == after.id]
        if training and before.id not in removed and before.finished_on <= after.started_on:
            found.append(min(training, key=_recorded))
    return sorted(found, key=_recorded)


def _follows(joining: TrainingPeriod, leaving: TrainingPeriod) -> bool:
    return joining.school_id != leaving.school_id and joining.started_on >= leaving.finished_on


def _recorded(training_period: TrainingPeriod) -> tuple[str, str, str]:
    return training_period.created_at, training_period.started_on, training_period.id
