"""The controls of one edition: its contract, with the code for each operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args

import jsonschema_rs
import msgspec

from lp_contract.contract import Contract, Operation
from lp_sandbox.controls import actors, clocks, health_and_metrics, scenarios, worlds
from lp_sandbox.controls.control_request import (
    ControlContext,
    ControlRequest,
    ProblemName,
    bad_request_problem,
    no_token_problem,
)
from lp_sandbox.controls.edition_of_new_world import OPERATION as NEW_WORLD
from lp_sandbox.request import unknown_names
from lp_sandbox.request.authorization import token_reader
from lp_sandbox.request.edition import Disagreement, Edition
from lp_sandbox.request.once_per_operation import once_per_operation
from lp_sandbox.request.refusals import JSON, Refusal
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.routes import Routes, routes_of
from lp_sandbox.request.unknown_names import KnownNames, noted, refusal_naming, strict_problem
from lp_sandbox.web import hosts, request_limits
from lp_sandbox.web.published_contracts import Publication
from lp_sandbox.worlds.world_lifecycle import Impossible

PREFIX = "/_sandbox/"
BY_STATUS = (bad_request_problem, no_token_problem)
"""What names a problem that the contract lists under a status."""
Handler = Callable[[ControlRequest], Any]


class EditionControls:
    """Answers requests to controls as the contract of one edition says."""

    def __init__(self, context: ControlContext, without: Collection[str] = (), *, is_strict: bool = False) -> None:
        """Take what the controls work with; strict ones refuse unknown names.

        `without` names rules that are not checked: for tests that show that a rule's case can fail.

        Raises Disagreement where the contract and the code differ.
        """
        self.context, self._edition = context, context.edition.contract.edition
        contract = context.contract
        _compare(contract, context.edition)
        self._publication = Publication(contract)
        self._routes = Routes(route for o in contract.operations.values() for route in routes_of(o, o))
        operations = contract.operations.values()
        self._shapes = {operation.id: _shape(operation) for operation in operations}
        self._known_names = {operation.id: KnownNames.of(operation, ignores_fields=False) for operation in operations}
        self._strict_problem = strict_problem(contract, contract.conventions) if is_strict else None
        self._token_in = token_reader(context.edition.contract.conventions.authorization)
        bound_rules = actors.bound_rules_of(context, without)
        self._handlers: dict[str, Handler] = {
            name: HANDLERS.get(name, lambda request: actors.act(request, bound_rules)) for name in contract.operations
        }

    def find(self, http: Request) -> ControlRequest | None:
        """Return a request with the operation to which it is addressed; None when there is no such operation."""
        found = self._routes.find(http.method, http.path)
        if found is None:
            return None
        operation, path = found
        token = self._token_in(http.header(b"authorization")) if operation.takes_token else ""
        opened = self.context.worlds.opened_by(token) if token else None
        return ControlRequest(self.context, operation, self._shapes[operation.id], http, path, opened)

    def is_public(self, http: Request) -> bool:
        """Whether a request is for a public operation."""
        found = self._routes.find(http.method, http.path)
        return found is not None and found[0].is_public

    def methods_of(self, path: str) -> Collection[str]:
        """Return the methods that a path takes; none for an unknown path."""
        methods = {"GET"} if path in self._publication.paths else self._routes.methods_of(path)
        return {*methods, "HEAD"} if "GET" in methods else methods

    def answer(self, http: Request) -> Answer | None:
        """Answer a request; None when there is no such operation. Raises Refusal."""
        file = self._publication.answer(http)
        if file is not None:
            return file
        request = self.find(http)
        if request is None:
            return None
        notes = self._known_names[request.operation.id].notes(http) if http.query else ""
        try:
            if notes and self._strict_problem:
                raise refusal_naming(self._strict_problem, notes)
            answer = self._acted(request)
        except Refusal as refused:
            refused.operation, refused.world = request.operation.id, request.used_world
            refused.edition = self._edition
            refused.headers = noted(refused.headers, notes)
            raise
        return msgspec.structs.replace(answer, headers=noted(answer.headers, notes)) if notes else answer

    def _acted(self, request: ControlRequest) -> Answer:
        operation = request.operation
        try:
            if operation.is_write or operation.is_public:  # public operations also answer without the store
                result = self._handlers[operation.id](request)
            else:
                request.seed_world()
                with self.context.store.reading():
                    result = self._handlers[operation.id](request)
        except Impossible as reason:
            raise self.context.refuse(reason.problem) from None
        if isinstance(result, Answer):
            return msgspec.structs.replace(result, operation=operation.id, edition=self._edition)
        content_type = self.context.contract.conventions.content_type(operation.media_type) or JSON
        known = (), (), operation.id, request.used_world, self._edition
        return Answer(int(operation.success), _encoded(result), content_type, *known)


def _compare(contract: Contract, edition: Edition) -> None:
    """Raise Disagreement where the contract and the code name different problems or sizes of worlds."""
    template = edition.template
    answered = {
        name
        for names in (ProblemName, hosts.ProblemName, request_limits.ProblemName, unknown_names.ProblemName)
        for name in get_args(names)
    }
    by_status = (each(operation) for operation in contract.operations.values() for each in BY_STATUS)
    answered |= {*filter(None, by_status), *edition.actor_problems}
    if not edition.actors:
        answered.add("act_is_described")  # the documents that all editions share have it for those with actors
    differ = answered ^ contract.problems.keys()
    if differ:
        raise Disagreement(f"Contract and code of the controls differ in the problems {', '.join(sorted(differ))}.")
    sizes = (contract.operations["createWorld"].request or {})["properties"]["size"]["enum"]
    if tuple(sizes) != template.sizes:
        raise Disagreement(
            f"The controls' contract has worlds of the sizes {', '.join(sizes)}, and the seeds of {template.edition} "
            f"have {', '.join(template.sizes)}."
        )


@once_per_operation
def _shape(operation: Operation) -> jsonschema_rs.Validator:
    """Return the validator of a body. It checks days, times and ids, but not the times of clocks, which read more."""
    sets_clock = operation.tag == clocks.TAG or operation.id == NEW_WORLD
    return jsonschema_rs.validator_for(dict(operation.request or {}), validate_formats=not sets_clock)


def _list_operations(request: ControlRequest) -> Any:
    edition = request.context.edition
    return [
        {
            "operation_id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "stateful": edition.is_stateful(operation.id),
        }
        for operation in edition.contract.operations.values()
    ]


HANDLERS: Mapping[str, Handler] = {
    "listWorlds": worlds.list_,
    "createWorld": worlds.create,
    "forkWorld": worlds.fork,
    "resetWorld": worlds.reset,
    "deleteWorld": worlds.remove,
    "listSnapshots": worlds.list_snapshots,
    "takeSnapshot": worlds.take_snapshot,
    "restoreSnapshot": worlds.restore,
    "deleteSnapshot": worlds.remove_snapshot,
    "getClock": clocks.read,
    "setClock": clocks.set_,
    "advanceClock": clocks.advance,
    "releaseClock": clocks.release,
    "listScenarios": scenarios.list_,
    "createScenario": scenarios.create,
    "listOperations": _list_operations,
    "getHealth": health_and_metrics.health,
    "getMetrics": health_and_metrics.metrics,
}
"""The code of the operations that every edition shares. The code of actors is the edition's."""


def _encoded(result: Any) -> bytes:
    if isinstance(result, bytes):
        return result
    return b"" if result is None else msgspec.json.encode(result)
