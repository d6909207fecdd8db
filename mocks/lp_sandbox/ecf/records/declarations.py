"""Declarations that participants reached a milestone."""

from __future__ import annotations

from lp_sandbox.programme.records import AnyDeclaration, ListedDeclaration, kept_as_listing
from lp_sandbox.worlds.records import kept_by


@kept_by("id", unique=(("participant_id", "role", "declaration_type", "retired"),))
class EcfDeclaration(AnyDeclaration, frozen=True):
    """A declaration. One that is ineligible from the start is retired from the start."""

    superseded_by: str | None
    """The declaration for the same person, registered under another id, that makes this one ineligible."""


@kept_as_listing
class EcfListedDeclaration(ListedDeclaration, frozen=True):
    """A declaration that a lead provider can see."""

    of_leaver: bool
    """Another lead provider made it, and the participant leaves or has left this one. Only version 3 shows it then."""
