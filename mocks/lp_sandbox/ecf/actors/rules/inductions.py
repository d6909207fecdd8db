"""When an appropriate body can record an induction."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfParticipant, Profile
from lp_sandbox.request.rules import rule

START = "start"


@dataclass(frozen=True, slots=True)
class InductionEvent:
    """The start or the completion of an ECT's induction, and the facts that decide whether it can be recorded."""

    participant: EcfParticipant | None
    profile: Profile | None
    """As an ECT."""
    event: str
    day: str
    today: str

    @property
    def since(self) -> str | None:
        """The day on which the induction started."""
        return self.profile.induction_started_on if self.profile else None


@rule
def participant_is_an_ect(e: InductionEvent) -> bool:
    return e.profile is not None


@rule
def induction_is_not_over(e: InductionEvent) -> bool:
    return e.profile is None or e.profile.induction_completed_on is None


@rule
def induction_is_not_in_the_future(e: InductionEvent) -> bool:
    return e.day <= e.today


@rule
def induction_is_under_way(e: InductionEvent) -> bool:
    return e.event == START or e.since is not None


@rule
def induction_days_are_in_order(e: InductionEvent) -> bool:
    return e.event == START or e.since is None or e.since <= e.day
