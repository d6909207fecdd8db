"""Lists and shows declarations: the lead provider's own, and those of other lead providers for its participants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lp_sandbox.ecf.records import EcfDeclaration, EcfListedDeclaration
from lp_sandbox.ecf.resources.declarations import ShownDeclaration, document_v1, document_v2, document_v3
from lp_sandbox.programme.declaration_lists import listed_ids, of_participants, statements_and_providers
from lp_sandbox.request import csv_documents
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import is_id, read_id
from lp_sandbox.worlds.store import Condition, Where


def _of_current_participants(call: Call) -> Iterator[Condition]:
    """Yield the conditions of versions 1 and 2: a filter with one id, and no declarations for those who leave."""
    yield Where("of_leaver", "=", 0)
    participant_id = call.filter("participant_id")
    if participant_id:
        if not is_id(participant_id):
            raise call.problem("participant_filter_is_an_id")
        yield of_participants(call, EcfDeclaration, (read_id(participant_id),))


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """How a version of the API shows declarations."""

    document: Callable[[ShownDeclaration], bytes]
    conditions: Callable[[Call], Iterable[Condition]]
    """The conditions of a declaration besides the filters that take several values."""


VERSION_1 = DeclarationView(document_v1, _of_current_participants)
VERSION_2 = DeclarationView(document_v2, _of_current_participants)
VERSION_3 = DeclarationView(document_v3, lambda _: ())


def list_(call: Call, view: DeclarationView) -> bytes:
    """List the declarations that the lead provider can see."""
    return many(_listed(call, view))


def list_as_csv(call: Call, view: DeclarationView) -> bytes:
    """List the declarations that the lead provider can see as CSV."""
    return csv_documents.table(_listed(call, view))


def get(call: Call, view: DeclarationView) -> bytes:
    """Show one declaration that the lead provider can see, if the filters let it through."""
    named = Where("declaration_id", "=", call.path["id"])
    return one(call.found(next(_listed(call, view, named), None)))


def answer(call: Call, declaration: EcfDeclaration, view: DeclarationView) -> bytes:
    """Return the answer that shows a declaration in its present state."""
    return one(*_documents(call, [declaration], view))


def _listed(call: Call, view: DeclarationView, *where: Condition) -> Iterator[bytes]:
    ids = listed_ids(call, EcfDeclaration, EcfListedDeclaration, chain(where, view.conditions(call)))
    found = call.by_id(EcfDeclaration, ids)
    return _documents(call, [found[id_] for id_ in ids], view)


def _documents(call: Call, declarations: Sequence[EcfDeclaration], view: DeclarationView) -> Iterator[bytes]:
    statements, providers = statements_and_providers(call, declarations)
    return (
        view.document(
            ShownDeclaration.at(
                each,
                statement=statements.get(each.statement_id or ""),
                clawback=statements.get(each.clawback_statement_id or ""),
                lead_provider_name=providers[each.lead_provider_id].name,
                moment=call.moment,
            )
        )
        for each in declarations
    )
