"""The records of a world of the early career framework: its own kinds, and those of the training programme."""

from __future__ import annotations

from lp_sandbox.ecf.records.declarations import EcfDeclaration, EcfListedDeclaration
from lp_sandbox.ecf.records.organisations import (
    Contract,
    DfeUser,
    EcfCohort,
    EcfSchool,
    LeadProviderCohort,
    LeadProviderUser,
    ProgrammeChoice,
)
from lp_sandbox.ecf.records.partnerships import EcfPartnership, Email, PartnershipUpload
from lp_sandbox.ecf.records.people import (
    EcfParticipant,
    EcfTrainee,
    EcfUnfundedMentor,
    ListedProfile,
    Profile,
    Removal,
    TransferredParticipant,
)
from lp_sandbox.ecf.records.service import BrowserSession, SignInLink
from lp_sandbox.programme.records import (
    DeliveryPartner,
    IdChange,
    LeadProvider,
    Mentorship,
    Milestone,
    Pairing,
    SchoolPeriod,
    Statement,
    TrainingPeriod,
)

__all__ = [
    "KINDS",
    "LASTING",
    "BrowserSession",
    "Contract",
    "DfeUser",
    "EcfCohort",
    "EcfDeclaration",
    "EcfListedDeclaration",
    "EcfParticipant",
    "EcfPartnership",
    "EcfSchool",
    "EcfTrainee",
    "EcfUnfundedMentor",
    "Email",
    "LeadProviderCohort",
    "LeadProviderUser",
    "ListedProfile",
    "PartnershipUpload",
    "Profile",
    "ProgrammeChoice",
    "Removal",
    "SignInLink",
    "TransferredParticipant",
]

KINDS = (
    EcfCohort,
    Milestone,
    LeadProvider,
    LeadProviderUser,
    DfeUser,
    LeadProviderCohort,
    Contract,
    DeliveryPartner,
    Pairing,
    EcfSchool,
    ProgrammeChoice,
    EcfPartnership,
    PartnershipUpload,
    EcfParticipant,
    IdChange,
    Profile,
    SchoolPeriod,
    Removal,
    TrainingPeriod,
    Mentorship,
    EcfTrainee,
    ListedProfile,
    TransferredParticipant,
    EcfUnfundedMentor,
    Statement,
    EcfDeclaration,
    EcfListedDeclaration,
    Email,
    SignInLink,
    BrowserSession,
)

_PASSING = (
    Mentorship,
    Removal,
    EcfTrainee,
    ListedProfile,
    EcfListedDeclaration,
    TransferredParticipant,
    EcfUnfundedMentor,
    PartnershipUpload,
    Email,
    SignInLink,
    BrowserSession,
)
LASTING = tuple(kind for kind in KINDS if kind not in _PASSING)
"""Kinds of records that nothing removes from a world, and of which every world has some from the start."""
