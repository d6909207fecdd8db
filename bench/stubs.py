"""The sandbox's answers as stubs of WireMock and routes of Mockoon, which repeat them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

UNPROCESSABLE = 422
JSON = "application/json"
MIGRATION = 33
"""The form of Mockoon's file."""


class Stub(NamedTuple):
    """A request and the answer to it."""

    method: str
    path: str
    answer: str
    needs: str = ""
    """The attribute without which the request is refused; empty where it never is."""
    refusal: str = ""


def of_wiremock(stubs: Iterable[Stub]) -> Mapping[str, Any]:
    """Return the mappings of WireMock: it compares the path, wants a token, and looks for the attribute."""
    return {"mappings": [mapping for stub in stubs for mapping in _mappings(stub)]}


def _mappings(stub: Stub) -> Iterator[Mapping[str, Any]]:
    request = {"method": stub.method, "urlPath": stub.path, "headers": {"Authorization": {"matches": "Bearer .+"}}}
    if stub.needs:
        yield {"priority": 2, "request": request, "response": _response(UNPROCESSABLE, stub.refusal)}
        request = request | {"bodyPatterns": [{"matchesJsonPath": f"$.data.attributes.{stub.needs}"}]}
    yield {"priority": 1, "request": request, "response": _response(200, stub.answer)}


def _response(status: int, body: str) -> Mapping[str, Any]:
    return {"status": status, "body": body, "headers": {"Content-Type": JSON}}


def of_mockoon(stubs: Sequence[Stub]) -> Mapping[str, Any]:
    """Return an environment of Mockoon: it compares the path, and looks for the attribute."""
    names = map(str, count())
    routes = [
        {
            "uuid": next(names),
            "type": "http",
            "method": stub.method.lower(),
            "endpoint": stub.path.lstrip("/"),
            "responses": [{"uuid": next(names), **answer} for answer in _answers(stub)],
        }
        for stub in stubs
    ]
    return {
        "uuid": next(names),
        "lastMigration": MIGRATION,
        "name": "bench",
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
    }


def _answers(stub: Stub) -> Iterator[Mapping[str, Any]]:
    headers = [{"key": "Content-Type", "value": JSON}]
    common = {"headers": headers, "disableTemplating": True, "rulesOperator": "AND"}
    yield {**common, "statusCode": 200, "body": stub.answer, "default": True, "rules": []}
    if stub.needs:
        rule = {"target": "body", "modifier": f"data.attributes.{stub.needs}", "value": "", "operator": "null"}
        yield {**common, "statusCode": UNPROCESSABLE, "body": stub.refusal, "rules": [{**rule, "invert": False}]}
