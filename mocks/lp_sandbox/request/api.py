"""The contract's operations: the steps of a request, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lp_contract.contract import Operation, Problem
from lp_sandbox.request import query
from lp_sandbox.request.call import Body, Call
from lp_sandbox.request.edition import Edition, Handler
from lp_sandbox.request.http import Answer, Request, Routes, token_in
from lp_sandbox.request.problems import ProblemName, Refusal, refusal, without_filter
from lp_sandbox.request.rate_limit import RateLimit
from lp_sandbox.request.rules import BoundRule, bound_rules
from lp_sandbox.worlds.clock import parse, shown
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import Token, World
from lp_sandbox.worlds.store import Conflict, Store
from lp_sandbox.worlds.worlds import Worlds

FROM_EXAMPLE = ((b"x-sandbox-answer", b"example"),)
"""The header of answers that come from the contract's example and not from what is stored."""


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, ready to be asked."""

    operation: Operation
    handler: Handler
    bound_rules: tuple[BoundRule, ...]
    body: Body
    needed_filters: Mapping[str, Problem]
    """What a request meets that lacks one, by its key."""
    headers: tuple[tuple[bytes, bytes], ...]


class Api:
    """Answers the requests to the operations of an edition."""

    def __init__(
        self,
        edition: Edition,
        store: Store,
        worlds: Worlds,
        *,
        throttle: RateLimit | None = None,
        without: Collection[str] = (),
    ) -> None:
        """`without` names rules that are not asked: for tests that show that a rule's case can fail."""
        self._problems = edition.contract.problems
        self._store, self._worlds, self._throttle = store, worlds, throttle
        self._routes = Routes(
            (operation.method, operation.path, _route(edition, operation, without))
            for operation in edition.contract.operations.values()
        )

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises Refusal."""
        self._count(request)
        server_date = self._server_date(request)
        route, path = self._found(request)
        with self._store.writing() if route.operation.is_write else self._store.reading():
            return self._acted(request, route, path, server_date)

    def _acted(self, request: Request, route: Route, path: Mapping[str, str], server_date: datetime | None) -> Answer:
        """Do what the route does, in one transaction with the search for the world that the token opens."""
        world, token = self._authenticated(request)
        parameters = self._parameters(request, route)
        call = Call(
            operation=route.operation,
            bound_rules=route.bound_rules,
            body=route.body,
            problems=self._problems,
            store=self._store,
            world=world,
            lead_provider_id=token.lead_provider_id,
            now=server_date or shown(world.clock, world.ahead),
            path=path,
            parameters=parameters,
            content=self._content(request, route.operation),
            content_type=request.header(b"content-type"),
        )
        try:
            return Answer(200, route.handler(call), headers=route.headers)
        except Conflict:
            raise self._refuse("records_agree") from None

    def _refuse(self, problem: ProblemName) -> Refusal:
        return refusal(self._problems[problem])

    def _count(self, request: Request) -> None:
        """Count a request with a token that opens a world. Raises the refusal of one too many."""
        opened = self._throttle and self.opened_by(request)
        if self._throttle and opened and not self._throttle.allows(opened[1].token):
            raise self._refuse("requests_are_few")

    def _server_date(self, request: Request) -> datetime | None:
        given = request.header(b"x-with-server-date")
        try:
            return parse(given) if given else None
        except ValueError:
            raise self._refuse("server_date_is_a_time") from None

    def _found(self, request: Request) -> tuple[Route, Mapping[str, str]]:
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._refuse("path_is_known")
        route, path = found
        return route, {"id": read_id(path["id"])} if path else path

    def opened_by(self, request: Request) -> tuple[World, Token] | None:
        """Return the world that the token of a request opens, and the token; None where it opens none."""
        return self._worlds.opened_by(token_in(request.header(b"authorization")))

    def _authenticated(self, request: Request) -> tuple[World, Token]:
        opened = self.opened_by(request)
        if opened is None:
            raise self._refuse("token_is_known")
        return opened

    def _parameters(self, request: Request, route: Route) -> Mapping[str, object]:
        parameters = query.parameters(request.query) if request.query else {}
        filters = parameters.get("filter")
        if filters is None:
            filters = {}
        if not isinstance(filters, Mapping):
            raise self._refuse("filter_is_a_hash")
        if len(request.query) > query.MOST_VALUES and any(map(query.is_too_long, filters.values())):
            raise self._refuse("filter_values_are_few")
        for key, problem in route.needed_filters.items():
            if key not in filters:
                raise refusal(problem)
        return parameters

    def _content(self, request: Request, operation: Operation) -> bytes:
        """Return the body; one that the operation does not read can be of any size."""
        if request.body is None and operation.request:
            raise self._refuse("body_is_small")
        return request.body or b""


def _route(edition: Edition, operation: Operation, without: Collection[str]) -> Route:
    stateful = edition.is_stateful(operation.id)
    return Route(
        operation=operation,
        handler=edition.operations[operation.id] if stateful else _example(operation),
        bound_rules=bound_rules(operation.rules, edition.checks, without) if stateful else (),
        body=Body.of(operation),
        needed_filters={key: edition.contract.problems[without_filter(key)] for key in operation.needed_filters},
        headers=() if stateful else FROM_EXAMPLE,
    )


def _example(operation: Operation) -> Handler:
    """Answer from the contract's example, once the request is understood as any other would be."""
    body = msgspec.json.encode(operation.answer_example)
    is_list = any(p["name"] == "page" for p in operation.parameters)

    def handler(call: Call) -> bytes:
        if is_list:
            call.part(())
        if "updated_since" in operation.filters:
            call.since()
        if operation.request is not None:
            call.attributes()
        return body

    return handler
