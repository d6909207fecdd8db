"""When a partnership can be created, and when it can change its delivery partner."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class NewPartnership:
    """A new partnership, and the facts that decide whether it is accepted."""

    cohort: str
    """As the request has it; empty when it has none. The next three are the same."""
    school_id: str
    lead_provider_id: str
    delivery_partner_id: str
    found_cohort: EcfCohort | None
    found_school: EcfSchool | None
    found_lead_provider: LeadProvider | None
    found_delivery_partner: DeliveryPartner | None
    works_with_you: bool
    """The delivery partner works with the lead provider in the cohort."""
    present_partnership: EcfPartnership | None
    """The school's unchallenged partnership in the cohort that is not a relationship, with any lead provider."""
    had_provider_last_year: bool
    """The school had such a partnership in the cohort before."""
    has_chosen_programme: bool
    """The school has a programme choice for the cohort, even if it is not known yet."""


@dataclass(frozen=True, slots=True)
class ChangedPartnership:
    """The new delivery partner of a partnership, and the facts that decide whether it is accepted."""

    partnership: EcfPartnership | None
    """The lead provider's partnership of the path; None for a relationship too."""
    delivery_partner_id: str
    """As the request has it; empty when it has none."""
    found_delivery_partner: DeliveryPartner | None
    works_with_you: bool
    """The delivery partner works with the lead provider in the cohort of the partnership."""
    has_relationship: bool
    """The lead provider has a relationship with the school and this delivery partner in the cohort."""


@rule
def cohort_is_present(p: NewPartnership) -> bool:
    return p.cohort != ""


@rule
def school_is_present(p: NewPartnership) -> bool:
    return p.school_id != ""


@rule
def lead_provider_is_present(p: NewPartnership) -> bool:
    return p.lead_provider_id != ""


@rule
def delivery_partner_is_present(p: NewPartnership | ChangedPartnership) -> bool:
    return p.delivery_partner_id != ""


@rule
def cohort_is_known(p: NewPartnership) -> bool:
    return p.found_cohort is not None


@rule
def lead_provider_is_known(p: NewPartnership) -> bool:
    return p.found_lead_provider is not None


@rule
def school_is_known(p: NewPartnership) -> bool:
    return p.found_school is not None


@rule
def school_is_not_cip_only(p: NewPartnership) -> bool:
    return p.found_school is None or not p.found_school.core_induction_only


@rule
def school_is_eligible(p: NewPartnership) -> bool:
    return p.found_school is None or p.found_school.eligible


@rule
def school_not_already_partnered(p: NewPartnership) -> bool:
    return p.present_partnership is None or p.present_partnership.lead_provider_id != p.lead_provider_id


@rule
def school_has_no_other_provider(p: NewPartnership) -> bool:
    return p.present_partnership is None or p.present_partnership.lead_provider_id == p.lead_provider_id


@rule
def school_has_confirmed_funded_training(p: NewPartnership) -> bool:
    return p.has_chosen_programme or not p.had_provider_last_year


@rule
def delivery_partner_is_known(p: NewPartnership | ChangedPartnership) -> bool:
    return p.found_delivery_partner is not None


@rule
def delivery_partner_works_with_you(p: NewPartnership | ChangedPartnership) -> bool:
    return p.works_with_you


@rule
def partnership_is_known(p: ChangedPartnership) -> bool:
    return p.partnership is not None


@rule
def partnership_is_not_challenged(p: ChangedPartnership) -> bool:
    return p.partnership is None or p.partnership.challenged_reason is None


@rule
def delivery_partner_not_already_confirmed(p: ChangedPartnership) -> bool:
    return not p.has_relationship
