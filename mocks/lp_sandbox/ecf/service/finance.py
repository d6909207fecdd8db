"""The pages of finance: participants with their programme and provider, and statements with their declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lp_sandbox.ecf.service.operations_client import Message
from lp_sandbox.ecf.service.visit import NotFound, Visit
from lp_sandbox.web.pages import Redirect
from lp_sandbox.web.service_pages import File, Page

PARTICIPANTS, STATEMENTS = "/finance/participants", "/finance/statements"
REASON = "reason."
"""How the names of the fields with a reason begin. The status follows."""
REPORTED_BY = {"deferred": "deferParticipant", "withdrawn": "withdrawParticipant"}
"""The operations with which lead providers report a status, by status: they name its reasons."""
PAYABLE = "payable"
"""The state of the statements that finance looks for first."""


def start(visit: Visit) -> Redirect:  # noqa: ARG001 - every page takes its visit
    """Begin with the first page of the menu."""
    return Redirect(PARTICIPANTS)


def find_participants(visit: Visit) -> Page:
    """Find participants by their id or the id of a declaration."""
    search = visit.request.query.get("search")
    found = visit.call("findParticipants", query={"search": search.strip()}).data if search is not None else None
    return visit.page("finance_participants", search=search or "", participants=found)


def show_participant(visit: Visit) -> Page:
    """Show the programme and the providers of a participant."""
    return visit.page("finance_participant", participant=_participant(visit))


def choose_training_status(visit: Visit) -> Page:
    """Show the form that changes the training status of a participant in a role."""
    return _training_status_form(visit, {})


def change_training_status(visit: Visit) -> Page | Redirect:
    """Change the training status of a participant in a role."""
    given, path = visit.request.form.fields, visit.request.path
    status = given.get("training_status", "")
    if status not in visit.context.operations.values("changeTrainingStatus", "training_status"):
        return _training_status_form(visit, given, [visit.mistake("training_status")])
    reason = given.get(f"{REASON}{status}", "")
    attributes = {**path, "training_status": status} | ({"reason": reason} if reason else {})
    reply = visit.call("changeTrainingStatus", attributes=attributes)
    if reply.is_done:
        return Redirect(f"{PARTICIPANTS}/{path['participant_id']}")
    return _training_status_form(visit, given, reply.messages)


def _training_status_form(visit: Visit, given: Mapping[str, str], errors: Sequence[Message] = ()) -> Page:
    participant, values = _participant(visit), visit.context.operations.values
    role = visit.request.path["participant_type"]
    training = next((each for each in participant["attributes"]["training"] if each["participant_type"] == role), None)
    if training is None:
        raise NotFound
    return visit.page(
        "finance_training_status",
        errors=errors,
        given={"training_status": training["training_status"], **given},
        participant=participant,
        statuses=values("changeTrainingStatus", "training_status"),
        reasons={status: values(operation, "reason") for status, operation in REPORTED_BY.items()},
    )


def _participant(visit: Visit) -> Any:
    """Return the participant of the path. Raises NotFound."""
    id_ = visit.request.path["participant_id"]
    found = next(
        (each for each in visit.call("findParticipants", query={"search": id_}).data if each["id"] == id_), None
    )
    if found is None:
        raise NotFound
    return found


def list_statements(visit: Visit) -> Page:
    """List the statements of a lead provider in one state, or the lead providers to choose from."""
    name, state = visit.request.query.get("lead_provider", ""), visit.request.query.get("state", PAYABLE)
    if not name:
        return _lead_providers(visit)
    states = visit.context.operations.values("findStatements", "state")
    reply = visit.call("findStatements", query={"lead_provider": name, "state": state})
    if not reply.is_done or state not in states:
        raise NotFound
    return visit.page("finance_statements", statements=reply.data, lead_provider=name, states=states, state=state)


def _lead_providers(visit: Visit) -> Page:
    names = [each["attributes"]["name"] for each in visit.call("findLeadProviders").data]
    return visit.page("finance_lead_providers", lead_providers=names)


def show_statement(visit: Visit) -> Page:
    """Show a statement, with the form that authorises its payment while it is payable."""
    return _statement_page(visit)


def pay_statement(visit: Visit) -> Page | Redirect:
    """Authorise the payment of a statement."""
    statement_id = visit.request.path["statement_id"]
    done = "checks_done" in visit.request.form.fields
    reply = visit.call("payStatement", attributes={"statement_id": statement_id, "checks_done": done})
    return Redirect(f"{STATEMENTS}/{statement_id}") if reply.is_done else _statement_page(visit, reply.messages)


def _statement_page(visit: Visit, errors: Sequence[Message] = ()) -> Page:
    return visit.page("finance_statement", errors=errors, statement=_statement(visit))


def download_declarations(visit: Visit) -> File:
    """Return the declarations of a statement as a file."""
    statement = _statement(visit)
    reply = visit.call("downloadDeclarations", path={"statement_id": statement["id"]})
    return File(f"declarations-{statement['id']}.csv", reply.content, "text/csv; charset=utf-8")


def _statement(visit: Visit) -> Any:
    """Return the statement of the path. Raises NotFound."""
    reply = visit.call("showStatement", path={"statement_id": visit.request.path["statement_id"]})
    if not reply.is_done:
        raise NotFound
    return reply.data
