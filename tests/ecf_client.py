"""Clients of the early career framework for tests: they ask the sandbox itself, without a network in between."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from client import Client, errors, every_edition, small_world

from lp_contract.contract import load as load_contract
from lp_sandbox.app import App, layout
from lp_sandbox.controls import new_world_defaults
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.worlds.store.open_store import open_store

SEEDS = load_contract("ecf").seeds
CLOCK: str = SEEDS["world"]["clock"]


def ecf() -> Edition:
    """The edition."""
    return next(edition for edition in every_edition() if edition.contract.edition == "ecf")


def sandbox(**options: Any) -> App:
    """A sandbox with one small world of the early career framework, whose clock stands still."""
    return small_world(ecf(), **options)


@cache
def default_sandbox() -> App:
    """A sandbox with a world of the size that it begins with, which no test changes."""
    app = App([ecf()], open_store("memory", layout([ecf()])))
    size = new_world_defaults(ecf())["size"]
    app.worlds.create(ecf().template.default_world, size=size, clock=CLOCK)
    return app


def client(app: App, lead_provider: str = "Penhallow", at: str | None = None) -> Client:
    """A lead provider's client in that world."""
    world = app.worlds.get(ecf().template.default_world)
    assert world is not None
    token = next(each.token for each in app.worlds.tokens(world) if each.lead_provider.startswith(lead_provider))
    return Client(app, token, at)


def seed_id(kind: str, name: str) -> str:
    """The id of something in the seeds."""
    return next(entry["id"] for entry in SEEDS[kind] if entry["name"] == name)


def partnership_id(school: str, lead_provider: str, cohort: int, *, relationship: bool = False) -> str:
    """The id of a partnership in the seeds of a school."""
    (entry,) = (entry for entry in SEEDS["schools"] if entry["name"] == school)
    return next(
        each["id"]
        for each in entry["partnerships"]
        if (each["lead_provider"], each["cohort"], each.get("relationship", False))
        == (lead_provider, cohort, relationship)
    )


def scenario(name: str, lead_provider: str = "penhallow") -> dict[str, dict[str, str]]:
    """The ids of a scenario that the world starts with, by kind and by the name in the recipe."""
    listed = ecf().scenarios(0, seed_id("lead-providers", lead_provider), CLOCK[:10])
    (ids,) = (each["ids"] for each in listed if each["name"] == name)
    return dict(ids)


def act(app: App, path: str, at: str | None = None, *, world: str = "", **attributes: Any) -> Any:
    """Act as a school, an administrator or DfE, in a way that must succeed."""
    answer = send_act(app, path, at, world=world, **attributes)
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]


def refusals(
    app: App, path: str, at: str | None = None, *, world: str = "", **attributes: Any
) -> list[tuple[str, str]]:
    """Act against the rules, and return the errors."""
    answer = send_act(app, path, at, world=world, **attributes)
    assert answer.status == 422, answer
    return errors(answer)


def send_act(app: App, path: str, at: str | None = None, *, world: str = "", **attributes: Any) -> Answer:
    """Act in a world, by its name, or else in the default world."""
    content = json.dumps({"data": {"attributes": attributes}}).encode()
    return ask(app, "POST", f"actors/{path}", f"world={world}" if world else "", content, at=at)


def ask(
    app: App, method: str, path: str, query: str = "", content: bytes = b"", *, token: str = "", at: str | None = None
) -> Answer:
    """Send a request to a control."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    headers |= {"x-with-server-date": at} if at else {}
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    return app.answer(Request(method, f"/_sandbox/{path}", query, raw, content, "127.0.0.1"))


def outbox(app: App, at: str | None = None) -> list[dict[str, Any]]:
    """The emails that the service has sent."""
    answer = ask(app, "GET", "outbox", at=at)
    assert answer.status == 200, answer
    return [email["attributes"] for email in json.loads(answer.body)["data"]]
