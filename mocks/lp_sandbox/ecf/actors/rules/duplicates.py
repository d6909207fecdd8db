"""When DfE can retire a duplicate participant."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfParticipant
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class Retirement:
    """A participant who is registered twice, and the facts that decide whether one id can be retired."""

    participant: EcfParticipant | None
    """Who keeps the id."""
    duplicate: EcfParticipant | None
    """Whose id is retired."""
    mentor_each_other: bool
    """One of them is or was the mentor of the other."""


@rule
def duplicate_exists(r: Retirement) -> bool:
    return r.duplicate is not None


@rule
def duplicate_has_another_id(r: Retirement) -> bool:
    return r.duplicate != r.participant


@rule
def duplicate_is_no_mentor_of_theirs(r: Retirement) -> bool:
    return not r.mentor_each_other
