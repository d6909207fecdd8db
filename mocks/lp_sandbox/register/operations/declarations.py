"""Declarations: a lead provider's own, and those of others that concern its participants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from lp_sandbox.programme.payment_states import completes_mentor, declaration_state
from lp_sandbox.programme.records import (
    Declaration,
    LeadProvider,
    ListedDeclaration,
    Participant,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.register.ledger import Ledger
from lp_sandbox.register.listings import declared, listings_of
from lp_sandbox.register.operations.lookup import by_id
from lp_sandbox.register.operations.new_declaration import declaration_of, found_out
from lp_sandbox.register.resources import declaration_document
from lp_sandbox.register.rules.declarations import VoidedDeclaration
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.request.documents import many, one
from lp_sandbox.worlds.clock import day, parse
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import AnyOf, Condition, Conflict, Where


def list_(call: Call) -> bytes:
    """Answer with the declarations that the lead provider can see."""
    part = call.part((("created_at", False),), tie_break="declaration_id")
    where = [Where("lead_provider_id", "=", call.lead_provider_id), *_filters(call)]
    rows = call.store.rows(ListedDeclaration, ("declaration_id",), call.world.id, *where, part=part)
    ids = [id_ for (id_,) in rows]
    found = by_id(call, Declaration, ids)
    return many(_shown(call, [found[id_] for id_ in ids]))


def get(call: Call) -> bytes:
    """Answer with one declaration that the lead provider can see."""
    id_ = call.path["id"]
    call.found(call.store.get(ListedDeclaration, call.world.id, id_, call.lead_provider_id))
    return _shown_alone(call, required(call.store.get(Declaration, call.world.id, id_)))


def create(call: Call) -> bytes:
    """Declare that a participant reached a milestone."""
    facts = found_out(call)
    call.judge(facts)
    declaration = declaration_of(call, facts)
    if facts.milestone and day(parse(declaration.declaration_date)) < facts.milestone.starts_on:
        # Only a date without a zone can be recorded before the milestone that the rules found it in.
        raise call.problem("records_agree")
    try:
        call.store.add(call.world.id, [declaration])
    except Conflict:
        # Nobody had declared this when the rules were asked: two requests came at the same moment.
        return _shown_alone(call, next(d for d in _of_its_event(call, declaration) if not d.retired))
    call.store.add(call.world.id, listings_of([declaration], _training_of(call, declaration)))
    if completes_mentor(declaration):
        last_day = day(parse(declaration.declaration_date))
        _ledger(call).mentor_completed(required(facts.participant), required(facts.training), last_day)
    return _shown_alone(call, declaration)


def void(call: Call) -> bytes:
    """Take a declaration back: void it, or claw back what was paid for it."""
    declaration = _mine(call)
    facts = _voided_declaration(call, declaration)
    call.judge(facts)
    retired = len(_of_its_event(call, declaration))
    changes = _taken_back(call, facts) | {"retired": retired, "updated_at": call.stamp}
    taken_back = msgspec.structs.replace(declaration, **changes)
    call.store.put(call.world.id, taken_back)
    declared(call.store, call.world.id, [taken_back], _training_of(call, taken_back))
    if completes_mentor(taken_back):
        mentor = required(call.store.get(Participant, call.world.id, taken_back.participant_id))
        _ledger(call).mentor_reopened(mentor, taken_back)
    return _shown_alone(call, taken_back)


def _ledger(call: Call) -> Ledger:
    return Ledger(call.store, call.world, call.now)


def _taken_back(call: Call, facts: VoidedDeclaration) -> dict[str, Any]:
    if facts.state == "paid":
        return {"clawback_statement_id": required(facts.clawback_statement).id}
    return {"voided_at": call.stamp, "statement_id": None}


def _mine(call: Call) -> Declaration:
    declaration = call.store.get(Declaration, call.world.id, call.path["id"])
    mine = declaration and declaration.lead_provider_id == call.lead_provider_id
    return call.found(declaration if mine else None)


def _of_its_event(call: Call, declaration: Declaration) -> Sequence[Declaration]:
    """Return the participant's declarations for the same event, the one that stands among them."""
    where = [Where(name, "=", getattr(declaration, name)) for name in ("participant_id", "role", "declaration_type")]
    return call.store.find(Declaration, call.world.id, *where)


def _training_of(call: Call, declaration: Declaration) -> Sequence[TrainingPeriod]:
    """Return all training of the participant, which says who sees a declaration."""
    return call.store.find(TrainingPeriod, call.world.id, Where("participant_id", "=", declaration.participant_id))


def _filters(call: Call) -> Iterator[Condition]:
    cohorts = query.years(call.filters.get("cohort"))
    if cohorts is not None:
        yield Where("cohort", "in", cohorts)
    for name in ("participant_id", "delivery_partner_id"):
        ids = query.ids(call.filters.get(name))
        if ids is not None:
            yield Where(name, "in", ids)
    since = call.since()
    if since:
        yield _changed_since(call, since)


def _changed_since(call: Call, since: str) -> Condition:
    """Find what changed since an instant: by what was written, or by what time did to its statements."""
    written = Where("updated_at", ">=", since)
    moved, paid = _ledger(call).moved_since(since)
    moves = (Where("statement_id", "in", moved), Where("clawback_statement_id", "in", paid))
    return AnyOf((written, *moves)) if moved else written


def _shown(call: Call, declarations: Iterable[Declaration]) -> Iterator[bytes]:
    listed = list(declarations)
    ids = {id_ for each in listed for id_ in (each.statement_id, each.clawback_statement_id) if id_}
    statements = by_id(call, Statement, ids)
    providers = by_id(call, LeadProvider, {each.lead_provider_id for each in listed})
    for each in listed:
        yield declaration_document(
            each,
            statement=statements.get(each.statement_id or ""),
            clawback=statements.get(each.clawback_statement_id or ""),
            lead_provider_name=providers[each.lead_provider_id].name,
            now=call.stamp,
            today=call.today,
        )


def _shown_alone(call: Call, declaration: Declaration) -> bytes:
    return one(next(_shown(call, [declaration])))


def _voided_declaration(call: Call, declaration: Declaration) -> VoidedDeclaration:
    statement, clawback = (
        call.store.get(Statement, call.world.id, id_)
        for id_ in (declaration.statement_id, declaration.clawback_statement_id)
    )
    return VoidedDeclaration(
        state=declaration_state(declaration, statement, clawback, call.stamp, call.today),
        cohort_year=declaration.cohort,
        clawback_statement=_ledger(call).open_statement(call.lead_provider_id, declaration.cohort),
    )
