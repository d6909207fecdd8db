"""Sends the requests on a page, in order, to a world of the page's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import islice
from typing import Any

from lp_contract.contract import Contract, Operation, Rule
from lp_guide.api_paths import operations_for
from lp_guide.errors_in_answers import is_refusal
from lp_guide.request_options import LANGUAGE, Claims
from lp_guide.requests_and_answers import CONTROLS, Exchange, Request, Response, Said, usual_headers
from lp_guide.sandbox_client import Sandbox, World
from lp_guide.writer_mistakes import Mistake, find, suggestion

ELLIPSIS = "…"
CHANGE_THE_CODE = "If you changed the contract, change the code too. Otherwise read the log of the sandbox."
"""The remedy for a fault of the sandbox."""
CORRECT = "Correct the request, or what the page expects."
SHORT = 600
"""The number of characters of an unexpected answer that a complaint repeats."""
MAKES_WORLD = re.compile(rf"{CONTROLS}/worlds(/[^/]+/fork)?")
_HEADER_NAME = re.compile(r"[\w-]+")
_REQUEST_LINE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")


def read_request(text: str, contracts: Sequence[Contract]) -> Request:
    """Read a request as it is written on a page: a request line, headers, an empty line and a body.

    Adds the headers that a request must have, if the page does not show them, as the contracts describe them.
    """
    head, _, body = text.strip().partition("\n\n")
    first, *lines = head.splitlines()
    line = _REQUEST_LINE.fullmatch(first.strip())
    if line is None:
        capital = re.sub(r"^\w+", lambda word: word[0].upper(), first.strip())
        shown = capital if _REQUEST_LINE.fullmatch(capital) else _first_request(contracts)
        raise Mistake("example", f"`{first}` is not a request.", f"Begin with a method and a path, as in `{shown}`.")
    headers = _usual_headers(line[1], line[2], contracts, has_body=bool(body.strip()))
    for written in lines:
        name, colon, value = written.partition(":")
        if not colon or not _HEADER_NAME.fullmatch(name.strip()):
            message = f"`{written}` is not a header."
            raise Mistake("example", message, "Write headers as `Name: value`, and an empty line before the body.")
        headers[name.strip()] = value.strip()
    return Request(line[1], line[2], headers, body.strip())


def _usual_headers(method: str, target: str, contracts: Sequence[Contract], *, has_body: bool) -> dict[str, str]:
    operations = [op for contract in contracts for op in operations_for(contract, method, target)]
    conventions = operations[0].conventions if operations else contracts[0].conventions
    media_type = operations[0].request_media_type if operations else conventions.body.json[0]
    takes_token = operations[0].takes_token if operations else not target.startswith(CONTROLS)
    return usual_headers(conventions, media_type if has_body else "", takes_token=takes_token)


def _first_request(contracts: Sequence[Contract]) -> str:
    """Return an example of a request line."""
    op = contracts[0].first_request
    return f"{op.method} {op.path}" if op else "GET /"


@dataclass
class Conversation:
    """The requests of one page: its worlds, and the captured values.

    Equal requests to equal worlds get equal answers. So as long as the requests are the same as `before`, this reuses
    the answers and makes no world. A writer who changes words does not wait for the requests of the page.
    """

    contracts: Sequence[Contract]
    sandbox: Sandbox
    clock: str
    """The time on the clock of every world."""
    before: Sequence[Said] = ()
    """The conversation of the previous build."""

    def __post_init__(self) -> None:
        self.captured: dict[str, str] = {}
        self.said: list[Said] = []
        self.is_repeatable = True
        """Whether the same requests get the same answers again: no varying value was captured."""
        self._has_sent = False
        self._worlds: dict[str, World] = {}
        self._made: list[str] = []
        self._rules: Mapping[str, Rule] = {name: rule for each in self.contracts for name, rule in each.rules.items()}

    def hold(self, claimed: Claims, request: Request) -> Exchange:
        """Send a request and return the answer. Raises Mistake if the answer is not as the page expects."""
        rule = find(self._rules, claimed.rule, "rule") if claimed.rule else None
        _refuse_broken_json(claimed, request)
        response = self._answer(claimed.world, request)
        self.said.append(Said(claimed.world, request, response))
        self._judge(claimed.status, rule, request, response)
        _refuse_other_values(claimed.expect, response)
        for name, path in claimed.capture.items():
            self.captured[name] = value_at(response, name, path)
            self.is_repeatable &= path.partition(".")[0] not in claimed.vary
        return Exchange(request, shown(response, claimed))

    def scenarios(self) -> list[Mapping[str, Any]]:
        """List the scenarios that every world has."""
        return self.sandbox.scenarios(self.sandbox.pristine(self.clock))

    def close(self) -> None:
        """Remove the worlds of the page: those that it named at once, because their names must be free again."""
        for world in self._worlds.values():
            self.sandbox.discard(world)
        self._worlds.clear()
        while self._made:
            self.sandbox.forget(self._made.pop())

    def _answer(self, world: str, request: Request) -> Response:
        """Return the previous answer, or from the first changed request on, the answer of the sandbox."""
        if self._has_sent:
            return self._send(world, request)
        as_before = next(islice(self.before, len(self.said), None), None)
        if as_before and (as_before.world, as_before.request) == (world, request):
            return as_before.response
        self._has_sent = True
        for said in self.said:
            self._send(said.world, said.request)
        return self._send(world, request)

    def _send(self, world: str, request: Request) -> Response:
        token = self._world(world, request).token if request.needs_token else ""
        response = self.sandbox.send(in_world(self.contracts, request, lambda: self._world(world, request).id), token)
        if response.status == HTTPStatus.CREATED and MAKES_WORLD.fullmatch(request.target):
            self._made.append(response.body["id"])
        return response

    def _world(self, name: str, request: Request) -> World:
        """Return the world with a name. Until a request writes to it, this is a shared world."""
        if name not in self._worlds and request.method == "GET":
            return self.sandbox.pristine(self.clock)
        if name not in self._worlds:
            self._worlds[name] = self.sandbox.fresh(self.clock)
        return self._worlds[name]

    def _judge(self, status: int, rule: Rule | None, request: Request, response: Response) -> None:
        expected = f"the rule `{rule.name}`" if rule and response.status == status else f"status {status}"
        found = [op for each in self.contracts for op in operations_for(each, request.method, request.target)]
        if response.status != status or (rule and not any(self._is_refusal(op, response, rule) for op in found)):
            broken = (each for op in found for each in op.rules if self._is_refusal(op, response, each))
            raise _broken(request, response, expected, next(broken, None))

    def _is_refusal(self, op: Operation, response: Response, rule: Rule) -> bool:
        return is_refusal(op, response.body, rule, [self._rules[name] for name in rule.brings])


def in_world(contracts: Sequence[Contract], request: Request, world: Callable[[], str]) -> Request:
    """Add a world to a request to a control without one. A reader's request goes to their default world."""
    path, _, query = request.target.partition("?")
    if not path.startswith(CONTROLS) or "world=" in query or not _takes_world(contracts, request.method, path):
        return request
    parts = filter(None, (query, f"world={world()}"))
    return replace(request, target=f"{path}?{'&'.join(parts)}")


