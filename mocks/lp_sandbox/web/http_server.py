"""The HTTP server: uvicorn runs it, with connections of the sandbox's own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast, get_args

import uvicorn

from lp_contract.contract import Problem
from lp_sandbox.request.refusals import refusal
from lp_sandbox.request.request_and_answer import answer_of
from lp_sandbox.web.connections import Connection
from lp_sandbox.web.request_limits import ProblemName, RequestLimits
from lp_sandbox.web.responder import Responder

SWEEP = 10
"""How many tenths of a second pass between two searches for slow clients."""


class Server(uvicorn.Server):
    """A server that says when it is ready and closes the connections of slow clients."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        """Take the function to call when the server is ready."""
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and call that function."""
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Look for slow clients from time to time."""
        if counter % SWEEP == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                assert isinstance(connection, Connection)
                connection.check(now)
        return await super().on_tick(counter)


def server_config(
    responder: Responder, limits: RequestLimits, problems: Mapping[str, Problem], **options: Any
) -> uvicorn.Config:
    """Return how uvicorn serves a sandbox; `options` are more of uvicorn's.

    `problems` has what is refused before the sandbox reads it.
    """
    refusals = {name: answer_of(refusal(problems[name])) for name in get_args(ProblemName)}
    connection = partial(Connection, responder=responder, limits=limits, refusals=refusals)
    return uvicorn.Config(
        _no_application,
        http=cast("type[asyncio.Protocol]", connection),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # what a proxy adds would count as the address of the client
        **options,
    )


async def _no_application(_scope: Any, _receive: Any, _send: Any) -> None:
    """Stand for the ASGI application that uvicorn wants. Connections pass their requests to the responder."""
