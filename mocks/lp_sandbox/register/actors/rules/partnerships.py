"""When a school can roll over a partnership, and when DfE can add a delivery partner to one."""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.programme.records import Cohort, DeliveryPartner, School
from lp_sandbox.register.actors.rules.training_choice_facts import TrainingChoice
from lp_sandbox.register.records import Partnership
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class RollOver:
    """A partnership that a school continues in a new cohort."""

    choice: TrainingChoice
    """The school in the new cohort, and the lead provider that the request names, if it names one."""
    today: str
    earlier: Partnership | None
    """The latest partnership of an earlier cohort, with any lead provider or with the named lead provider."""
    still_paired: bool
    """Its delivery partner is registered to work with its lead provider in the new cohort."""
    partnered: bool
    """The school already has a partnership with its lead provider in the new cohort."""

    @property
    def school(self) -> School | None:
        """The school that continues the partnership."""
        return self.choice.school

    @property
    def cohort(self) -> Cohort | None:
        """The new cohort."""
        return self.choice.cohort

    @property
    def cohort_year(self) -> int | None:
        """The year of the new cohort."""
        return self.cohort.year if self.cohort else None

    @property
    def earlier_cohort(self) -> int | None:
        """The year of the cohort of the earlier partnership."""
        return self.earlier.cohort if self.earlier else None


@dataclass(frozen=True, slots=True)
class DeliveryPartnerAddition:
    """A delivery partner that DfE adds to a partnership."""

    partnership: Partnership | None
    delivery_partner: DeliveryPartner | None
    paired: bool
    """The delivery partner is registered to work with the lead provider in the cohort."""
    confirmed: bool
    """The lead provider has a partnership with the school and this delivery partner in the cohort."""


@rule
def named_cohort_has_opened(p: RollOver) -> bool:
    return p.cohort is not None and p.cohort.starts_on <= p.today


@rule
def named_cohort_takes_partnerships(p: RollOver) -> bool:
    return p.cohort is not None and p.cohort.enabled


@rule
def school_is_eligible_in_cohort(p: RollOver) -> bool:
    return p.choice.school_in_cohort is not None and p.choice.school_in_cohort.eligible


@rule
def school_has_an_earlier_partnership(p: RollOver) -> bool:
    return p.earlier is not None


@rule
def earlier_partners_still_work_together(p: RollOver) -> bool:
    return p.earlier is None or p.still_paired


@rule
def partnership_is_not_there_yet(p: RollOver) -> bool:
    return not p.partnered


@rule
def partnership_exists(p: DeliveryPartnerAddition) -> bool:
    return p.partnership is not None


@rule
def delivery_partner_exists(p: DeliveryPartnerAddition) -> bool:
    return p.delivery_partner is not None


@rule
def delivery_partner_works_with_lead_provider(p: DeliveryPartnerAddition) -> bool:
    return p.paired


@rule
def delivery_partner_is_another(p: DeliveryPartnerAddition) -> bool:
    return not p.confirmed
