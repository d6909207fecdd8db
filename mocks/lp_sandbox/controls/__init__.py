"""The sandbox's own controls, under /_sandbox/: worlds and their clocks, scenarios, and the other side of the desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from secrets import compare_digest
from typing import Any, get_args

import jsonschema_rs
import msgspec

from lp_contract.contract import Contract, Operation
from lp_sandbox.controls import actors, clocks, scenarios, worlds
from lp_sandbox.controls.context import ControlContext, ControlRequest, ProblemName, misdescribed, usual
from lp_sandbox.request.edition import Disagreement, Edition
from lp_sandbox.request.http import Answer, Request, Routes, is_own
from lp_sandbox.web import hosts, limits
from lp_sandbox.web.hosts import NOWHERE, Address
from lp_sandbox.web.publication import Publication
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.worlds import Impossible, Worlds

PREFIX = "/_sandbox/"
Handler = Callable[[ControlRequest], Any]


def usual_world(edition: Edition) -> dict[str, Any]:
    """Return what a new world is where nothing else is asked for."""
    return usual(edition.controls.operations["createWorld"])


class Controls:
    """Answers the requests under /_sandbox/ as their own OpenAPI document says."""

    def __init__(
        self,
        edition: Edition,
        store: Store,
        worlds: Worlds,
        *,
        key: str | None = None,
        address: Address = NOWHERE,
        without: Collection[str] = (),
    ) -> None:
        """With a `key` the controls are open to whoever sends it; without, to programs on this machine.

        `address` is where the sandbox listens. `without` names rules that are not asked: for tests that show that a
        rule's case can fail.
        """
        self._desk, self._key = ControlContext(edition.controls, edition, store, worlds), _written(key)
        self._address = address
        self._publication = Publication(edition.controls, PREFIX)
        _compare(edition.controls, edition)
        operations = edition.controls.operations.values()
        self._routes = Routes((o.method, o.path, o) for o in operations)
        self._shapes = {o.id: _shape(o) for o in operations}
        bound_rules = actors.bound_rules_of(self._desk, without)
        self._acts: dict[str, Handler] = dict.fromkeys(self._shapes, lambda asked: actors.act(asked, bound_rules))
        self._acts.update(HANDLERS)

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises Refusal."""
        if not self._is_open(request):
            raise self._desk.refuse("controls_are_open")
        file = self._publication.answer(request)
        if file is not None:
            return file
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._desk.refuse("path_is_known")
        operation, path = found
        asked = ControlRequest(self._desk, operation, self._shapes[operation.id], request, path)
        try:
            with self._desk.store.reading() if operation.method == "GET" else nullcontext():
                result = self._acts[operation.id](asked)
        except Impossible as reason:
            raise self._desk.refuse(reason.problem) from None
        return Answer(int(operation.success), _body(result))

    def _is_open(self, request: Request) -> bool:
        if self._key:
            sent = request.headers.get(b"x-sandbox-key", b"")
            return sum(compare_digest(sent, key) for key in self._key) > 0
        return is_own(request) and self._address.is_local(request)


def _written(key: str | None) -> Sequence[bytes]:
    """Return a key as clients write it in a header: some in UTF-8, some in Latin-1 if that has all its letters."""
    if key is None:
        return ()
    if not key.strip():
        raise ValueError("An empty key would open the controls to everybody.")
    written = {key.encode(errors="surrogateescape")}
    with suppress(UnicodeEncodeError):
        written.add(key.encode("latin-1"))
    return sorted(written)


def _compare(contract: Contract, edition: Edition) -> None:
    """Raise Disagreement where the controls' contract and the code name different problems or sizes of worlds."""
    met = {name for names in (ProblemName, hosts.ProblemName, limits.ProblemName) for name in get_args(names)}
    met |= {*filter(None, map(misdescribed, contract.operations.values()))}
    differ = met ^ contract.problems.keys()
    if differ:
        raise Disagreement(f"Contract and code of the controls differ in the problems {', '.join(sorted(differ))}.")
    sizes = (contract.operations["createWorld"].request or {})["properties"]["size"]["enum"]
    if tuple(sizes) != edition.template.sizes:
        raise Disagreement(
            f"A world can be {', '.join(sizes)}, but the seeds have {', '.join(edition.template.sizes)}."
        )


def _shape(operation: Operation) -> jsonschema_rs.Validator:
    """Make what a body must fit. Days, times and ids are needed as they are written; clocks read times themselves."""
    return jsonschema_rs.validator_for(dict(operation.request or {}), validate_formats=operation.tag != clocks.TAG)


def _list_operations(asked: ControlRequest) -> Any:
    edition = asked.desk.edition
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
}
"""What the controls do. What actors do is the edition's."""


def _body(result: Any) -> bytes:
    if isinstance(result, bytes):
        return result
    return b"" if result is None else msgspec.json.encode(result)
