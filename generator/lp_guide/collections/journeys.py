"""The requests of a page in a form that tools can repeat: each begins with worlds of its own, and removes them.

A value that a page captured from an answer is a variable in the requests after it, written as `{{name}}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, NamedTuple

from lp_contract.contract import Contract, Operation
from lp_guide.api_paths import operations_for
from lp_guide.page_request_runner import MAKES_WORLD, in_world, value_at
from lp_guide.recorded_answers import Answered
from lp_guide.request_options import PAGE, claims
from lp_guide.requests_and_answers import CONTROLS, TOKEN, Request, pretty
from lp_guide.sandbox_client import new_world

TOKEN_NAME, WORLD_NAME = "sandbox_token", "sandbox_world"
"""The variables for the world of a page and for the token in it."""
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Step:
    """A request, the expected status, and the values that later requests take from the answer."""

    name: str
    request: Request
    status: int
    captures: Mapping[str, str] = field(default_factory=dict)
    """The path into the answer of each variable, as in `data.0.id`."""
    refusal: Any = None
    """The expected body, if the request is refused."""
    operation: Operation | None = None
    """None if the request is not for an operation."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The requests of one page, in order."""

    title: str
    url: str
    description: str
    group: str
    """The title of the group of pages that lists it."""
    steps: Sequence[Step]


class CollectedPage(NamedTuple):
    """A page for a collection: its requests, and the title of the group of pages that lists it."""

    title: str
    url: str
    description: str
    group: str
    answered: Sequence[Answered]


def journey(page: CollectedPage, contracts: Sequence[Contract]) -> Journey:
    """Return the journey of a page. `contracts` are those of the page's edition."""
    return Journey(page.title, page.url, page.description, page.group, _steps_of(page.answered, contracts))


def _steps_of(answered: Sequence[Answered], contracts: Sequence[Contract]) -> Sequence[Step]:
    """Return the requests of a page. Requests that create its worlds come first, and those that remove them last."""
    said = [(each, claims(each.block.info)) for each in answered]
    worlds = list(dict.fromkeys(claimed.world for _, claimed in said))
    made: list[Step] = [_make_world(contracts, world) for world in worlds]
    known: dict[str, str] = {}
    sent: list[Step] = []
    removed: list[Step] = [_remove_world(contracts, _in(world, WORLD_NAME)) for world in worlds]
    for each, claimed in said:
        captures = dict(claimed.capture)
        if _leaves_world(each, answered):
            name = f"made_world_{len(removed)}"
            captures[name] = "id"
            removed.append(_remove_world(contracts, name))
        request = _with_variables(each.exchange.request, contracts, claimed.world, known)
        sent.append(_step(each, request, captures, contracts))
        known |= {name: value_at(each.received, name, path) for name, path in captures.items()}
    return [*made, *sent, *removed]


def _leaves_world(each: Answered, answered: Sequence[Answered]) -> bool:
    """Whether a request of a page made a world that the page does not remove itself."""
    if each.received.status != HTTPStatus.CREATED or not MAKES_WORLD.fullmatch(each.exchange.request.target):
        return False
    path = f"{CONTROLS}/worlds/{each.received.body['id']}"
    return all((other.exchange.request.method, other.exchange.request.target) != ("DELETE", path) for other in answered)


def _step(each: Answered, request: Request, captures: Mapping[str, str], contracts: Sequence[Contract]) -> Step:
    status, body = each.received.status, each.received.body
    found = operation_of(contracts, each.exchange.request)
    name = summary(found) if found else f"{request.method} {request.target.partition('?')[0]}"
    is_refused = status >= HTTPStatus.BAD_REQUEST
    return Step(
        name=f"{name}: {HTTPStatus(status).phrase.lower()}" if is_refused else name,
        request=request,
        status=status,
        captures=captures,
        refusal=body if is_refused and isinstance(body, dict) else None,
        operation=found,
    )


def operation_of(contracts: Sequence[Contract], request: Request) -> Operation | None:
    """Return the operation of a request, if it has one."""
    found = [op for contract in contracts for op in operations_for(contract, request.method, request.target)]
    return found[0] if found else None


def summary(operation: Operation) -> str:
    """Return the first sentence of an operation's summary."""
    return operation.summary.partition(". ")[0]


def variables_in(step: Step) -> Iterator[str]:
    """Yield the names of the variables that a step needs."""
    request = step.request
    for text in (request.target, request.body, *request.headers.values()):
        yield from VARIABLE.findall(text)


def _make_world(contracts: Sequence[Contract], world: str) -> Step:
    body = pretty(new_world(contracts[0].seeds["world"]["clock"], contracts[0].of_edition))
    request = Request("POST", f"{CONTROLS}/worlds", _JSON, body)
    captures = {_in(world, WORLD_NAME): "id", _in(world, TOKEN_NAME): "tokens.0.token"}
    return Step("Make a world for this page", request, 201, captures, operation=operation_of(contracts, request))


def _remove_world(contracts: Sequence[Contract], variable: str) -> Step:
    request = Request("DELETE", f"{CONTROLS}/worlds/{{{{{variable}}}}}")
    return Step("Remove the world", request, 204, operation=operation_of(contracts, request))


def _in(world: str, name: str) -> str:
    """Return the variable of a world of a page."""
    return name if world == PAGE else f"{name}_{world}"


def _with_variables(request: Request, contracts: Sequence[Contract], world: str, known: Mapping[str, str]) -> Request:
    """Write captured values as variables, and send controls to the page's own world."""
    variables = {value: f"{{{{{name}}}}}" for name, value in known.items()}
    values = "|".join(re.escape(value) for value in sorted(variables, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{values})(?![\w-])") if values else None

    def filled(text: str) -> str:
        return pattern.sub(lambda found: variables[found[0]], text) if pattern else text

    token = f"{{{{{_in(world, TOKEN_NAME)}}}}}"
    own = in_world(contracts, request, lambda: f"{{{{{_in(world, WORLD_NAME)}}}}}")
    return replace(
        own,
        target=filled(own.target),
        headers={name: filled(value).replace(TOKEN, token) for name, value in own.headers.items()},
        body=filled(own.body),
    )


def is_json(text: str) -> bool:
    """Whether a body is JSON, so that a tool can show it as such."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
