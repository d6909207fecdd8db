"""Calls operations of the API and of the controls for a page, as a client in the same process."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from lp_contract.contract import Contract, Operation, Rule
from lp_contract.operation import PageLimits
from lp_sandbox.request.refusals import JSON
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.worlds.records import required

_FIELD = re.compile(r"'#/(\w+)'")
"""How a message for programs names a field."""


class Message(NamedTuple):
    """An error in an answer."""

    field: str
    detail: str


class Reply(NamedTuple):
    """The answer of an operation."""

    status: int
    content: bytes

    @property
    def is_done(self) -> bool:
        """Whether the operation succeeded."""
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def data(self) -> Any:
        """What is under `data` in an answer that is JSON."""
        return msgspec.json.decode(self.content)["data"]

    @property
    def meta(self) -> Any:
        """What an answer says about a list besides its items."""
        return msgspec.json.decode(self.content)["meta"]

    @property
    def messages(self) -> Sequence[Message]:
        """The errors, in their order."""
        return [
            Message(each["title"], _for_people(each["detail"])) for each in msgspec.json.decode(self.content)["errors"]
        ]


def _for_people(message: str) -> str:
    """Return a message with the names of fields as words."""
    return _FIELD.sub(lambda found: found[1].replace("_", " "), message)


class Operations:
    """The operations of some contracts by name, and what answers requests to them."""

    def __init__(self, contracts: Sequence[Contract], answer: Callable[[Request], Answer]) -> None:
        self._by_id: Mapping[str, Operation] = {name: o for each in contracts for name, o in each.operations.items()}
        self._answer = answer

    def values(self, operation_id: str, name: str) -> Sequence[str]:
        """Return the values that the contract lists for a parameter or an attribute of an operation."""
        operation = self._by_id[operation_id]
        schemas = {each["name"]: each["schema"] for each in operation.parameters} | dict(operation.attributes)
        values: Sequence[str] = schemas[name]["enum"]
        return values

    def page_limits(self, operation_id: str) -> PageLimits:
        """Return the usual and the longest page of an operation that lists."""
        return required(self._by_id[operation_id].page_limits)

    def rules_of_rows(self, operation_id: str) -> Sequence[Rule]:
        """Return the rules of an operation that have a message about the rows of a file."""
        return [rule for rule in self._by_id[operation_id].rules if rule.in_file]

    def message_of(self, operation_id: str, rule: str) -> str:
        """Return the message of a rule, by which a page recognises it in an answer."""
        return next(_for_people(each.detail) for each in self._by_id[operation_id].rules if each.name == rule)

    def call(
        self,
        operation_id: str,
        *,
        world: str,
        token: str = "",
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        attributes: Mapping[str, Any] | None = None,
        content: bytes = b"",
    ) -> Reply:
        """Send a request to an operation, with the attributes of a resource or any content as its body.

        The token names the world where the operation takes one, and else the query does.
        """
        operation = self._by_id[operation_id]
        steps = {name: quote(value, safe="") for name, value in (path or {}).items()}
        if attributes is not None:
            content = msgspec.json.encode({"data": {"attributes": attributes}})
        headers = {b"content-type": (operation.request_media_type or JSON).encode()} if content else {}
        parameters = dict(query or {})
        if operation.takes_token:
            headers |= {b"authorization": f"Bearer {token}".encode()}
        else:
            parameters["world"] = world
        target = operation.path.format_map(steps)
        answer = self._answer(Request(operation.method, target, urlencode(parameters), headers, content, ""))
        return Reply(answer.status, answer.body)
