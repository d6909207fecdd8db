"""The other side of the desk: who acts there, acts as the edition says, under rules of the controls' contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from lp_sandbox.controls.context import ControlContext, ControlRequest
from lp_sandbox.request.call import Body, Call
from lp_sandbox.request.edition import Disagreement
from lp_sandbox.request.problems import JSON
from lp_sandbox.request.rules import BoundRule, bound_rules
from lp_sandbox.worlds.clock import parse, shown
from lp_sandbox.worlds.records import World
from lp_sandbox.worlds.store import Conflict

TAG = "Actors"
BoundRules = Mapping[str, tuple[BoundRule, ...]]
"""The rules of each operation, by its id."""


def bound_rules_of(desk: ControlContext, without: Collection[str]) -> BoundRules:
    """Join the rules of the actors with their conditions. Raises Disagreement where one has no other half."""
    checks = desk.edition.actor_checks
    acted = [desk.contract.operations[name] for name in desk.edition.actors]
    asked = {rule.name for operation in acted for rule in operation.rules}
    if asked != checks.keys():
        raise Disagreement(f"Contract and code of the actors differ in {', '.join(sorted(asked ^ checks.keys()))}.")
    return {operation.id: bound_rules(operation.rules, checks, without) for operation in acted}


def act(asked: ControlRequest, bound_rules: BoundRules) -> bytes:
    """Do what an actor does."""
    name, desk = asked.operation.id, asked.desk
    if name not in desk.edition.actors:
        raise asked.refuse("edition_has_the_actor")
    asked.given()
    try:
        with desk.worlds.changing(asked.world) as world:
            return desk.edition.actors[name](_call(asked, world, bound_rules[name]))
    except Conflict:
        raise asked.refuse("acts_agree") from None


def _call(asked: ControlRequest, world: World, bound_rules: tuple[BoundRule, ...]) -> Call:
    return Call(
        operation=asked.operation,
        bound_rules=bound_rules,
        body=Body.of(asked.operation),
        problems=asked.desk.contract.problems,
        store=asked.desk.store,
        world=world,
        lead_provider_id="",
        now=_server_date(asked) or shown(world.clock, world.ahead),
        path=asked.path,
        parameters={},
        content=asked.content,
        content_type=JSON,
    )


def _server_date(asked: ControlRequest) -> datetime | None:
    if b"x-with-server-date" not in asked.request.headers:
        return None
    try:
        return parse(asked.request.header(b"x-with-server-date"))
    except ValueError:
        raise asked.refuse("act_date_is_a_time") from None
