"""The pages on which a lead provider reads about the schools that it has recruited."""

from __future__ import annotations

from lp_sandbox.ecf.service.pagination import pagination
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.service_pages import File, Page

PATH = "/lead-providers/your-schools"


def list_schools(visit: Visit) -> Page:
    """List the schools of a cohort, as many on a page as the operation lists, with a search."""
    number, search = visit.page_number, visit.request.query.get("search", "").strip()
    filters = {"cohort": visit.request.query.get("cohort", ""), "search": search}
    reply = visit.call("listYourSchools", query={**filters, "page[page]": str(number)})
    meta = reply.meta
    pages = visit.page_count(meta["matching"], visit.context.operations.page_limits("listYourSchools").usual)
    query = {"cohort": meta["cohort"], **({"search": search} if search else {})}
    return visit.page(
        "your_schools",
        schools=reply.data,
        meta=meta,
        search=search,
        number=number,
        pages=pages,
        pagination=pagination(PATH, query, number, pages),
    )


def show_school(visit: Visit) -> Page:
    """Show one partnership."""
    reply = visit.call("showYourSchool", path=visit.request.path)
    if not reply.is_done:
        raise NotFound
    return visit.page("your_school", school=reply.data["attributes"])


def download_schools(visit: Visit) -> File:
    """Return the schools of a cohort as a file."""
    cohort = {"cohort": visit.request.path["cohort"]}
    meta = visit.call("listYourSchools", query={**cohort, "page[per_page]": "1"}).meta
    if meta["cohort"] not in cohort.values():
        raise NotFound
    reply = visit.call("downloadYourSchools", query=cohort)
    return File(f"schools-{meta['cohort']}.csv", reply.content, "text/csv; charset=utf-8")
