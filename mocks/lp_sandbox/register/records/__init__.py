"""The records of a world of the Register edition: its own kinds, and those of the training programme."""

from __future__ import annotations

from lp_sandbox.programme.records import (
    Cohort,
    DeliveryPartner,
    IdChange,
    Induction,
    LeadProvider,
    ListedDeclaration,
    Mentorship,
    Milestone,
    Pairing,
    Participant,
    School,
    SchoolPeriod,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.register.records.declarations import Declaration
from lp_sandbox.register.records.list_rows import SchoolCohort, Trainee, UnfundedMentor
from lp_sandbox.register.records.partnerships import Partnership

__all__ = [
    "KINDS",
    "LASTING",
    "Declaration",
    "Partnership",
    "SchoolCohort",
    "Trainee",
    "UnfundedMentor",
]

KINDS = (
    Cohort,
    Milestone,
    LeadProvider,
    DeliveryPartner,
    Pairing,
    School,
    SchoolCohort,
    Partnership,
    Participant,
    IdChange,
    Induction,
    SchoolPeriod,
    TrainingPeriod,
    Mentorship,
    Trainee,
    UnfundedMentor,
    Statement,
    Declaration,
    ListedDeclaration,
)

LASTING = tuple(kind for kind in KINDS if kind not in (Mentorship, Trainee, UnfundedMentor, ListedDeclaration))
"""Kinds of records that nothing removes from a world. The other kinds are rebuilt from them."""
