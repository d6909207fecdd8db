"""Transfers: moves from one school to another, derived from a participant's school periods and training periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from lp_sandbox.programme.people import by_school_period, days_changed_at, earliest, latest, trained_by
from lp_sandbox.programme.records import ECT, MENTOR, Induction, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER


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
        return "new_school" if before == after else "new_provider"

    @property
    def updated_at(self) -> str:
        """When the training on either side was recorded or last changed its days."""
        return max(days_changed_at(self.leaving), days_changed_at(self.joining) if self.joining else "")

    def status(self, today: str) -> str:
        """Return whether the participant has both left and joined."""
        ahead = self.leaving.finished_on > today or (self.joining is not None and self.joining.started_on > today)
        return "incomplete" if ahead else "complete"


def transfers_of(
    school_periods: Iterable[SchoolPeriod],
    training_periods: Iterable[TrainingPeriod],
    inductions: Iterable[Induction],
) -> list[Transfer]:
    """Return every transfer of a participant, whichever lead providers it concerns, the earliest first."""
    all_periods = list(school_periods)
    if all(school_period.finished_on == FOREVER for school_period in all_periods):
        return []
    training = by_school_period(training_periods)
    completed = any(induction.outcome for induction in inductions)
    found = [
        transfer
        for role in (ECT, MENTOR)
        for transfer in _in_role([each for each in all_periods if each.role == role], training, completed=completed)
    ]
    return sorted(found, key=lambda transfer: transfer.leaving.started_on)


def relevant_to(lead_provider_id: str, transfers: Iterable[Transfer]) -> list[Transfer]:
    """Return the transfers from or to a lead provider."""
    return [transfer for transfer in transfers if lead_provider_id in transfer.lead_providers]


def _in_role(
    school_periods: Iterable[SchoolPeriod], training: Mapping[str, list[TrainingPeriod]], *, completed: bool
) -> Iterator[Transfer]:
    ordered: list[SchoolPeriod | None] = [*sorted(school_periods, key=lambda each: each.started_on), None]
    for school_period, following in pairwise(ordered):
        transfer = school_period and _between(school_period, following, training, completed=completed)
        if transfer:
            yield transfer


def _between(
    school_period: SchoolPeriod,
    following: SchoolPeriod | None,
    training: Mapping[str, list[TrainingPeriod]],
    *,
    completed: bool,
) -> Transfer | None:
    leaving = latest(training.get(school_period.id, ()))
    if leaving is None or FOREVER in (school_period.finished_on, leaving.finished_on):
        return None
    if following is None:
        return None if completed else Transfer(leaving, None)
    if following.school_id == school_period.school_id:
        return None
    return Transfer(leaving, earliest(training.get(following.id, ())))