def _takes_world(contracts: Sequence[Contract], method: str, path: str) -> bool:
    found = (op for contract in contracts for op in operations_for(contract, method, path))
    return any(parameter["name"] == "world" for op in found for parameter in op.parameters)


def shown(response: Response, claimed: Claims) -> Response:
    """Return the part of an answer that the page shows."""
    return _cut(_without(response, claimed.vary), claimed.show)


def _refuse_broken_json(claimed: Claims, request: Request) -> None:
    """Raise Mistake for malformed JSON, unless the page expects a 400 or sends the body as something else."""
    is_json = "json" in request.headers.get("Content-Type", "")
    if not (request.body and is_json) or claimed.status == HTTPStatus.BAD_REQUEST:
        return
    try:
        json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Mistake("example", f"The body is not JSON: {error}.", "Look for quotes, commas and braces.") from None


def _broken(request: Request, response: Response, expected: str, broken: Rule | None) -> Mistake:
    """Return the mistake in a request whose answer is another than the page expects; `broken` refuses it."""
    shown = response.body if isinstance(response.body, str) else json.dumps(response.body, ensure_ascii=False)
    return Mistake(
        "example",
        f"{request.method} {request.target} does not return what the page expects, {expected}. "
        f"The sandbox answered {response.status}: {shown[:SHORT]}",
        " ".join(_remedies(response, broken)),
    )


def _remedies(response: Response, broken: Rule | None) -> Iterator[str]:
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield CHANGE_THE_CODE
        return
    if response.note:
        yield response.note
    yield CORRECT
    if broken:
        yield f"If the page shows this refusal, write: ```{LANGUAGE} rule={broken.name}"


def _refuse_other_values(expected: Mapping[str, str], response: Response) -> None:
    """Raise Mistake for a value that is not what the page expects."""
    for path, value in expected.items():
        found = _as_written(_value(response, path, f"`{path}` cannot be compared"))
        if found != value:
            message = f"`{path}` is `{found[:SHORT]}` in the answer, but the page expects `{value}`."
            raise Mistake("example", message, CORRECT)


def _as_written(value: Any) -> str:
    """Return a value as writers type it: text without quotes, and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def value_at(response: Response, name: str, path: str) -> str:
    """Return the value at a path into an answer, such as `data.0.id`. Raises Mistake if there is no value."""
    return str(_value(response, path, f"`{name}` cannot be captured"))


def _value(response: Response, path: str, failure: str) -> Any:
    value = response.body
    for step in path.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (LookupError, TypeError, ValueError):
            here = list(value) if isinstance(value, dict) else []
            raise Mistake(
                "example",
                f"{failure}: the answer has no `{path}` (`{step}` is missing).",
                suggestion(step, here) if here else "Compare the path with the answer.",
            ) from None
    return value


def _without(response: Response, vary: Sequence[str]) -> Response:
    """Remove the values that differ in each build."""
    hidden = {name: ELLIPSIS for name in vary if isinstance(response.body, dict) and name in response.body}
    return replace(response, body={**response.body, **hidden}) if hidden else response


def _cut(response: Response, show: int | None) -> Response:
    """Keep a number of items of the list in an answer."""
    body = response.body if isinstance(response.body, dict) else {}
    name, items = next(((name, value) for name, value in body.items() if isinstance(value, list)), ("", []))
    if show is None or len(items) <= show:
        return response
    return replace(response, body={**body, name: items[:show]}, cut=name, hidden=len(items) - show)
