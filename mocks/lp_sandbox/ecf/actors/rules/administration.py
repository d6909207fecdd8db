"""When an administrator can add delivery partners and change what is known of schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class DeliveryPartnerAddition:
    """A delivery partner to add or to extend, and the facts that decide whether it is accepted."""

    delivery_partner_id: str
    """Empty for a new delivery partner."""
    name: str
    found: DeliveryPartner | None
    same_name: DeliveryPartner | None
    """The delivery partner that has the name already."""
    lead_providers: Sequence[LeadProvider | None]
    """None for each lead provider that the world does not have."""
    untrained: Sequence[str]
    """The cohorts in which some of the lead providers do not train."""

    @property
    def cohorts(self) -> str:
        """These cohorts in a list."""
        return ", ".join(self.untrained)


@rule
def delivery_partner_exists(a: DeliveryPartnerAddition) -> bool:
    return not a.delivery_partner_id or a.found is not None


@rule
def new_delivery_partner_has_a_name(a: DeliveryPartnerAddition) -> bool:
    return bool(a.delivery_partner_id or a.name)


@rule
def delivery_partner_name_is_free(a: DeliveryPartnerAddition) -> bool:
    return a.same_name is None or a.same_name == a.found


@rule
def lead_providers_exist(a: DeliveryPartnerAddition) -> bool:
    return None not in a.lead_providers


@rule
def lead_providers_train_in_the_cohorts(a: DeliveryPartnerAddition) -> bool:
    return not a.untrained
