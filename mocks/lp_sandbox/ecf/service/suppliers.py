"""The pages on which an administrator says which delivery partners work with which lead providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

PATH = "/admin/suppliers"
LEAD_PROVIDER, COHORT = "lead_provider.", "cohort."
"""How the names of the tick boxes begin. An id or a year follows."""


def list_suppliers(visit: Visit) -> Page:
    """List the delivery partners."""
    return visit.page("admin_suppliers", delivery_partners=visit.call("findDeliveryPartners").data)


def describe(visit: Visit) -> Page:
    """Show the form for a new delivery partner, or the form that adds lead providers and cohorts to an existing one."""
    return _form(visit, {})


def add(visit: Visit) -> Page | Redirect:
    """Add a delivery partner, or add lead providers and cohorts to the one of the path."""
    given = visit.request.form.fields
    present = _present(visit)
    named = {"delivery_partner_id": present["id"]} if present else {"name": given.get("name", "")}
    works_with = {"lead_providers": _ticked(given, LEAD_PROVIDER), "cohorts": _ticked(given, COHORT)}
    reply = visit.call("addDeliveryPartner", attributes={**named, **works_with})
    return Redirect(PATH) if reply.is_done else _form(visit, given, reply.messages)


def _ticked(given: Mapping[str, str], prefix: str) -> Sequence[str]:
    return [name.removeprefix(prefix) for name in given if name.startswith(prefix)]


def _form(visit: Visit, given: Mapping[str, str], errors: Sequence[Message] = ()) -> Page:
    lead_providers = visit.call("findLeadProviders").data
    cohorts = sorted({year for each in lead_providers for year in each["attributes"]["cohorts"]}, reverse=True)
    values = {"delivery_partner": _present(visit), "lead_providers": lead_providers, "cohorts": cohorts}
    return visit.page("admin_supplier", errors=errors, given=given, **values)


def _present(visit: Visit) -> Any:
    """Return the delivery partner of the path; None where the path has none. Raises NotFound for an unknown one."""
    if "delivery_partner_id" not in visit.request.path:
        return None
    every = visit.call("findDeliveryPartners").data
    found = next((each for each in every if each["id"] == visit.request.path["delivery_partner_id"]), None)
    if found is None:
        raise NotFound
    return found
