"""The HTTP server: uvicorn, with connections that are bounded in size, time and number.

uvicorn itself reads headers of any size, waits for the rest of a request for ever, and takes any number of connections.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, cast, get_args

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from lp_contract.contract import Problem
from lp_sandbox.request.refusals import refusal
from lp_sandbox.request.request_and_answer import Answer, answer_of
from lp_sandbox.web.request_ids import HEADER
from lp_sandbox.web.request_limits import ProblemName, RequestLimits

Record = Callable[[Answer, float], str]
"""Records an answer, with the seconds that the server waited for the request, and returns the id of the request."""
LINGER = 2
"""Seconds in which a refused client can read the answer. If the socket closed at once, the answer could be lost."""
GRACE = 2
"""Seconds that open requests have when the server stops. After them uvicorn cancels the requests and logs a fault."""
SPARE = 100
"""How many connections above the limit get an answer. More are closed without one, so that sockets do not run out."""
SWEEP = 10
"""How many tenths of a second pass between two searches for slow clients."""


class Connection(HttpToolsProtocol):
    """A connection that refuses large headers, closes when the client is slow, and is one of a limited number."""

    def __init__(
        self,
        *given: Any,
        limits: RequestLimits,
        answers: Mapping[ProblemName, Answer],
        record: Record,
        **named: Any,
    ) -> None:
        """Take the arguments of uvicorn, the answer to each problem, and what records these answers."""
        super().__init__(*given, **named)
        self._limits, self._answers, self._record = limits, answers, record
        self._is_refused = self._is_in_head = self._has_begun = False
        self._answered: RequestResponseCycle | None = None
        self._is_head_large = False
        self._read = 0
        """How many bytes arrived last."""
        self._held = 0
        """How many bytes arrived since the parser last passed something on. It may hold them."""
        self._waiting_since: float | None = None
        """When the server began to wait for a request."""
        self._unsent, self._unsent_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn
        """Refuse a connection above the limit."""
        super().connection_made(transport)
        # asyncio does it only where the socket names its protocol; without it an answer can wait 40 ms for the client
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin_to_wait()
        excess = len(self.connections) - self._limits.connections
        if excess > SPARE:
            transport.abort()
        elif excess > 0:
            self._refuse("connections_are_few")

    def connection_lost(self, exc: Exception | None) -> None:
        """Mark the answer that is being sent as disconnected. uvicorn marks only the last one in line."""
        self._give_up()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        """Parse the bytes that arrived."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self._begin_to_wait()
        self._read = len(data)
        self._held += self._read
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self._refuse("head_is_small" if self._is_head_large else "request_is_http")
        else:
            if self._held > self._limits.head:
                self._refuse("head_is_small")

    def _begin_to_wait(self) -> None:
        if self._waiting_since is None:
            self._waiting_since = self.loop.time()

    def _parse(self, data: bytes) -> None:
        """Parse the bytes that arrived. A request to upgrade is answered as any other. Raises HttpParserError.

        The parser takes the body of such a request for the other protocol. Java's client requests HTTP/2 in this way.
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            method = self.parser.get_method()
            if method == b"CONNECT":
                raise httptools.HttpParserError from upgrade
            headers = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
            head = b"%b %b HTTP/1.1\r\n%b\r\n" % (method, self.url, b"".join(headers))
            self.parser = httptools.HttpRequestParser(self)
            self._parse(head + data[upgrade.args[0] :])

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._begin_to_wait()
        self._is_in_head = self._has_begun = True
        self._held = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Pass the request on, to be answered when its body has arrived. A request to upgrade is parsed once more.

        Raises OverflowError when the head is too large, which stops the parser.
        """
        if self._held + self._read > self._limits.head and self._head_size() > self._limits.head:
            self._is_head_large = True
            raise OverflowError
        if not self.parser.should_upgrade():
            super().on_headers_complete()
            self.headers: Any = deque(maxlen=0)  # of headers after the body, which no code reads
            self._is_in_head = False
            self._held = 0

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        self._held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        if self.parser.should_upgrade():
            return
        self._has_begun, self._waiting_since, self._held = False, None, 0
        super().on_message_complete()

    def check(self, now: float) -> None:
        """Close the connection if its client has been too slow to send a request or to read an answer."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        elif now - self._unsent_since > self._limits.seconds:
            self.transport.abort()
        if self._waiting_since is None or now - self._waiting_since <= self._limits.seconds:
            return
        if self._has_begun:
            self._refuse("request_arrives_in_time")
        else:
            self.transport.close()

    def _refuse(self, problem: ProblemName) -> None:
        """Answer with a problem if no other answer is being sent, and stop reading."""
        if self._is_refused:
            return
        self._is_refused = True
        is_free = self._can_answer()
        self._give_up()
        if not is_free:
            self.transport.close()
            return
        answer = self._answers[problem]
        seconds = 0.0 if self._waiting_since is None else self.loop.time() - self._waiting_since
        self.transport.write(_response(answer, self._record(answer, seconds)))
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.abort)

    def _can_answer(self) -> bool:
        """Say whether the client waits for an answer, and all answers before it have been sent."""
        if self.cycle is None or self.cycle.response_complete:
            return self._is_in_head or not self._has_begun
        return not (self._is_in_head or self.cycle.response_started or self.pipeline)

    def shutdown(self) -> None:
        """Close when the request is answered, or after some seconds."""
        super().shutdown()
        self.loop.call_later(GRACE, self.transport.abort)


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
    app: Any, limits: RequestLimits, problems: Mapping[str, Problem], record: Record, **options: Any
) -> uvicorn.Config:
    """Return how uvicorn serves a sandbox; `options` are more of uvicorn's.

    `record` records the answers to what is refused before the sandbox reads it.
    """
    return uvicorn.Config(
        app,
        http=_connecting(limits, problems, record),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # what a proxy adds would count as the address of the client
        **options,
    )


def _connecting(limits: RequestLimits, problems: Mapping[str, Problem], record: Record) -> type[asyncio.Protocol]:
    """Return the class of connections for uvicorn."""
    answers = {name: answer_of(refusal(problems[name])) for name in get_args(ProblemName)}
    made = partial(Connection, limits=limits, answers=answers, record=record)
    return cast("type[asyncio.Protocol]", made)


def _response(answer: Answer, request_id: str) -> bytes:
    """Write an answer as a whole HTTP response, which closes the connection."""
    lines = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"content-type: {answer.content_type}",
        f"content-length: {len(answer.body)}",
        f"{HEADER.decode()}: {request_id}",
        "connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + answer.body
