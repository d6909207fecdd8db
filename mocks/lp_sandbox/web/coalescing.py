"""Coalesces identical requests: those that arrive at the same moment are answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping

from lp_contract.contract import Operation
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.routes import Routes, routes_of

TURNS = 4
"""How many turns of the event loop an answer waits: a request takes some from its socket to this place."""
_HEADERS = (b"authorization", b"x-with-server-date", b"content-type")


class Coalescing:
    """Gives the answer of a request to all identical requests that arrive before it is sent."""

    def __init__(
        self,
        operations: Mapping[str, Iterable[Operation]],
        edition_of: Callable[[Request], str],
        answer: Callable[[Request], Awaitable[Answer]],
    ) -> None:
        """Take the operations of each edition, and functions that name the edition of a request and answer it.

        Some operations coalesce identical requests.
        """
        self._coalesced = {
            edition: Routes(route for o in of_edition if o.is_one_answer for route in routes_of(o, o))
            for edition, of_edition in operations.items()
        }
        self._edition_of, self._answer = edition_of, answer
        self._waiting: dict[Hashable, asyncio.Task[Answer]] = {}

    async def answer(self, request: Request) -> Answer:
        """Answer a request, at once or with the answer of an identical one."""
        if request.method == "GET" or not self._is_coalesced(request):
            return await self._answer(request)
        key = _key(request)
        if key not in self._waiting:
            self._waiting[key] = asyncio.create_task(self._answer_later(key, request))
        return await asyncio.shield(self._waiting[key])

    def _is_coalesced(self, request: Request) -> bool:
        return self._coalesced[self._edition_of(request)].find(request.method, request.path) is not None

    async def _answer_later(self, key: Hashable, request: Request) -> Answer:
        answer = await self._answer(request)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        del self._waiting[key]
        return answer


def _key(request: Request) -> Hashable:
    """Return everything on which the answer depends, apart from the state of the world."""
    return request.method, request.path, request.query, request.body, *map(request.header, _HEADERS)
