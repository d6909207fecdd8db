"""The form on the reference page of an operation, with which a reader tries the operation, and the answer.

The browser sends the form to the page itself, without a script. This sandbox answers the request that the form
describes, and sends it nowhere else. The form offers tokens to readers on the machine of the sandbox, because those of
a seeded world are no secret. A page of another site cannot send the form: a browser says from which site a form comes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

from lp_contract.contract import Contract, Operation
from lp_contract.service_conventions import is_json
from lp_sandbox.request.request_and_answer import LARGEST_BODY, Answer, Request
from lp_sandbox.web.forms import FormError, read_form
from lp_sandbox.web.hosts import Address, forwarding
from lp_sandbox.worlds.records import Token

TOKEN, OTHER_TOKEN, KEY, BODY = "_token", "_other_token", "_key", "_body"
"""The names of the fields that are not parameters."""
AUTHORIZATION = "Authorization"
MOST_SHOWN = 20_000
"""How many characters of a body the page shows."""

Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter that the reader can fill in."""

    name: str
    place: str
    """`path`, `query` or `header`."""
    about: str
    example: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request and its answer, as the page shows them."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    status: int
    reason: str
    answer: str
    is_json: bool
    hidden: int
    """How many characters of the answer the page leaves out."""
    hidden_body: int
    """How many characters of the request's body the page leaves out."""


@dataclass(frozen=True, slots=True)
class TryForm:
    """The values of a form, and the request that was sent with it."""

    operation: Operation
    inputs: Sequence[Input]
    opened_by: str
    """The header that opens the operation."""
    tokens: Sequence[Token]
    """The tokens that the form offers."""
    is_key_needed: bool
    now: str
    """The time in the default world of the edition; empty for readers who may not use the controls."""
    given: Given
    sent: Sent | None = None
    trouble: str = ""
    """The reason for which nothing was sent."""
    status: int = 200

    @property
    def takes_token(self) -> bool:
        """Whether the operation needs a token, and not a key."""
        return self.opened_by == AUTHORIZATION


class TryForms:
    """Fills the forms of the operations of some contracts, and sends the requests that they describe."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        answer: Callable[[Request], Answer],
        begun: Callable[[str], tuple[Sequence[Token], str]],
        address: Address,
        *,
        is_key_needed: bool,
    ) -> None:
        """Take a function that answers requests, and one for the tokens and time of an edition's default world.

        `address` is where the sandbox listens. Where a key is needed, no form shows tokens and time.
        """
        self._contracts = {contract.edition: contract for contract in contracts}
        self._answer, self._begun, self._is_key_needed = answer, begun, is_key_needed
        self._address = address

    def trial(self, request: Request, operation: str) -> TryForm | None:
        """Return the form of an operation, with an answer after it was sent; None where no contract has it.

        `operation` has the name of its contract before it: `register/createPartnership`.
        """
        if operation.rpartition("/")[0] not in self._contracts:
            return None
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
        """Return a form before anybody fills it in: with the contract's examples."""
        name, _, operation_id = operation.rpartition("/")
        contract = self._contracts[name]
        op = contract.operations[operation_id]
        inputs = list(_inputs(op))
        edition = name.partition("/")[0]
        tokens, now = self._begun(edition) if self._address.is_local(request) and not self._is_key_needed else ((), "")
        given = {field.name: field.example for field in inputs}
        given |= {BODY: _example(op), TOKEN: tokens[0].token if tokens else "", OTHER_TOKEN: "", KEY: ""}
        return TryForm(op, inputs, _opened_by(contract, op), tokens, self._is_key_needed, now, given)

    def _send(self, form: Request, trial: TryForm, given: Given) -> Sent:
        op = trial.operation
        filled = {(field.place, field.name): given.get(field.name, "").strip() for field in trial.inputs}
        steps = {name: value for (place, name), value in filled.items() if place == "path"}
        query = "&".join(
            f"{name}={quote(value)}" for (place, name), value in filled.items() if place == "query" and value
        )
        body = given.get(BODY, "").replace("\r\n", "\n") if op.request else ""
        headers = {name: value for (place, name), value in filled.items() if place == "header" and value}
        headers |= _usual(trial.opened_by, given, op.request_media_type if body else "")
        raw = {b"host": form.headers.get(b"host", b""), **forwarding(form.headers)}
        raw |= {name.lower().encode(): value.encode() for name, value in headers.items()}
        answer = self._answer(Request(op.method, op.path.format_map(steps), query, raw, body.encode(), form.client))
        path = op.path.format_map({name: quote(value, safe="") for name, value in steps.items()})
        return _sent(op.method, f"{path}?{query}" if query else path, headers, body, answer)


def _inputs(op: Operation) -> Iterator[Input]:
    """Yield the fields for parameters. A parameter with several keys has a field for each."""
    for parameter in op.parameters:
        name, place, schema = parameter["name"], parameter["in"], parameter["schema"]
        example = parameter.get("example", "")
        if parameter.get("style") != "deepObject":
            yield Input(name, place, parameter.get("description", schema.get("description", "")), str(example))
            continue
        for key, part in schema["properties"].items():
            yield Input(f"{name}[{key}]", place, part.get("description", ""), str((example or {}).get(key, "")))


def _example(op: Operation) -> str:
    example = op.request_example or ""
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def _opened_by(contract: Contract, op: Operation) -> str:
    """Name the header in which an operation needs a token, or else the key of its contract."""
    schemes = contract.document["components"]["securitySchemes"].values()
    return AUTHORIZATION if op.takes_token else next(scheme["name"] for scheme in schemes if "name" in scheme)


def _usual(opened_by: str, given: Given, media_type: str) -> dict[str, str]:
    token = given.get(OTHER_TOKEN, "").strip() or given.get(TOKEN, "").strip()
    key = token and f"Bearer {token}" if opened_by == AUTHORIZATION else given.get(KEY, "").strip()
    return ({opened_by: key} if key else {}) | ({"Content-Type": media_type} if media_type else {})


def _sent(method: str, target: str, headers: Mapping[str, str], body: str, answer: Answer) -> Sent:
    shown = answer.body.decode(errors="replace")
    laid_out = is_json(answer.content_type)
    if laid_out and shown:
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
        laid_out,
        hidden,
        hidden_body,
    )
