"""What the operations of lead providers do, by operationId."""

from __future__ import annotations

from lp_sandbox.ecf.operations import (
    change_schedule,
    create_declaration,
    declarations,
    delivery_partners,
    participants,
    partnerships,
    schools,
    statements,
    transfers,
    unfunded_mentors,
    void_declaration,
    withdraw_defer_resume,
)

OPERATIONS = {
    "createDeclaration": create_declaration.create,
    "getDeclaration": declarations.get,
    "getDeclarations": declarations.list_,
    "voidDeclaration": void_declaration.void,
    "getDeliveryPartner": delivery_partners.get,
    "getDeliveryPartners": delivery_partners.list_,
    "getParticipant": participants.get,
    "getParticipants": participants.list_,
    "changeScheduleParticipant": change_schedule.change_schedule,
    "deferParticipant": withdraw_defer_resume.defer,
    "resumeParticipant": withdraw_defer_resume.resume,
    "withdrawParticipant": withdraw_defer_resume.withdraw,
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
"""The operations that read or write a world."""
