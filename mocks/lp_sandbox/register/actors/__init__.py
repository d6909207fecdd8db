"""The other side of the desk: what schools, appropriate bodies and DfE do to a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lp_sandbox.call import Call
from lp_sandbox.register.actors import departures, mentoring, offices, partnerships, registration, school_details
from lp_sandbox.register.seed.names import names


def actors(seeds: Mapping[str, Any]) -> Mapping[str, Callable[[Call], bytes]]:
    """Return what each operation of the actors does. Names of new people are made from the words of the seeds."""
    return {
        "registerParticipant": partial(registration.register, names(seeds)),
        "reportTransfer": departures.transfer,
        "reportLeaver": departures.report_leaver,
        "changeMentor": mentoring.change_mentor,
        "rollOverPartnership": partnerships.roll_over,
        "nameInductionTutor": school_details.name_induction_tutor,
        "recordInduction": offices.record_induction,
        "confirmEligibility": offices.confirm_eligibility,
        "payStatement": offices.pay_statement,
        "addDeliveryPartner": partnerships.add_delivery_partner,
        "changeEligibility": school_details.change_eligibility,
    }
