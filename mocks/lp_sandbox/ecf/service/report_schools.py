"""Confirming partnerships with a file of schools: choose, upload, look at the results, remove schools and confirm.

The address holds the state of the task: the cohort and the delivery partner, then the id of the upload and the URNs of
the schools that the user has removed. So two tabs, the back button and a reload do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from lp_sandbox.ecf.service.operations_client import Message, Reply
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.request.request_and_answer import LARGEST_UPLOAD
from lp_sandbox.web.forms import FormError
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import Page

START = "/lead-providers/report-schools"
FILE = "csv"
"""The name of the field with the file, which is also the field in the messages of an upload."""
EMPTY_FILE = b"\n"
"""What the operation gets for an empty file: without any bytes it takes the file to be missing."""
MOST_SHOWN = 500
"""How many rows of a table a page shows. The largest file can have hundreds of thousands."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload, without the schools that the user has removed from it."""

    id: str
    cohort: str
    delivery_partner: str
    row_count: int
    errors: Sequence[Mapping[str, Any]]
    schools: Sequence[Mapping[str, Any]]
    """Each school once."""
    removed: Mapping[str, Mapping[str, Any]]
    """The removed schools by their URNs."""
    is_confirmed: bool
    delivery_partner_id: str

    def address(self, page: str, **more: str) -> str:
        """Return the address of a page about this upload."""
        removed = {"removed": ",".join(self.removed)} if self.removed else {}
        return f"{START}{page}?{urlencode({'upload': self.id, **removed, **more})}"


def start(visit: Visit) -> Page:
    """Say what the user needs."""
    return visit.page("report_schools_start", cohort=_cohort(visit))


def choose(visit: Visit) -> Page:
    """Ask for the delivery partner."""
    return _choice(visit, _cohort(visit), visit.request.query.get("delivery_partner", ""))


def _choice(visit: Visit, cohort: str, chosen: str, *errors: Message) -> Page:
    longest = str(visit.context.operations.page_limits("getDeliveryPartners").largest)
    partners = visit.call(
        "getDeliveryPartners", query={"filter[cohort]": cohort, "page[per_page]": longest, "sort": "name"}
    )
    by_name = sorted(partners.data, key=lambda each: str(each["attributes"]["name"]).casefold())
    return visit.page("report_schools_choose", errors=errors, cohort=cohort, partners=by_name, chosen=chosen)


def chosen(visit: Visit) -> Page | Redirect:
    """Continue to the file, if an upload accepts the delivery partner."""
    cohort, partner = _cohort(visit), visit.request.form.fields.get("delivery_partner_id", "")
    # An upload without a file is always refused. So this changes nothing, and says what the rules say of the choice.
    reply = visit.call("uploadPartnerships", query={"cohort": cohort, "delivery_partner_id": partner})
    errors = [each for each in reply.messages if each.field == "delivery_partner_id"]
    if errors:
        return _choice(visit, cohort, partner, *errors)
    return Redirect(_file_page(cohort, partner))


def _file_page(cohort: str, partner: str) -> str:
    return f"{START}/csv?{urlencode({'cohort': cohort, 'delivery_partner': partner})}"


def ask_for_file(visit: Visit) -> Page:
    """Ask for the file."""
    return _file_form(visit)


def _file_form(visit: Visit, *errors: Message) -> Page:
    partner = visit.request.query.get("delivery_partner", "")
    cohort = _cohort(visit)
    return visit.page(
        "report_schools_file",
        errors=errors,
        cohort=cohort,
        partner=_partner(visit, partner),
        previous=f"{START}/delivery-partner?{urlencode({'cohort': cohort, 'delivery_partner': partner})}",
    )


def upload(visit: Visit) -> Page | Redirect:
    """Upload the file, and go on to its results."""
    try:
        file = visit.request.form.files.get(FILE)
    except FormError as error:
        if error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        return _too_large(visit)
    if file and not file.name.lower().endswith(".csv"):
        return _file_form(visit, visit.mistake(FILE, "file_is_csv"))
    query = {"cohort": _cohort(visit), "delivery_partner_id": visit.request.query.get("delivery_partner", "")}
    reply = visit.call("uploadPartnerships", query=query, content=(file.content or EMPTY_FILE) if file else b"")
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _too_large(visit)
    if not reply.is_done:
        return _file_form(visit, *reply.messages)
    return Redirect(f"{START}/csv/errors?{urlencode({'upload': reply.data['id']})}")


