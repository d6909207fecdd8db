"""Actors: do what the edition's code does for an operation of an actor, under the rules of the controls' contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from zoneinfo import ZoneInfo

from lp_sandbox.controls.control_request import ControlContext, ControlRequest, no_token_problem
from lp_sandbox.request import query
from lp_sandbox.request.call import Body, Call
from lp_sandbox.request.edition import Disagreement
from lp_sandbox.request.refusals import JSON, refusal
from lp_sandbox.request.rules import BoundRule, bound_rules
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Conflict

TAG = "Actors"
BoundRules = Mapping[str, tuple[BoundRule, ...]]
"""The rules of each operation, by its id."""


def bound_rules_of(context: ControlContext, without: Collection[str]) -> BoundRules:
    """Join the rules of the actors with their conditions. Raises Disagreement where contract or code lacks one."""
    checks = context.edition.actor_checks
    operations = [context.contract.operations[name] for name in context.edition.actors]
    named = {rule.name for operation in operations for rule in operation.rules}
    if named != checks.keys():
        raise Disagreement(f"Contract and code of the actors differ in {', '.join(sorted(named ^ checks.keys()))}.")
    return {operation.id: bound_rules(operation.rules, checks, without) for operation in operations}


def act(request: ControlRequest, bound_rules: BoundRules) -> bytes:
    """Do what an actor does."""
    name, context = request.operation.id, request.context
    if name not in context.edition.actors:
        raise request.refuse("edition_has_the_actor")
    problem = no_token_problem(request.operation)
    if problem and not request.opened:
        raise refusal(context.contract.problems[problem])
    if request.is_json:
        _ = request.body  # refuse an invalid body
    changing = context.worlds.changing if request.operation.is_write else nullcontext
    try:
        with changing(request.world) as world:
            return context.edition.actors[name](_call(request, world, bound_rules[name]))
    except Conflict:
        raise request.refuse("acts_agree") from None


def _call(request: ControlRequest, world: World, bound_rules: tuple[BoundRule, ...]) -> Call:
    return Call(
        operation=request.operation,
        bound_rules=bound_rules,
        body=Body.of(request.operation),
        problems=request.context.contract.problems,
        store=request.context.store,
        world=world,
        lead_provider_id=request.opened[1].lead_provider_id if request.opened else "",
        now=request.now(world),
        zone=ZoneInfo(request.context.edition.contract.conventions.zone),
        path=request.path,
        parameters=query.parameters(request.http.query) if request.http.query else {},
        content=request.content,
        content_type=JSON if request.is_json else request.http.header(b"content-type"),
    )
