"""Coalesces identical requests: those that arrive at the same moment are answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable

from lp_contract.contract import Operation
from lp_sandbox.request.http import Answer, Request
from lp_sandbox.request.routes import Routes, routes_of

TURNS = 4
"""How many turns of the loop an answer is held back: a request takes some from its socket to its place here."""
_HEADERS = (b"authorization", b"x-with-server-date", b"content-type")


class Coalescing:
    """Gives the answer of a request to all that are like it and come before it is on its way."""

    def __init__(self, operations: Iterable[Operation], answer: Callable[[Request], Answer]) -> None:
        """Take the operations of which some answer twins with one answer, and what answers a request."""
        self._answered_as_one = Routes(route for o in operations if o.is_one_answer for route in routes_of(o, o))
        self._answer = answer
        self._held: dict[Hashable, asyncio.Task[Answer]] = {}

    async def answer(self, request: Request) -> Answer:
        """Answer a request, at once or with the answer of its twin."""
        if request.method == "GET" or not self._answered_as_one.find(request.method, request.path):
            return self._answer(request)
        mark = _mark(request)
        if mark not in self._held:
            self._held[mark] = asyncio.create_task(self._hold(mark, request))
        return await asyncio.shield(self._held[mark])

    async def _hold(self, mark: Hashable, request: Request) -> Answer:
        answer = self._answer(request)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        del self._held[mark]
        return answer


def _mark(request: Request) -> Hashable:
    """Return all that the answer depends on, and the world's state."""
    return request.method, request.path, request.query, request.body, *map(request.header, _HEADERS)
