"""What a world of the Register edition is made of."""

from __future__ import annotations

from lp_sandbox.programme.records.organisations import (
    Cohort,
    DeliveryPartner,
    LeadProvider,
    Pairing,
    Partnership,
    School,
    SchoolCohort,
)
from lp_sandbox.programme.records.payments import (
    COMPLETED,
    STARTED,
    TYPES,
    Declaration,
    ListedDeclaration,
    Milestone,
    Statement,
)
from lp_sandbox.programme.records.people import (
    ECT,
    MENTOR,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
    UnfundedMentor,
)

__all__ = [
    "COMPLETED",
    "ECT",
    "MENTOR",
    "STARTED",
    "TYPES",
    "Cohort",
    "Declaration",
    "DeliveryPartner",
    "IdChange",
    "Induction",
    "LeadProvider",
    "ListedDeclaration",
    "Mentorship",
    "Milestone",
    "Pairing",
    "Participant",
    "Partnership",
    "School",
    "SchoolCohort",
    "SchoolPeriod",
    "Statement",
    "Trainee",
    "TrainingPeriod",
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
"""Kinds of records that nothing removes from a world. The others are worked out from these."""
