"""Connections: they read requests and write answers, and are limited in size, time and number.

A request is answered in the turn of the event loop in which it arrives. With a task for each request and the messages
of ASGI, the shortest answer takes a third more time.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Mapping
from typing import Any

from uvicorn.server import ServerState

from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.web.http_responses import head_of
from lp_sandbox.web.request_limits import ProblemName, RequestLimits
from lp_sandbox.web.request_reader import RequestReader, Unreadable
from lp_sandbox.web.responder import Responder

LINGER = 2
"""Seconds in which a refused client can read the answer. If the socket closed at once, the answer could be lost."""
GRACE = 2
"""Seconds that open requests have when the server stops."""
SPARE = 100
"""How many connections above the limit get an answer. More are closed without one, so that sockets do not run out."""
IDLE = 5
"""Seconds that a connection stays open after an answer if no other request arrives."""
PROCEED = b"HTTP/1.1 100 Continue\r\n\r\n"

log = logging.getLogger("lp-sandbox")


class Connection(asyncio.Protocol):
    """A connection that refuses large headers, closes when the client is slow, and is one of a limited number."""

    def __init__(
        self,
        *,
        server_state: ServerState,
        responder: Responder,
        limits: RequestLimits,
        refusals: Mapping[ProblemName, Answer],
        **_: Any,
    ) -> None:
        """Take what uvicorn passes to a connection, and the answer to each problem."""
        self._server_state, self._responder = server_state, responder
        self._limits, self._refusals = limits, refusals
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport
        self._reader: RequestReader
        self._is_answering = self._is_refused = self._is_stopping = False
        self._is_reading_paused = self._is_writing_paused = False
        self._waiting_since: float | None = None
        """When the server began to wait for a request."""
        self._idle_since = 0.0
        """When the last answer was sent."""
        self._unsent, self._unsent_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as asyncio
        """Refuse a connection above the limit."""
        self.transport = transport
        client, is_secure = transport.get_extra_info("peername"), transport.get_extra_info("ssl_object") is not None
        address, scheme = client[0] if isinstance(client, tuple) else "", "https" if is_secure else "http"
        self._reader = RequestReader(self._responder, self._limits.head, address, scheme, self._proceed)
        # asyncio does it only where the socket names its protocol; without it an answer can wait 40 ms for the client
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting_since = self._loop.time()
        connections: set[Any] = self._server_state.connections  # uvicorn only calls `shutdown` of each
        connections.add(self)
        excess = len(connections) - self._limits.connections
        if excess > SPARE:
            transport.abort()
        elif excess > 0:
            self._refuse("connections_are_few")

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the requests that have no answer yet."""
        connections: set[Any] = self._server_state.connections
        connections.discard(self)
        self._reader.close()

    def data_received(self, data: bytes) -> None:
        """Read the bytes that arrived, and answer the first request of which they are the end."""
        if self._is_refused:
            return
        if self._waiting_since is None:
            self._waiting_since = self._loop.time()
        requests, problem = self._reader.complete, None
        before = len(requests)
        try:
            self._reader.feed(data)
        except Unreadable as unreadable:
            problem = unreadable.problem
        if len(requests) > before:
            self._waiting_since = self._loop.time() if self._reader.has_begun else None
            self._answer_next()
        if problem:
            self._refuse(problem)

    def _proceed(self) -> None:
        """Send `100 Continue` to a client that waits to send the body."""
        if not self._reader.complete:
            self.transport.write(PROCEED)

    def _answer_next(self) -> None:
        """Answer the next request, unless the client must read an answer first. Others wait for the next turn."""
        requests = self._reader.complete
        if not requests or self._is_answering or self._is_writing_paused or self.transport.is_closing():
            return
        self._is_answering = True
        self._responder.respond(requests[0][0], self._send)
        self._pause_reading(is_paused=len(requests) > 1)

    def _pause_reading(self, *, is_paused: bool) -> None:
        """Take no more requests of a client while one of them has no answer."""
        if is_paused != self._is_reading_paused and not self.transport.is_closing():
            self._is_reading_paused = is_paused
            (self.transport.pause_reading if is_paused else self.transport.resume_reading)()

    def _send(self, answer: Answer) -> None:
        """Send the answer to the first request."""
        requests = self._reader.complete
        if not requests:  # the connection is lost
            return
        request, keeps_alive = requests.popleft()
        self._is_answering = False
        self._write(answer, has_body=request.method != "HEAD", keeps_alive=keeps_alive and not self._is_stopping)
        self._idle_since = self._loop.time()
        if requests:
            self._loop.call_soon(self._answer_next)
        else:
            self._pause_reading(is_paused=False)

    def _write(self, answer: Answer, *, has_body: bool, keeps_alive: bool) -> None:
        try:
            head = head_of(answer, self._server_state.default_headers, keeps_alive=keeps_alive)
        except ValueError:
            log.exception("An answer could not be sent.")
            self.transport.abort()
            return
        self.transport.writelines((head, answer.body) if has_body else (head,))
        if not keeps_alive:
            self._reader.complete.clear()
            self.transport.close()

    def pause_writing(self) -> None:
        """Send no more answers while the client does not read those that it has."""
        self._is_writing_paused = True

    def resume_writing(self) -> None:
        """Send answers again."""
        self._is_writing_paused = False
        self._answer_next()

    def check(self, now: float) -> None:
        """Close the connection if its client has been too slow to send a request or to read an answer."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        elif now - self._unsent_since > self._limits.seconds:
            self.transport.abort()
        if self._waiting_since is None:
            if not (unsent or self._reader.complete) and now - self._idle_since > IDLE:
                self.transport.close()
        elif now - self._waiting_since > self._limits.seconds:
            if self._reader.has_begun:
                self._refuse("request_arrives_in_time")
            else:
                self.transport.close()

    def _refuse(self, problem: ProblemName) -> None:
        """Answer with a problem, and stop reading. Close the connection if an earlier request has no answer yet."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        if self._reader.complete:
            self._reader.complete.clear()
            self.transport.close()
            return
        seconds = 0.0 if self._waiting_since is None else self._loop.time() - self._waiting_since
        answer = self._responder.record_refusal(self._refusals[problem], seconds)
        head = head_of(answer, self._server_state.default_headers, keeps_alive=False)
        self.transport.writelines((head, answer.body))
        self.transport.write_eof()
        self._loop.call_later(LINGER, self.transport.abort)

    def shutdown(self) -> None:
        """Close when the request is answered, or after some seconds."""
        self._is_stopping = True
        if not self._reader.complete:
            self.transport.close()
        self._loop.call_later(GRACE, self.transport.abort)
