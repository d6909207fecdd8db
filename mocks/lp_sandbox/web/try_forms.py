"""The form on the reference page of an operation, with which a reader tries it, and the answer to what they sent.

The form is sent to the page itself and works without a script. The request that it stands for is answered by this
sandbox and goes nowhere else. Tokens are offered on the machine that the sandbox runs on, for those of a seeded world
are no secret. For that reason a page of another site cannot send the form either: a browser says where a form comes
from, and what comes from elsewhere has no effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

from lp_contract.contract import Contract, Operation
from lp_sandbox.request.http import LARGEST_BODY, Answer, Request
from lp_sandbox.web.forms import FormError, read_form
from lp_sandbox.web.hosts import Address, forwarding
from lp_sandbox.worlds.records import Token

TOKEN, OTHER_TOKEN, KEY, BODY = "_token", "_other_token", "_key", "_body"
"""The names of the fields that are no parameters."""
AUTHORIZATION = "Authorization"
MOST_SHOWN = 20_000
"""How many letters of a body are shown."""

Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter to be filled in."""

    name: str
    place: str
    """`path`, `query` or `header`."""
    about: str
    example: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request and the answer to it, as they are shown."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    status: int
    reason: str
    answer: str
    is_json: bool
    hidden: int
    """How many letters of the answer are not shown."""
    hidden_body: int
    """How many letters of the request's body are not shown."""


@dataclass(frozen=True, slots=True)
class TryForm:
    """What a form shows, and what came of it."""

    operation: Operation
    inputs: Sequence[Input]
    opened_by: str
    """The header that opens the operation."""
    tokens: Sequence[Token]
    """Those that are offered."""
    is_key_needed: bool
    now: str
    """What the clock shows in the world that the sandbox began with; empty for those who are not to know."""
    given: Given
    sent: Sent | None = None
    trouble: str = ""
    """Why nothing was sent."""
    status: int = 200

    @property
    def takes_token(self) -> bool:
        """Whether a token opens the operation, and not a key."""
        return self.opened_by == AUTHORIZATION


class TryForms:
    """Shows the forms of the operations of some contracts and sends what is filled in."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        ask: Callable[[Request], Answer],
        begun: Callable[[], tuple[Sequence[Token], str]],
        address: Address,
        *,
        is_key_needed: bool,
    ) -> None:
        """Take what answers requests, and what returns tokens and time of the world that the sandbox began with.

        `address` is where the sandbox listens.
        Where a key is needed, both are for who has it, and are shown to nobody.
        """
        self._holders = {name: contract for contract in reversed(contracts) for name in contract.operations}
        self._ask, self._begun, self._is_key_needed = ask, begun, is_key_needed
        self._address = address

    def trial(self, request: Request, operation: str) -> TryForm:
        """Return the form of an operation, with an answer when it was sent."""
        first = self._empty(request, operation)
        if request.method == "GET":
            return first
        try:
            given = read_form(request, LARGEST_BODY).fields
        except FormError as error:
            return replace(first, trouble=error.message, status=error.status)
        filled = replace(first, given={**first.given, **given})
        sent = self._send(request, filled, given)
        return replace(self._empty(request, operation), given=filled.given, sent=sent)  # it may have moved the clock

    def _empty(self, request: Request, operation: str) -> TryForm:
        """Return a form as it is before anybody fills it in: with the contract's examples."""
        contract = self._holders[operation]
        op = contract.operations[operation]
        inputs = list(_inputs(op))
        tokens, now = self._begun() if self._address.is_local(request) and not self._is_key_needed else ((), "")
        given = {field.name: field.example for field in inputs}
        given |= {BODY: _example(op), TOKEN: tokens[0].token if tokens else "", OTHER_TOKEN: "", KEY: ""}
        return TryForm(op, inputs, _opened_by(contract), tokens, self._is_key_needed, now, given)

    def _send(self, form: Request, trial: TryForm, given: Given) -> Sent:
        op = trial.operation
        filled = {(field.place, field.name): given.get(field.name, "").strip() for field in trial.inputs}
        steps = {name: value for (place, name), value in filled.items() if place == "path"}
        query = "&".join(
            f"{name}={quote(value)}" for (place, name), value in filled.items() if place == "query" and value
        )
        body = given.get(BODY, "").replace("\r\n", "\n") if op.request else ""
        headers = {name: value for (place, name), value in filled.items() if place == "header" and value}
        headers |= _usual(trial.opened_by, given, has_body=bool(body))
        raw = {b"host": form.headers.get(b"host", b""), **forwarding(form.headers)}
        raw |= {name.lower().encode(): value.encode() for name, value in headers.items()}
        answer = self._ask(Request(op.method, op.path.format_map(steps), query, raw, body.encode(), form.client))
        path = op.path.format_map({name: quote(value, safe="") for name, value in steps.items()})
        return _sent(op.method, f"{path}?{query}" if query else path, headers, body, answer)


def _inputs(op: Operation) -> Iterator[Input]:
    """Yield what can be filled in: of a parameter that takes several keys, each of these."""
    for parameter in op.parameters:
        name, place, schema = parameter["name"], parameter["in"], parameter["schema"]
        example = parameter.get("example", "")
        if parameter.get("style") != "deepObject":
            yield Input(name, place, parameter.get("description", schema.get("description", "")), str(example))
            continue
        for key, part in schema["properties"].items():
            yield Input(f"{name}[{key}]", place, part.get("description", ""), str((example or {}).get(key, "")))


def _example(op: Operation) -> str:
    return json.dumps(op.request_example, indent=2, ensure_ascii=False) if op.request_example else ""


def _opened_by(contract: Contract) -> str:
    """Name the header that opens the operations of a contract: it holds a key, or a token."""
    (scheme,) = contract.document["components"]["securitySchemes"].values()
    return str(scheme.get("name", AUTHORIZATION))


def _usual(opened_by: str, given: Given, *, has_body: bool) -> dict[str, str]:
    token = given.get(OTHER_TOKEN, "").strip() or given.get(TOKEN, "").strip()
    key = token and f"Bearer {token}" if opened_by == AUTHORIZATION else given.get(KEY, "").strip()
    return ({opened_by: key} if key else {}) | ({"Content-Type": "application/json"} if has_body else {})


def _sent(method: str, target: str, headers: Mapping[str, str], body: str, answer: Answer) -> Sent:
    shown = answer.body.decode(errors="replace")
    is_json = answer.content_type.startswith("application/json")
    if is_json and shown:
        shown = json.dumps(json.loads(shown), indent=2, ensure_ascii=False)
    hidden = max(0, len(shown) - MOST_SHOWN)
    reason = HTTPStatus(answer.status).phrase
    hidden_body = max(0, len(body) - MOST_SHOWN)
    return Sent(
        method,
        target,
        headers,
        body[:MOST_SHOWN],
        answer.status,
        reason,
        shown[:MOST_SHOWN],
        is_json,
        hidden,
        hidden_body,
    )
