"""Rules on the participant in an actor's request."""

from __future__ import annotations

from typing import Protocol

from lp_sandbox.ecf.records import EcfParticipant, Profile
from lp_sandbox.request.rules import rule


class OfParticipant(Protocol):
    """Facts about an act on a participant."""

    @property
    def participant(self) -> EcfParticipant | None:
        """The participant in the request."""


class InRole(OfParticipant, Protocol):
    """Facts about an act on a participant in a role."""

    @property
    def profile(self) -> Profile | None:
        """The participant's in the role that the request names."""


@rule
def participant_exists(p: OfParticipant) -> bool:
    return p.participant is not None


@rule
def participant_has_the_role(p: InRole) -> bool:
    return p.profile is not None
