"""Reads the declarations that a lead provider sees: its own, and those of others for its participants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from lp_sandbox.programme.records import AnyDeclaration, LeadProvider, ListedDeclaration, Statement
from lp_sandbox.programme.statement_lookups import statements_moved_since
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import AnyOf, Condition, Where


def listed_ids(
    call: Call, kind: type[AnyDeclaration], listing: type[ListedDeclaration], more: Iterable[Condition] = ()
) -> list[str]:
    """Return the ids of the declarations on the page that the request names, the oldest first.

    The edition's kind of listing can have more conditions. They are read last: they can refuse the request.
    """
    part = call.part((("created_at", False),), tie_break="declaration_id")
    where = (Where("lead_provider_id", "=", call.lead_provider_id), *_filters(call, kind), *more)
    rows = call.store.rows(listing, ("declaration_id",), call.world.id, *where, part=part)
    return [id_ for (id_,) in rows]


def of_participants(call: Call, kind: type[AnyDeclaration], participant_ids: tuple[str, ...]) -> Condition:
    """Return the condition for listings of some participants. The index for it is that of the declarations."""
    ids = call.store.rows(kind, ("id",), call.world.id, Where("participant_id", "in", participant_ids))
    return Where("declaration_id", "in", tuple(id_ for (id_,) in ids))


def statements_and_providers(
    call: Call, declarations: Collection[AnyDeclaration]
) -> tuple[Mapping[str, Statement], Mapping[str, LeadProvider]]:
    """Return the statements and lead providers of declarations, by id."""
    ids = {id_ for each in declarations for id_ in (each.statement_id, each.clawback_statement_id) if id_}
    statements, providers = call.store.find_each(
        call.world.id,
        (Statement, Where("id", "in", tuple(ids))),
        (LeadProvider, Where("id", "in", tuple({each.lead_provider_id for each in declarations}))),
    )
    return {statement.id: statement for statement in statements}, {provider.id: provider for provider in providers}


def _filters(call: Call, kind: type[AnyDeclaration]) -> Iterator[Condition]:
    for name in call.operation.filter_lists:
        values = call.listed(name)
        if values is not None:
            yield of_participants(call, kind, values) if name == "participant_id" else Where(name, "in", values)
    since = call.since() if "updated_since" in call.operation.filters else None
    if since:
        yield _changed_since(call, since)


def _changed_since(call: Call, since: str) -> Condition:
    """Return the condition for declarations that a request or time has changed since an instant."""
    written, moved = Where("updated_at", ">=", since), statements_moved_since(call, since)
    by_time = Where("statement_id", "in", moved.at_all), Where("clawback_statement_id", "in", moved.to_paid)
    return AnyOf((written, *by_time)) if moved.at_all else written
