"""The operations of the Register edition, one module for each resource."""

from __future__ import annotations

from mocks.register.operations import delivery_partners, partnerships, schools

OPERATIONS = {
    "getDeliveryPartner": delivery_partners.get,
    "getDeliveryPartners": delivery_partners.list_,
    "createPartnership": partnerships.create,
    "getPartnership": partnerships.get,
    "getPartnerships": partnerships.list_,
    "updatePartnership": partnerships.update,
    "getSchool": schools.get,
    "getSchools": schools.list_,
}
"""The operations that have a memory. The contract's others are answered from its examples."""
