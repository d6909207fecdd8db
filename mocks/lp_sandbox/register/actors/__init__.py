"""The actors: what schools, appropriate bodies and DfE do in a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lp_sandbox.programme.seed.names import names
from lp_sandbox.register.actors import (
    appropriate_bodies_and_dfe,
    change_mentor,
    induction_tutor_and_eligibility,
    partnerships,
    register_participant,
    transfers_and_leavers,
)
from lp_sandbox.request.call import Call


def actors(seeds: Mapping[str, Any]) -> Mapping[str, Callable[[Call], bytes]]:
    """Return the function of each operation of the actors. Names of new people come from the seeds."""
    return {
        "registerParticipant": partial(register_participant.register, names(seeds)),
        "reportTransfer": transfers_and_leavers.report_transfer,
        "reportLeaver": transfers_and_leavers.report_leaver,
        "changeMentor": change_mentor.change_mentor,
        "rollOverPartnership": partnerships.roll_over,
        "nameInductionTutor": induction_tutor_and_eligibility.name_induction_tutor,
        "recordInduction": appropriate_bodies_and_dfe.record_induction,
        "confirmEligibility": appropriate_bodies_and_dfe.confirm_eligibility,
        "payStatement": appropriate_bodies_and_dfe.pay_statement,
        "addDeliveryPartner": partnerships.add_delivery_partner,
        "changeEligibility": induction_tutor_and_eligibility.change_eligibility,
    }
