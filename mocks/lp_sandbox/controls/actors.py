"""The other side of the desk: who acts there, acts as the edition says, under rules of the controls' contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from lp_sandbox.call import Body, Call
from lp_sandbox.clock import parse, shown
from lp_sandbox.controls.asked import Asked, Desk
from lp_sandbox.edition import Disagreement
from lp_sandbox.problems import JSON
from lp_sandbox.records import World
from lp_sandbox.rules import Law, laws
from lp_sandbox.store import Conflict

TAG = "Actors"
Laws = Mapping[str, tuple[Law, ...]]
"""The rules of each operation, by its id."""


def laws_of(desk: Desk, without: Collection[str]) -> Laws:
    """Join the rules of the actors with their conditions. Raises Disagreement where one has no other half."""
    checks = desk.edition.actor_checks
    acted = [desk.contract.operations[name] for name in desk.edition.actors]
    asked = {rule.name for operation in acted for rule in operation.rules}
    if asked != checks.keys():
        raise Disagreement(f"Contract and code of the actors differ in {', '.join(sorted(asked ^ checks.keys()))}.")
    return {operation.id: laws(operation.rules, checks, without) for operation in acted}


def act(asked: Asked, laws: Laws) -> bytes:
    """Do what an actor does."""
    name, desk = asked.operation.id, asked.desk
    if name not in desk.edition.actors:
        raise asked.refuse("edition_has_the_actor")
    asked.given()
    try:
        with desk.worlds.changing(asked.world) as world:
            return desk.edition.actors[name](_call(asked, world, laws[name]))
    except Conflict:
        raise asked.refuse("acts_agree") from None


def _call(asked: Asked, world: World, laws: tuple[Law, ...]) -> Call:
    return Call(
        operation=asked.operation,
        laws=laws,
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


def _server_date(asked: Asked) -> datetime | None:
    if b"x-with-server-date" not in asked.request.headers:
        return None
    try:
        return parse(asked.request.header(b"x-with-server-date"))
    except ValueError:
        raise asked.refuse("act_date_is_a_time") from None
