"""Coalesces identical requests: those that arrive at the same moment are answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial

from lp_contract.contract import Operation
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.routes import Routes, routes_of
from lp_sandbox.web.responder import Deliver, Respond

TURNS = 4
"""How many turns of the event loop an answer waits for identical requests: some are still on their way."""


class Coalescing:
    """Gives the answer of a request to all identical requests that arrive before it is sent."""

    def __init__(
        self,
        operations: Mapping[str, Iterable[Operation]],
        edition_of: Callable[[Request], str],
        respond: Respond,
    ) -> None:
        """Take the operations of each edition, and functions that name the edition of a request and answer it.

        Some operations coalesce identical requests.
        """
        self._coalesced = {
            edition: Routes(route for o in of_edition if o.is_one_answer for route in routes_of(o, o))
            for edition, of_edition in operations.items()
        }
        self._edition_of, self._respond = edition_of, respond
        self._waiting: dict[Hashable, list[Deliver]] = {}

    def respond(self, request: Request, deliver: Deliver) -> None:
        """Answer a request by itself, or with the answer of an identical one."""
        if request.method == "GET" or not self._is_coalesced(request):
            self._respond(request, deliver)
            return
        key = request.identity()
        if key in self._waiting:
            self._waiting[key].append(deliver)
        else:
            self._waiting[key] = [deliver]
            self._respond(request, partial(self._wait, TURNS, key))

    def _is_coalesced(self, request: Request) -> bool:
        return self._coalesced[self._edition_of(request)].find(request.method, request.path) is not None

    def _wait(self, turns: int, key: Hashable, answer: Answer) -> None:
        """Deliver an answer to all who wait for it, some turns of the event loop later."""
        if turns:
            asyncio.get_running_loop().call_soon(self._wait, turns - 1, key, answer)
        else:
            for deliver in self._waiting.pop(key):
                deliver(answer)
