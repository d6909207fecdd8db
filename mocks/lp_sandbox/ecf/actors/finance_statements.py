"""Finance finds statements, authorises their payment, and downloads the declarations of one."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator, Sequence

from lp_sandbox.ecf.actors.rules.finance import Payment
from lp_sandbox.ecf.declaration_states import declaration_state
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant
from lp_sandbox.programme.pay_statement import paid_now
from lp_sandbox.programme.people import COURSE_OF
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, Statement
from lp_sandbox.programme.statement_states import statement_state
from lp_sandbox.request import csv_documents
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, many, one
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import AnyOf, Slice, Where

BY_PAYMENT_DATE = (("payment_date", False),)
COLUMNS = (
    "id",
    "participant_id",
    "full_name",
    "teacher_reference_number",
    "course_identifier",
    "declaration_type",
    "declaration_date",
    "state",
    "lead_provider",
    "delivery_partner",
    "statement_id",
    "clawback_statement_id",
)
"""The columns of the file of declarations."""
OLDEST_FIRST = Slice((("created_at", False), ("id", False)))


def find_statements(call: Call) -> bytes:
    """List the statements of one lead provider or all, in one state or any, in the order of their payment dates."""
    names = dict(call.store.rows(LeadProvider, ("id", "name"), call.world.id))
    named, state = (text_of(call.parameters.get(name)) for name in ("lead_provider", "state"))
    chosen = tuple(id_ for id_, name in names.items() if not named or name == named or id_ == read_id(named))
    if not chosen:
        raise call.problem("lead_provider_is_found")
    theirs = Where("lead_provider_id", "in", chosen)
    statements = call.store.find(Statement, call.world.id, theirs, part=call.whole(BY_PAYMENT_DATE))
    documents = ((each, statement_state(each, call.moment)) for each in statements)
    return many(_document(each, names[each.lead_provider_id], its) for each, its in documents if state in ("", its))


def show_statement(call: Call) -> bytes:
    """Show one statement."""
    statement = _named(call)
    provider = required(call.store.get(LeadProvider, call.world.id, statement.lead_provider_id))
    return one(_document(statement, provider.name, statement_state(statement, call.moment)))


def _document(statement: Statement, lead_provider: str, state: str) -> bytes:
    attributes = {
        "lead_provider": lead_provider,
        "cohort": str(statement.cohort),
        "month": month_name[statement.month],
        "year": str(statement.year),
        "cut_off_date": statement.cut_off_date,
        "payment_date": statement.payment_date,
        "output_fee": statement.output_fee,
        "state": state,
    }
    return document("statement", statement.id, attributes)


def pay_statement(call: Call) -> bytes:
    """Pay a statement before its payment date."""
    statement = call.store.get(Statement, call.world.id, call.id_in("statement_id"))
    state = statement_state(statement, call.moment) if statement else ""
    call.judge(Payment(statement, state, checks_done=bool(call.attributes()["checks_done"])))
    return paid_now(call, required(statement))


def download_declarations(call: Call) -> bytes:
    """Return the declarations that a statement pays for or takes back, as CSV."""
    declarations = [*_declarations(call, _named(call))]
    return csv_documents.for_spreadsheets(COLUMNS, declarations) if declarations else b""


def _named(call: Call) -> Statement:
    """Return the statement in the path. Raises a refusal if it does not exist."""
    statement = call.store.get(Statement, call.world.id, read_id(call.path["statement_id"]))
    if statement is None:
        raise call.problem("statement_is_found")
    return statement


def _declarations(call: Call, statement: Statement) -> Iterator[Sequence[str | None]]:
    of_statement = AnyOf((Where("statement_id", "=", statement.id), Where("clawback_statement_id", "=", statement.id)))
    declarations = call.store.find(EcfDeclaration, call.world.id, of_statement, part=OLDEST_FIRST)
    ids = {id_ for each in declarations for id_ in (each.statement_id, each.clawback_statement_id) if id_}
    statements = call.by_id(Statement, ids)
    participants = call.by_id(EcfParticipant, {each.participant_id for each in declarations})
    partners = call.by_id(DeliveryPartner, {each.delivery_partner_id or "" for each in declarations})
    provider = required(call.store.get(LeadProvider, call.world.id, statement.lead_provider_id))
    for each in declarations:
        payment = statements.get(each.statement_id or "")
        clawback = statements.get(each.clawback_statement_id or "")
        participant = participants[each.participant_id]
        yield (
            each.id,
            each.participant_id,
            participant.full_name,
            participant.teacher_reference_number,
            COURSE_OF[each.role],
            each.declaration_type,
            each.declaration_date,
            declaration_state(each, payment, clawback, call.moment),
            provider.name,
            partners[each.delivery_partner_id].name if each.delivery_partner_id else None,
            each.statement_id,
            each.clawback_statement_id,
        )
