"""When DfE can decide whether a participant is eligible for funding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lp_sandbox.ecf.people import DIFFERENT_TRN, ELIGIBLE, INELIGIBLE, MANUAL_CHECK, MATCHED, NO_INDUCTION, NO_QTS
from lp_sandbox.ecf.records import EcfParticipant, Profile
from lp_sandbox.programme.records import ECT, MENTOR
from lp_sandbox.request.rules import rule

NO_REASON = "none"
REASONS: Mapping[str, Collection[str]] = {
    ELIGIBLE: (NO_REASON,),
    MATCHED: (NO_REASON,),
    INELIGIBLE: ("previous_participation", "previous_induction", "duplicate_profile", "exempt_from_induction"),
    MANUAL_CHECK: ("active_flags", NO_QTS, DIFFERENT_TRN, NO_INDUCTION),
}
"""The reasons of each status."""
ONE_ROLE: Mapping[str, str] = {
    "previous_induction": ECT,
    "exempt_from_induction": ECT,
    NO_QTS: ECT,
    NO_INDUCTION: ECT,
    "duplicate_profile": MENTOR,
}
"""The role of the reasons that participants in one role only can have."""


@dataclass(frozen=True, slots=True)
class EligibilityDecision:
    """A decision whether a participant is eligible for funding in a role."""

    participant: EcfParticipant | None
    profile: Profile | None
    role: str
    status: str
    reason: str

    @property
    def reasons(self) -> str:
        """The reasons of the status in a list."""
        return ", ".join(REASONS[self.status])


@rule
def reason_is_of_the_status(d: EligibilityDecision) -> bool:
    return d.reason in REASONS[d.status]


@rule
def reason_is_of_the_role(d: EligibilityDecision) -> bool:
    return ONE_ROLE.get(d.reason, d.role) == d.role


@rule
def eligibility_is_another(d: EligibilityDecision) -> bool:
    return d.profile is None or (d.profile.eligibility, d.profile.eligibility_reason) != (d.status, d.reason)
