"""Transfers: moves from one school to another, read off a participant's time at schools and training there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from lp_sandbox.programme.people.states import latest
from lp_sandbox.programme.records import ECT, MENTOR, Induction, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER


@dataclass(frozen=True, slots=True)
class Transfer:
    """A participant leaves a school, and joins another one if one has registered them."""

    leaving: TrainingPeriod
    joining: TrainingPeriod | None

    @property
    def lead_providers(self) -> tuple[str | None, str | None]:
        """Who trained the participant before and who does so afterwards; None for nobody."""
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
        return max(stamp_of(self.leaving), stamp_of(self.joining) if self.joining else "")

    def status(self, today: str) -> str:
        """Say whether the participant has still to leave or to join."""
        ahead = self.leaving.finished_on > today or (self.joining is not None and self.joining.started_on > today)
        return "incomplete" if ahead else "complete"


def trained_by(period: TrainingPeriod) -> str | None:
    """Name the lead provider of a training period; None for an expression of interest and for school-led training."""
    return period.lead_provider_id if period.partnership_id else None


def stamp_of(period: TrainingPeriod) -> str:
    """Return when a training period was recorded or last changed its days."""
    return period.moved_at or period.created_at


def transfers_of(
    times: Iterable[SchoolPeriod], periods: Iterable[TrainingPeriod], inductions: Iterable[Induction]
) -> list[Transfer]:
    """Return every transfer of a participant, whoever it concerns, the earliest first."""
    listed = list(times)
    if all(time.finished_on == FOREVER for time in listed):
        return []
    training = by_time(periods)
    completed = any(induction.outcome for induction in inductions)
    found = [
        transfer
        for role in (ECT, MENTOR)
        for transfer in _in_role([time for time in listed if time.role == role], training, completed=completed)
    ]
    return sorted(found, key=lambda transfer: transfer.leaving.started_on)


def relevant_to(lead_provider_id: str, transfers: Iterable[Transfer]) -> list[Transfer]:
    """Return the transfers from or to a lead provider."""
    return [transfer for transfer in transfers if lead_provider_id in transfer.lead_providers]


def by_time(periods: Iterable[TrainingPeriod]) -> Mapping[str, list[TrainingPeriod]]:
    """Return training periods by the time at a school that they belong to."""
    training: dict[str, list[TrainingPeriod]] = {}
    for period in periods:
        training.setdefault(period.school_period_id, []).append(period)
    return training


def earliest(periods: Iterable[TrainingPeriod]) -> TrainingPeriod | None:
    """Return the training period that starts first."""
    return min(periods, key=lambda period: (period.started_on, period.created_at, period.id), default=None)


def _in_role(
    times: Iterable[SchoolPeriod], training: Mapping[str, list[TrainingPeriod]], *, completed: bool
) -> Iterator[Transfer]:
    ordered: list[SchoolPeriod | None] = [*sorted(times, key=lambda time: time.started_on), None]
    for time, following in pairwise(ordered):
        transfer = time and _between(time, following, training, completed=completed)
        if transfer:
            yield transfer


def _between(
    time: SchoolPeriod,
    following: SchoolPeriod | None,
    training: Mapping[str, list[TrainingPeriod]],
    *,
    completed: bool,
) -> Transfer | None:
    leaving = latest(training.get(time.id, ()))
    if leaving is None or FOREVER in (time.finished_on, leaving.finished_on):
        return None
    if following is None:
        return None if completed else Transfer(leaving, None)
    if following.school_id == time.school_id:
        return None
    return Transfer(leaving, earliest(training.get(following.id, ())))
