"""The contract's operations: the steps of a request, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import msgspec

from lp_contract.contract import Operation, Problem
from lp_contract.service_conventions import is_json
from lp_sandbox.request import query
from lp_sandbox.request.authorization import token_reader
from lp_sandbox.request.call import FILTER, Body, Call
from lp_sandbox.request.edition import Edition, Handler
from lp_sandbox.request.media_types import accepted
from lp_sandbox.request.rate_limit import RateLimit
from lp_sandbox.request.refusals import ProblemName, Refusal, refusal, without_filter
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.routes import Routes
from lp_sandbox.request.rules import BoundRule, bound_rules
from lp_sandbox.request.unknown_names import KnownNames, noted, refusal_naming, strict_problem
from lp_sandbox.worlds.clock import LONDON, OutOfRange, parse, parse_as_utc, shown
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import Conflict, Store
from lp_sandbox.worlds.world_lifecycle import NOT_SEEDED, Opened, Worlds

FROM_EXAMPLE = ((b"x-sandbox-answer", b"example"),)
"""The header of answers that come from the contract's example, and not from stored data."""


@dataclass(frozen=True, slots=True)
class Route:
    """An operation with all that is known of it before a request arrives."""

    operation: Operation
    handler: Handler
    bound_rules: tuple[BoundRule, ...]
    body: Body
    known_names: KnownNames
    ids: frozenset[str]
    """The path parameters that are ids."""
    needed_filters: Mapping[str, Problem]
    """What a request without a needed filter is refused with, by the filter's key."""
    status: int
    """That of the answer when all is well."""
    media_type: str
    """The usual media type of the answer; empty where it has no body."""
    content_types: Mapping[str, str]
    """The Content-Type of the answer in each media type of the operation."""
    headers: tuple[tuple[bytes, bytes], ...]


class WorldHasChanged(Exception):  # noqa: N818 - says what happened
    """Another process has replaced the world of a token since the request was taken to this API."""


Found = tuple[Route, str, Mapping[str, str]]
"""The route of a request, the media type to answer in, and the parameters of the path."""


