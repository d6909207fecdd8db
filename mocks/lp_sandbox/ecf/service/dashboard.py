"""The first pages: what the service is for, and what a lead provider can do."""

from __future__ import annotations

from lp_sandbox.ecf.service.users import LEAD_PROVIDER
from lp_sandbox.ecf.service.visit import Visit, home_of
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page
from lp_sandbox.worlds.records import required

ONE = {"page[per_page]": "1"}
"""The shortest page of a list, of which only `meta` counts."""


def landing(visit: Visit) -> Page:
    """Say what the service is for."""
    return visit.page("landing")


def dashboard(visit: Visit) -> Page | Redirect:
    """List what a lead provider can do, for each cohort that is open to schools. Other users begin with other pages."""
    user = required(visit.user)
    if user.role != LEAD_PROVIDER:
        return Redirect(home_of(user))
    current = visit.call("listYourSchools", query=ONE).meta
    of_cohorts = [visit.call("listYourSchools", query={**ONE, "cohort": each}).meta for each in current["cohorts"]]
    return visit.page("dashboard", schools=current, challenged=[each for each in of_cohorts if each["challenged"]])


def partnership_guide(visit: Visit) -> Page:
    """Explain how to confirm schools with a file, and what the errors of its rows mean."""
    return visit.page("partnership_guide", rules=visit.context.operations.rules_of_rows("createPartnership"))
