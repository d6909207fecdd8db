"""When a school or an administrator can challenge a partnership."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.request.rules import rule

REASONS = ("another_provider", "not_confirmed", "do_not_recognise", "no_ects", "mistake")


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge, and the facts that decide whether it is accepted."""

    partnership: EcfPartnership | None
    reason: str
    """Empty when the request has none."""
    now: str


@rule
def partnership_exists(c: Challenge) -> bool:
    return c.partnership is not None


@rule
def partnership_is_unchallenged(c: Challenge) -> bool:
    return c.partnership is None or c.partnership.challenged_at is None


@rule
def challenge_is_in_time(c: Challenge) -> bool:
    return c.partnership is None or (c.partnership.challenge_deadline or "") > c.now


@rule
def challenge_has_a_reason(c: Challenge) -> bool:
    return c.reason in REASONS
