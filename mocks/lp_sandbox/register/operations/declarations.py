"""Lists and shows declarations: the lead provider's own, and those of other lead providers for its participants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lp_sandbox.programme.declaration_lists import listed_ids, statements_and_providers
from lp_sandbox.programme.records import ListedDeclaration
from lp_sandbox.register.records import Declaration
from lp_sandbox.register.resources import declaration_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.records import required


def list_(call: Call) -> bytes:
    """List the declarations that the lead provider can see."""
    ids = listed_ids(call, Declaration, ListedDeclaration)
    found = call.by_id(Declaration, ids)
    return many(_documents(call, [found[id_] for id_ in ids]))


def get(call: Call) -> bytes:
    """Show one declaration that the lead provider can see."""
    id_ = call.path["id"]
    call.found(call.store.get(ListedDeclaration, call.world.id, id_, call.lead_provider_id))
    return answer(call, required(call.store.get(Declaration, call.world.id, id_)))


def answer(call: Call, declaration: Declaration) -> bytes:
    """Return the answer that shows a declaration in its present state."""
    return one(next(_documents(call, [declaration])))


def _documents(call: Call, declarations: Sequence[Declaration]) -> Iterator[bytes]:
    statements, providers = statements_and_providers(call, declarations)
    for each in declarations:
        yield declaration_document(
            each,
            statement=statements.get(each.statement_id or ""),
            clawback=statements.get(each.clawback_statement_id or ""),
            lead_provider_name=providers[each.lead_provider_id].name,
            moment=call.moment,
        )
