"""The actors: what schools, lead providers' users, administrators and DfE do in a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from lp_contract.contract import Contract
from lp_sandbox.ecf.actors import (
    administer,
    assign_mentor,
    challenge_partnership,
    change_details,
    create_cohort,
    decide_eligibility,
    finance_statements,
    finance_training,
    leave_school,
    outbox,
    record_induction,
    register_participant,
    retire_duplicate,
    send_feedback,
    set_up_cohort,
    transfer_in,
    your_schools,
)
from lp_sandbox.ecf.actors.upload_partnerships import Uploads
from lp_sandbox.programme.seed.names import names
from lp_sandbox.request.call import Call
from lp_sandbox.request.rules import Check

PROBLEMS = (
    "upload_is_found",
    "page_is_positive",
    "statement_is_found",
    "partnership_is_found",
    "school_is_found",
    "challenge_link_is_found",
)
"""The problems that the actors answer with."""


def actors(contract: Contract, checks: Mapping[str, Check]) -> Mapping[str, Callable[[Call], bytes]]:
    """Return the function of each operation of the actors.

    `contract` and `checks` are those of the edition, whose rules and seeds some of them use.
    """
    uploads = Uploads(contract.rules_of("createPartnership"), checks)
    reasons = {
        "deferred": contract.values_of("deferParticipant", "reason"),
        "withdrawn": contract.values_of("withdrawParticipant", "reason"),
    }
    return {
        "showChallengeLink": challenge_partnership.show_link,
        "challengePartnership": challenge_partnership.challenge,
        "challengePartnershipAsAdministrator": challenge_partnership.challenge,
        "uploadPartnerships": uploads.upload,
        "showUpload": uploads.show,
        "confirmUpload": uploads.confirm,
        "listYourSchools": your_schools.list_schools,
        "showYourSchool": partial(your_schools.show_school, contract.seeds["world"]["local_authorities"]),
        "downloadYourSchools": your_schools.download_schools,
        "addParticipant": partial(register_participant.register, names(contract.seeds)),
        "transferIn": transfer_in.transfer_in,
        "transferOut": leave_school.transfer_out,
        "removeParticipant": leave_school.remove,
        "assignMentor": assign_mentor.assign_mentor,
        "changeDetails": change_details.change_details,
        "setUpCohort": set_up_cohort.set_up,
        "keepProviders": set_up_cohort.keep_providers,
        "setProgramme": set_up_cohort.set_up,
        "findSchools": administer.find_schools,
        "showSchoolCohorts": administer.show_school_cohorts,
        "findDeliveryPartners": administer.find_delivery_partners,
        "findLeadProviders": administer.find_lead_providers,
        "addDeliveryPartner": administer.add_delivery_partner,
        "changeEligibility": administer.change_eligibility,
        "createCohort": partial(create_cohort.create, frozenset(contract.seeds["schedules"]["identifiers"])),
        "findStatements": finance_statements.find_statements,
        "showStatement": finance_statements.show_statement,
        "payStatement": finance_statements.pay_statement,
        "downloadDeclarations": finance_statements.download_declarations,
        "findParticipants": finance_training.find_participants,
        "changeTrainingStatus": partial(finance_training.change_training_status, reasons),
        "decideEligibility": decide_eligibility.decide_eligibility,
        "recordInduction": record_induction.record_induction,
        "retireDuplicate": retire_duplicate.retire_duplicate,
        "sendFeedback": partial(send_feedback.send_feedback, contract.seeds["emails"]["satisfactions"]),
        "listEmails": partial(outbox.list_emails, contract.seeds["emails"]),
    }
