"""The records that every edition of the training programme stores."""

from __future__ import annotations

from lp_sandbox.programme.records.declarations import (
    AnyDeclaration,
    ListedDeclaration,
    kept_as_listing,
    listing_of,
)
from lp_sandbox.programme.records.organisations import Cohort, DeliveryPartner, LeadProvider, Pairing, School
from lp_sandbox.programme.records.people import (
    ECT,
    MENTOR,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    TrainingPeriod,
)
from lp_sandbox.programme.records.statements_and_milestones import (
    COMPLETED,
    FUNDED_MENTOR_TYPES,
    STARTED,
    TYPES,
    Milestone,
    Statement,
)

__all__ = [
    "COMPLETED",
    "ECT",
    "FUNDED_MENTOR_TYPES",
    "MENTOR",
    "STARTED",
    "TYPES",
    "AnyDeclaration",
    "Cohort",
    "DeliveryPartner",
    "IdChange",
    "Induction",
    "LeadProvider",
    "ListedDeclaration",
    "Mentorship",
    "Milestone",
    "Pairing",
    "Participant",
    "School",
    "SchoolPeriod",
    "Statement",
    "TrainingPeriod",
    "kept_as_listing",
    "listing_of",
]
