"""The operations of the Register edition, one module for each resource."""

from __future__ import annotations

from lp_sandbox.register.operations import (
    declarations,
    delivery_partners,
    participants,
    partnerships,
    schedule_change,
    schools,
    statements,
    training,
    transfers,
    unfunded_mentors,
)

OPERATIONS = {
    "createDeclaration": declarations.create,
    "getDeclaration": declarations.get,
    "getDeclarations": declarations.list_,
    "voidDeclaration": declarations.void,
    "getDeliveryPartner": delivery_partners.get,
    "getDeliveryPartners": delivery_partners.list_,
    "changeScheduleParticipant": schedule_change.change_schedule,
    "deferParticipant": training.defer,
    "getParticipant": participants.get,
    "getParticipants": participants.list_,
    "resumeParticipant": training.resume,
    "withdrawParticipant": training.withdraw,
    "createPartnership": partnerships.create,
    "getPartnership": partnerships.get,
    "getPartnerships": partnerships.list_,
    "updatePartnership": partnerships.update,
    "getSchool": schools.get,
    "getSchools": schools.list_,
    "getStatement": statements.get,
    "getStatements": statements.list_,
    "getTransfer": transfers.get,
    "getTransfers": transfers.list_,
    "getUnfundedMentor": unfunded_mentors.get,
    "getUnfundedMentors": unfunded_mentors.list_,
}
"""The operations that have a memory. The contract's others are answered from its examples."""
