"""When a partnership can be formed, and when it can change its delivery partner."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Cohort, DeliveryPartner, School
from lp_sandbox.register.records import SchoolCohort
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class NewPartnership:
    """A new partnership, and the facts that decide whether it is accepted."""

    cohort: str
    """As the request has it; empty when it has none. The two ids are the same."""
    school_id: str
    delivery_partner_id: str
    today: str
    found_cohort: Cohort | None
    found_school: School | None
    school_in_cohort: SchoolCohort | None
    found_delivery_partner: DeliveryPartner | None
    paired: bool
    """The delivery partner is registered to work with the lead provider in the cohort."""
    partnered: bool
    """The lead provider has a partnership with the school in the cohort."""


@dataclass(frozen=True, slots=True)
class ChangedPartnership:
    """The new delivery partner of a partnership, and the facts that decide whether it is accepted."""

    delivery_partner_id: str
    """As the request has it; empty when it has none."""
    found_delivery_partner: DeliveryPartner | None
    paired: bool
    """The delivery partner is registered to work with the lead provider in the cohort."""
    confirmed: bool
    """The lead provider has a partnership with the school and this delivery partner in the cohort."""


@rule
def cohort_is_present(p: NewPartnership) -> bool:
    return p.cohort != ""


@rule
def school_is_present(p: NewPartnership) -> bool:
    return p.school_id != ""


@rule
def delivery_partner_is_present(p: NewPartnership | ChangedPartnership) -> bool:
    return p.delivery_partner_id != ""


@rule
def cohort_is_known(p: NewPartnership) -> bool:
    return p.found_cohort is not None


@rule
def cohort_has_started(p: NewPartnership) -> bool:
    return p.found_cohort is not None and p.found_cohort.starts_on <= p.today


@rule
def cohort_is_open(p: NewPartnership) -> bool:
    return p.found_cohort is not None and p.found_cohort.enabled


@rule
def school_is_known(p: NewPartnership) -> bool:
    return p.found_school is not None


@rule
def school_is_eligible(p: NewPartnership) -> bool:
    known = p.school_in_cohort or p.found_school
    return known is not None and known.eligible


@rule
def delivery_partner_is_known(p: NewPartnership | ChangedPartnership) -> bool:
    return p.found_delivery_partner is not None


@rule
def delivery_partner_works_with_you(p: NewPartnership | ChangedPartnership) -> bool:
    return p.paired


@rule
def school_not_already_partnered(p: NewPartnership) -> bool:
    return not p.partnered


@rule
def school_is_not_school_led(p: NewPartnership) -> bool:
    return p.school_in_cohort is None or p.school_in_cohort.induction_programme_choice != "school_led"


@rule
def delivery_partner_not_already_confirmed(p: ChangedPartnership) -> bool:
    return not p.confirmed
