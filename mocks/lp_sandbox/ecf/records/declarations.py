"""Declarations that participants reached a milestone."""

from __future__ import annotations

from lp_sandbox.programme.records import AnyDeclaration
from lp_sandbox.worlds.records import kept_by


@kept_by("id", unique=(("participant_id", "role", "declaration_type", "retired"),))
class EcfDeclaration(AnyDeclaration, frozen=True):
    """A declaration. One that is ineligible from the start is retired from the start."""

    superseded_by: str | None
    """The declaration for the same person, registered under another id, that makes this one ineligible."""
