"""What a world of the Register edition is made of."""

from __future__ import annotations

from mocks.register.records.money import Declaration, Milestone, Statement
from mocks.register.records.people import (
    ECT,
    MENTOR,
    IdChange,
    Induction,
    Mentorship,
    Participant,
    SchoolPeriod,
    Trainee,
    TrainingPeriod,
)
from mocks.register.records.places import (
    Cohort,
    DeliveryPartner,
    LeadProvider,
    Pairing,
    Partnership,
    School,
    SchoolCohort,
)

__all__ = [
    "ECT",
    "MENTOR",
    "Cohort",
    "Declaration",
    "DeliveryPartner",
    "IdChange",
    "Induction",
    "LeadProvider",
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
    Statement,
    Declaration,
)
