"""Sends operations of the contracts to a world, in the name of a lead provider. Paths and fields are the contracts'."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from lp_contract.contract import Operation
from lp_contract.service_conventions import is_json
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.refusals import JSON
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.testing.exchanges import FIRST_ERROR
from lp_sandbox.testing.running_sandbox import HOST, RunningSandbox
from lp_sandbox.testing.tracebacks import is_message

__tracebackhide__ = is_message
WORLD = "world"
"""The parameter of controls that names the world."""
Values = Mapping[str, Any]
NONE: Values = MappingProxyType({})


class Refused(Exception):  # noqa: N818 - says what happened
    """The sandbox refused a request of a test. `reasons` names the broken rules or the problem."""

    def __init__(self, operation: Operation, answer: Answer) -> None:
        self.status, self.reasons = answer.status, answer.reasons
        refused = f"{operation.method} {operation.path} was refused with {answer.status} ({', '.join(answer.reasons)})"
        super().__init__(f"{refused}: {answer.body.decode(errors='replace')}")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends operations to a world of an edition."""

    sandbox: RunningSandbox
    edition: Edition
    world: str = ""
    token: str = ""

    def control(self, operation_id: str, parameters: Values = NONE, fields: Values = NONE) -> Any:
        """Send an operation of the controls by its id. Raises Refused."""
        return self.send(self.edition.controls.operations[operation_id], parameters, fields)

    def send(self, operation: Operation, parameters: Values = NONE, fields: Values = NONE) -> Any:
        """Send an operation with the parameters of its path and query and the fields of its body.

        Returns the JSON or the text of the answer. Raises Refused.
        """
        given = {WORLD: self.world} | {name: written(value) for name, value in parameters.items()}
        path = operation.path.format_map({name: quote(str(given.get(name)), safe="") for name in given})
        query = {name: given[name] for name in names_in(operation, "query") if name in given}
        named = {"host": self.sandbox.host, "authorization": f"Bearer {self.token}", "content-type": JSON}
        headers = {name.encode(): value.encode() for name, value in named.items()}
        content = _body(operation, {name: written(value) for name, value in fields.items()})
        answer = self.sandbox.answer(Request(operation.method, path, urlencode(query), headers, content, HOST))
        if answer.status >= FIRST_ERROR:
            raise Refused(operation, answer)
        if not answer.body:
            return None
        return json.loads(answer.body) if is_json(answer.content_type) else answer.body.decode()

    def pages(self, operation: Operation, filters: Values = NONE) -> Iterator[Mapping[str, Any]]:
        """Yield the resources on every page of a list. Raises Refused."""
        limits = operation.page_limits
        assert limits
        query = {f"filter[{name}]": value for name, value in filters.items()}
        query |= {"page[per_page]": limits.largest or limits.usual}
        for number in count(1):
            found = self.send(operation, {**query, "page[page]": number})["data"]
            yield from found
            if not found:
                return


def names_in(operation: Operation, place: str) -> tuple[str, ...]:
    """Return the names of the parameters in the path or the query of an operation, as requests write them."""
    return tuple(name for each in operation.parameters if each["in"] == place for name in _names(each))


def _names(parameter: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names by which a parameter is sent: `page` is an object, sent as `page[page]` and `page[per_page]`."""
    if parameter.get("style") == "deepObject":
        yield from (f"{parameter['name']}[{name}]" for name in parameter["schema"]["properties"])
    else:
        yield parameter["name"]


def _body(operation: Operation, fields: Values) -> bytes:
    if operation.request is None:
        return b""
    return json.dumps({"data": {"attributes": fields}} if operation.attributes else fields).encode()


def written(value: Any) -> Any:
    """Return a day or a time as text, and every other value as it is."""
    return value.isoformat() if isinstance(value, date) else value