class Api:
    """Answers requests to the operations of an edition."""

    def __init__(
        self,
        edition: Edition,
        store: Store,
        worlds: Worlds,
        *,
        rate_limit: RateLimit | None = None,
        is_strict: bool = False,
        without: Collection[str] = (),
    ) -> None:
        """Take an edition and its worlds; a strict API refuses unknown names.

        `without` names rules that are not checked: for tests that show that a rule's case can fail.
        """
        contract = edition.contract
        self._edition = contract.edition
        self._problems, self._conventions = contract.problems, contract.conventions
        self._store, self._worlds, self._rate_limit = store, worlds, rate_limit
        self._strict_problem = strict_problem(edition.controls, contract.conventions) if is_strict else None
        self._zone = ZoneInfo(contract.conventions.zone)
        self._parse = parse if self._zone == LONDON else parse_as_utc
        self._token_in = token_reader(contract.conventions.authorization)
        self._has_filters = any(operation.filters for operation in contract.operations.values())
        self._most_values, self._trims = contract.conventions.filters.most_values, contract.conventions.filters.trim
        self._routes = Routes(_routes(edition, without), ignores_slashes=contract.conventions.extra_slashes == "ignore")

    def answer(self, request: Request) -> Answer:
        """Answer a request within the rate limit. Raises Refusal."""
        self.count(request)
        return self.answer_uncounted(request)

    def answer_uncounted(self, request: Request) -> Answer:
        """Answer a request that the rate limit does not count. Raises Refusal."""
        server_date = self._server_date(request)
        found = self._found(request)
        route, opened = found[0], None
        notes = route.known_names.notes(request) if request.query or request.body else ""
        try:
            with self._store.writing() if route.operation.is_write else self._store.reading():
                opened = self._authenticated(request)
                if notes and self._strict_problem:
                    raise refusal_naming(self._strict_problem, notes)
                answer = self._acted(request, found, server_date, opened)
        except Refusal as refused:
            refused.operation, refused.edition = route.operation.id, self._edition
            refused.world = opened[0].id if opened else ""
            refused.headers = noted(refused.headers, notes)
            raise
        return msgspec.structs.replace(answer, headers=noted(answer.headers, notes)) if notes else answer

    def _acted(self, request: Request, found: Found, server_date: datetime | None, opened: Opened) -> Answer:
        """Call the handler of an authenticated request."""
        (route, media_type, path), (world, token) = found, opened
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
            zone=self._zone,
            path=path,
            parameters=parameters,
            content=self._content(request, route.operation),
            content_type=request.header(b"content-type"),
            media_type=media_type,
        )
        try:
            result = route.handler(call)
        except Conflict:
            raise self._refuse("records_agree") from None
        if isinstance(result, Answer):
            return result
        content_type = route.content_types[media_type]
        known = route.operation.id, world.id, self._edition
        return Answer(route.status, result, content_type, route.headers, (), *known)

    def _refuse(self, problem: ProblemName) -> Refusal:
        return refusal(self._problems[problem])

    def count(self, request: Request) -> None:
        """Count a request with a token that opens a world. Raises the refusal of one too many."""
        opened = self._rate_limit and self._worlds.opened_by(self.token_of(request))
        if self._rate_limit and opened and not self._rate_limit.allows(opened[1].token):
            raise self._refuse("requests_are_few")

    def _server_date(self, request: Request) -> datetime | None:
        given = request.header(b"x-with-server-date")
        try:
            return self._parse(given) if given else None
        except ValueError as error:
            convention = self._conventions.server_date
            word = convention.out_of_range if isinstance(error, OutOfRange) else convention.unreadable
            if word == "ignore":
                return None
            raise self._refuse("server_date_is_a_time") from None

    def _found(self, request: Request) -> Found:
        """Return the route of a request with the media type to answer in, and the parameters of its path."""
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._refuse("path_is_known")
        (route, media_type), path = found
        if not media_type and len(route.content_types) > 1:
            media_type = accepted(request.header(b"accept"), list(route.content_types))
        if path:
            path = {name: read_id(value) if name in route.ids else value for name, value in path.items()}
        return route, media_type or route.media_type, path

    def token_of(self, request: Request) -> str:
        """Return the token of a request; empty where there is none."""
        return self._token_in(request.header(b"authorization"))

    def _authenticated(self, request: Request) -> Opened:
        opened = self._worlds.opened_by(self.token_of(request))
        if opened is None:
            raise self._refuse("token_is_known")
        if opened[0].edition != self._edition or opened[0].seeded_on == NOT_SEEDED:
            raise WorldHasChanged
        if not opened[1].lead_provider_id and "token_has_access" in self._problems:
            raise self._refuse("token_has_access")
        return opened

    def _parameters(self, request: Request, route: Route) -> Mapping[str, object]:
        parameters = query.parameters(request.query) if request.query else {}
        if not self._has_filters or not (parameters or route.needed_filters):
            return parameters
        filters = parameters.get("filter")
        if filters is None:
            filters = {}
        if not isinstance(filters, dict):
            if FILTER not in route.operation.problems:
                return {**parameters, "filter": {}}
            raise self._refuse(FILTER)
        most = self._most_values
        if most and len(request.query) > most and any(query.is_too_long(given, most) for given in filters.values()):
            raise self._refuse("filter_values_are_few")
        for key, problem in route.needed_filters.items():
            if key not in filters:
                raise refusal(problem)
        if self._trims:
            return {**parameters, "filter": {key: query.trimmed(value) for key, value in filters.items()}}
        return parameters

    def _content(self, request: Request, operation: Operation) -> bytes:
        """Return the body. Raises the refusal of a large body, unless the operation does not read it."""
        if request.body is None and operation.request:
            raise self._refuse("body_is_small")
        return request.body or b""


def _routes(edition: Edition, without: Collection[str]) -> Iterator[tuple[str, str, tuple[Route, str]]]:
    """Yield the routes of an edition; the media type is empty where the request chooses it."""
    for operation in edition.contract.operations.values():
        route = _route(edition, operation, without)
        for method, path in product(operation.methods, operation.paths):
            yield method, path, (route, "")
            for ending, media_type in operation.endings.items():
                yield method, f"{path}{ending}", (route, media_type)


def _route(edition: Edition, operation: Operation, without: Collection[str]) -> Route:
    stateful = edition.is_stateful(operation.id)
    path_parameters = [parameter for parameter in operation.parameters if parameter["in"] == "path"]
    media_types = operation.media_types or ("",)
    return Route(
        operation=operation,
        handler=edition.operations[operation.id] if stateful else _example(operation),
        bound_rules=bound_rules(operation.rules, edition.checks, without) if stateful else (),
        body=Body.of(operation),
        known_names=KnownNames.of(operation),
        ids=frozenset(each["name"] for each in path_parameters if each["schema"].get("format") == "uuid"),
        needed_filters={key: edition.contract.problems[without_filter(key)] for key in operation.needed_filters},
        status=int(operation.success),
        media_type=operation.media_type,
        content_types={name: edition.contract.conventions.content_type(name) for name in media_types},
        headers=() if stateful else FROM_EXAMPLE,
    )


def _example(operation: Operation) -> Handler:
    """Return a handler that reads the request as any other would, and answers with the contract's example."""
    bodies = {name: _encoded(name, operation.example_in(name)) for name in operation.media_types}

    def handler(call: Call) -> bytes:
        if operation.page_limits:
            call.part(())
        if "updated_since" in operation.filters:
            call.since()
        if operation.request is not None:
            call.attributes()
        return bodies.get(call.media_type, b"")

    return handler


def _encoded(media_type: str, example: object) -> bytes:
    return msgspec.json.encode(example) if is_json(media_type) else str(example).encode()
