"""The pages of an administrator: schools, the cohorts of a school, and what an administrator changes in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.pagination import pagination
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

PATH = "/admin/schools"
PER_PAGE = 20


def start(visit: Visit) -> Redirect:  # noqa: ARG001 - every page takes its visit
    """Begin with the first page of the menu."""
    return Redirect(PATH)


def list_schools(visit: Visit) -> Page:
    """List schools by name, with a search."""
    number, search = visit.page_number, visit.request.query.get("search", "").strip()
    query = {"search": search, "page[page]": str(number), "page[per_page]": str(PER_PAGE)}
    reply = visit.call("findSchools", query=query)
    matching = reply.meta["matching"]
    pages = visit.page_count(matching, PER_PAGE)
    return visit.page(
        "admin_schools",
        schools=reply.data,
        matching=matching,
        search=search,
        number=number,
        pages=pages,
        pagination=pagination(PATH, {"search": search} if search else {}, number, pages),
    )


def show_school(visit: Visit) -> Page:
    """Show the programme and the providers of a school in each cohort."""
    return visit.page("admin_school", school_id=visit.request.path["school_id"], cohorts=_cohorts(visit))


def choose_programme(visit: Visit) -> Page:
    """Show the form in which an administrator sets or changes a programme."""
    cohort = _cohort(visit)
    return _programme_form(visit, cohort, cohort["programme"], cohort["appropriate_body"] or "")


def set_programme(visit: Visit) -> Page | Redirect:
    """Set or change a programme."""
    cohort, fields = _cohort(visit), visit.request.form.fields
    programme, body = fields.get("programme", ""), fields.get("appropriate_body", "").strip()
    if programme not in visit.context.operations.values("setProgramme", "programme"):
        return _programme_form(visit, cohort, programme, body, [visit.mistake("programme")])
    attributes = {"school_id": visit.request.path["school_id"], "cohort": cohort["cohort"], "programme": programme}
    reply = visit.call("setProgramme", attributes=attributes | ({"appropriate_body": body} if body else {}))
    return _back_to_school(visit) if reply.is_done else _programme_form(visit, cohort, programme, body, reply.messages)


def _programme_form(
    visit: Visit, cohort: Any, programme: str, appropriate_body: str, errors: Sequence[Message] = ()
) -> Page:
    programmes = visit.context.operations.values("setProgramme", "programme")
    values = {"cohort": cohort, "programme": programme, "appropriate_body": appropriate_body}
    return visit.page("admin_programme", errors=errors, programmes=programmes, **values)


def choose_reason(visit: Visit) -> Page | Redirect:
    """Show the form in which an administrator challenges a partnership."""
    cohort = _cohort_of_partnership(visit)
    return _challenge_form(visit, cohort) if cohort else _back_to_school(visit)


def challenge(visit: Visit) -> Page | Redirect:
    """Challenge a partnership."""
    cohort = _cohort_of_partnership(visit)
    if cohort is None:
        return _back_to_school(visit)
    partnership_id, reason = cohort["partnership_id"], visit.request.form.fields.get("reason", "")
    given = {"partnership_id": partnership_id, "reason": reason}
    reply = visit.call("challengePartnershipAsAdministrator", attributes=given)
    return _back_to_school(visit) if reply.is_done else _challenge_form(visit, cohort, reply.messages)


def _challenge_form(visit: Visit, cohort: Any, errors: Sequence[Message] = ()) -> Page:
    return visit.page("admin_challenge", errors=errors, cohort=cohort, reasons=visit.context.words["reasons"])


def _cohorts(visit: Visit) -> Sequence[Any]:
    """Return the cohorts of the school of the path. Raises NotFound."""
    reply = visit.call("showSchoolCohorts", path={"school_id": visit.request.path["school_id"]})
    if not reply.is_done:
        raise NotFound
    return [each["attributes"] for each in reply.data]


def _cohort(visit: Visit) -> Any:
    """Return the cohort of the path. Raises NotFound."""
    cohort = next((each for each in _cohorts(visit) if each["cohort"] == visit.request.path["cohort"]), None)
    if cohort is None:
        raise NotFound
    return cohort


def _cohort_of_partnership(visit: Visit) -> Any:
    """Return the cohort in which the school has the partnership of the path; None when it was challenged before."""
    partnership_id = visit.request.path["partnership_id"]
    return next((each for each in _cohorts(visit) if each["partnership_id"] == partnership_id), None)


def _back_to_school(visit: Visit) -> Redirect:
    return Redirect(f"{PATH}/{visit.request.path['school_id']}")