def _too_large(visit: Visit) -> Page:
    return _file_form(visit, visit.mistake(FILE, "file_size", megabytes=LARGEST_UPLOAD // 2**20))


def results(visit: Visit) -> Page | Redirect:
    """Show the rows with an error. A file without any goes on to be confirmed."""
    found = _upload(visit)
    if found.is_confirmed:
        return Redirect(found.address("/success"))
    if not found.errors:
        return Redirect(found.address("/confirm"))
    again = _file_page(found.cohort, found.delivery_partner_id)
    return visit.page("report_schools_results", upload=found, most=MOST_SHOWN, again=again)


def proceed(visit: Visit) -> Redirect:
    """Go on with the schools that have no error."""
    return Redirect(_upload(visit).address("/confirm"))


def check(visit: Visit) -> Page | Redirect:
    """Show the schools that are about to be confirmed."""
    found = _upload(visit)
    if found.is_confirmed:
        return Redirect(found.address("/success"))
    again = _file_page(found.cohort, found.delivery_partner_id)
    gone = found.removed.get(visit.request.query.get("just", ""))
    return visit.page("report_schools_confirm", upload=found, most=MOST_SHOWN, again=again, gone=gone)


def remove(visit: Visit) -> Redirect:
    """Remove a school from the list, and show the list again."""
    found = _upload(visit)
    urn = visit.request.form.fields.get("urn", "")
    more = {"removed": ",".join(dict.fromkeys([*found.removed, urn])), "just": urn}
    return Redirect(found.address("/confirm", **more))


def confirm(visit: Visit) -> Redirect:
    """Confirm the schools. Sending the form again changes nothing and shows the same page."""
    found = _upload(visit)
    removed = [school["school_id"] for school in found.removed.values()]
    visit.call("confirmUpload", path={"id": found.id}, attributes={"remove_school_ids": removed})
    return Redirect(found.address("/success"))


def success(visit: Visit) -> Page | Redirect:
    """Say which schools were confirmed, and which were not."""
    found = _upload(visit)
    if not found.is_confirmed:
        return Redirect(found.address("/confirm"))
    return visit.page("report_schools_success", upload=found, most=MOST_SHOWN)


def _cohort(visit: Visit) -> str:
    """Return the cohort of the address if the lead provider trains in it, or else the current one."""
    query = {"cohort": visit.request.query.get("cohort", ""), "page[per_page]": "1"}
    return str(visit.call("listYourSchools", query=query).meta["cohort"])


def _partner(visit: Visit, id: str) -> str:
    """Return the name of a delivery partner. Raises NotFound."""
    reply = visit.call("getDeliveryPartner", path={"id": id}) if id else None
    return str(_found(reply)["attributes"]["name"])


def _upload(visit: Visit) -> Upload:
    """Return the upload of the address. Raises NotFound."""
    id_ = visit.request.query.get("upload", "")
    data = _found(visit.call("showUpload", path={"id": id_}) if id_ else None)
    attributes = data["attributes"]
    schools = {school["urn"]: school for school in attributes["schools"]}
    is_confirmed = attributes["partnership_ids"] is not None
    urns = [] if is_confirmed else visit.request.query.get("removed", "").split(",")
    return Upload(
        id=data["id"],
        cohort=attributes["cohort"],
        delivery_partner=_partner(visit, attributes["delivery_partner_id"]),
        row_count=attributes["row_count"],
        errors=attributes["errors"],
        schools=[school for urn, school in schools.items() if urn not in urns],
        removed={urn: schools[urn] for urn in urns if urn in schools},
        is_confirmed=is_confirmed,
        delivery_partner_id=attributes["delivery_partner_id"],
    )


def _found(reply: Reply | None) -> Any:
    """Return the data of an answer. Raises NotFound where there is none."""
    if reply is None or not reply.is_done:
        raise NotFound
    return reply.data
