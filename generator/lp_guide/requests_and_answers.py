"""Formats requests and answers for pages, and builds them from the examples of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_contract.contract_parts import UNPROCESSABLE
from lp_contract.service_conventions import Conventions
from lp_guide.writer_mistakes import find

TOKEN = "YOUR_TOKEN"  # noqa: S105 - a placeholder for a token
SERVER_DATE = "X-With-Server-Date"
CONTROLS = "/_sandbox"
"""The prefix of the sandbox's controls, which need no token."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a page shows it."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    """JSON as on the page."""
    padding: int = 0
    """The number of spaces that are sent with the body and not shown."""

    @property
    def needs_token(self) -> bool:
        """Whether the placeholder for a token must be replaced."""
        return any(TOKEN in value for value in self.headers.values())


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as a page shows it."""

    status: int
    body: Any
    """A JSON value or plain text; None without a body."""
    cut: str = "data"
    """The list in the body that is not shown in full."""
    hidden: int = 0
    """The number of its items that are not shown."""
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The headers that a page shows."""
    note: str = field(default="", compare=False)
    """The sandbox's remark on names in the request that it does not know. Pages do not show it."""

    @property
    def reason(self) -> str:
        """The reason phrase of the status."""
        return HTTPStatus(self.status).phrase


@dataclass(frozen=True, slots=True)
class Said:
    """A request to a named world, and the answer to it."""

    world: str
    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the answer to it."""

    request: Request
    response: Response


MORE = "\ue002"
"""The placeholder in a list for the items that are left out."""


def printed(response: Response) -> str:
    """Write the body of an answer as a page shows it, with MORE in place of the items that are left out."""
    if response.body is None or isinstance(response.body, str):
        return (response.body or "").replace("\r\n", "\n")  # as in the file in which the answer is recorded
    if not response.hidden:
        return pretty(response.body)
    return pretty({**response.body, response.cut: [*response.body[response.cut], MORE]})


def note(response: Response) -> str:
    """Return the note on the items left out."""
    return f"… {response.hidden} more"


def pretty(value: Any) -> str:
    """Write JSON for people to read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def example(op: Operation) -> Exchange:
    """Return an operation's example request, and the answer made of its schema's examples."""
    return Exchange(example_request(op), Response(int(op.success), op.answer_example))


def example_request(op: Operation, changes: Mapping[str, Any] | None = None) -> Request:
    """Return an operation's example request, with the attributes and path parameters in `changes`."""
    changes = changes or {}
    path = op.path.format_map({name: changes.get(name, given) for name, given in op.path_example.items()})
    query = "&".join(_query(op, changes))
    headers = usual_headers(
        op.conventions, op.request_media_type if op.request_example else "", takes_token=op.takes_token
    )
    return Request(op.method, f"{path}?{query}" if query else path, headers, _body(op, changes))


def usual_headers(conventions: Conventions, media_type: str, *, takes_token: bool) -> dict[str, str]:
    """Return the headers that a request must have. `media_type` is that of its body; empty without a body."""
    scheme = conventions.authorization.schemes[0]
    token = {"Authorization": f"{scheme} {TOKEN}"} if takes_token else {}
    return token | ({"Content-Type": media_type} if media_type else {})


def breaking(op: Operation, rule: Rule) -> Request:
    """Return the request that breaks a rule of an operation."""
    request = example_request(op, rule.broken_by)
    return replace(request, headers={**request.headers, SERVER_DATE: rule.at}) if rule.at else request


def refused(op: Operation, rule: Rule) -> Exchange:
    """Return the request that breaks a rule, and every error in the answer, grouped by field."""
    return Exchange(breaking(op, rule), Response(UNPROCESSABLE, op.refusal(rule)))


def meeting(contract: Contract, problem: Problem) -> Exchange | None:
    """Return the request that causes a problem and the answer to it, if the contract has one."""
    if problem.broken_by is None:
        return None
    given = problem.broken_by
    request = example_request(find(contract.operations, given["operation"], "operation"))
    path, _, query = request.target.partition("?")
    path, query = given.get("path", path), given.get("query", query)
    request = replace(
        request,
        target=f"{path}?{query}" if query else path,
        headers={**request.headers, **given.get("headers", {})},
        body=pretty(given["body"]) if "body" in given else request.body,
        padding=given.get("padding", 0),
    )
    return Exchange(request, Response(problem.status, problem.body, headers=problem.headers))


def _query(op: Operation, changes: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parameters that have an example."""
    for parameter in op.parameters:
        if parameter["in"] != "query" or "example" not in parameter:
            continue
        given = changes.get(parameter["name"], parameter["example"])
        if isinstance(given, Mapping):
            yield from (f"{parameter['name']}[{key}]={value}" for key, value in given.items())
        else:
            yield f"{parameter['name']}={quote(str(given))}"


def _body(op: Operation, changes: Mapping[str, Any]) -> str:
    """Return an operation's example body as text, with other attributes. A body without fields is replaced whole."""
    example = op.request_example
    if example is None or isinstance(example, str):
        return str(changes.get(op.body_title, example or ""))
    changed = {name: value for name, value in changes.items() if name in op.attributes}
    if not changed:
        return pretty(example)
    data = example["data"]
    return pretty({**example, "data": {**data, "attributes": {**data.get("attributes", {}), **changed}}})
