"""Declarations that participants reached a milestone."""

from __future__ import annotations

from lp_sandbox.programme.records import AnyDeclaration
from lp_sandbox.worlds.records import kept_by


@kept_by("id", unique=(("participant_id", "role", "declaration_type", "retired"),))
class Declaration(AnyDeclaration, frozen=True):
    """A declaration, with the training that it is for."""

    training_period_id: str
