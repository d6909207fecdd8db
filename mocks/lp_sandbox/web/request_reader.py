"""Reads requests from the bytes of a connection. httptools parses them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httptools
import msgspec

from lp_sandbox.request.request_and_answer import Request
from lp_sandbox.web.hosts import headers_of, scheme_of
from lp_sandbox.web.request_limits import ProblemName
from lp_sandbox.web.responder import Responder

SHORT = 4096
"""The most bytes that are compared with those of the latest request."""
SPECIAL = {b"expect", b"upgrade"}
"""Headers of requests that are parsed each time, because they do something while they arrive."""


class Unreadable(Exception):  # noqa: N818 - says what the bytes are
    """The bytes are no request, or its head is too large."""

    def __init__(self, problem: ProblemName) -> None:
        """Take the problem for which they are refused."""
        super().__init__(problem)
        self.problem = problem


class RequestReader:
    """Reads the requests of one connection, with heads and bodies that are limited."""

    def __init__(
        self, responder: Responder, largest_head: int, client: str, scheme: str, proceed: Callable[[], None]
    ) -> None:
        """Take the client's address, and a function to call when the client waits to send the body."""
        self._responder, self._largest_head = responder, largest_head
        self._client, self._scheme, self._proceed = client, scheme, proceed
        self._parser: Any = self._new_parser()
        self.complete: deque[tuple[Request, bool]] = deque()
        """Requests that have arrived, and whether the connection can stay open after each."""
        self.has_begun = False
        """Whether a part of a request has arrived."""
        self._is_head_large = False
        self._read = 0
        """How many bytes arrived last."""
        self._held = 0
        """How many bytes arrived since the parser last passed something on. It may hold them."""
        self._last: tuple[bytes, Request] | None = None
        """The bytes of the latest request if they arrived in one piece, and the request."""
        self._begin()

    def _new_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)  # nobody reads what follows the last request
        return parser

    def _begin(self) -> None:
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] | deque[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._size, self._largest_body = 0, 0

    def close(self) -> None:
        """Forget the requests that are complete, and the parser, which refers to the reader. Nothing is fed later."""
        self.complete.clear()
        self._parser = None

    def feed(self, data: bytes) -> None:
        """Read the bytes that arrived. Raises Unreadable."""
        if self._last and data == self._last[0]:
            request, id_ = self._last[1], self._responder.id_of(self._last[1].headers)
            self.complete.append((msgspec.structs.replace(request, id=id_, is_repeated=True), True))
            return
        is_beginning, before = not self.has_begun, len(self.complete)
        self._feed(data)
        is_whole = is_beginning and not self.has_begun and len(self.complete) == before + 1
        self._last = (data, self.complete[-1][0]) if is_whole and self._can_come_again(data) else None

    def _can_come_again(self, data: bytes) -> bool:
        """Whether the same bytes need not be parsed when the client sends them again."""
        return len(data) <= SHORT and self._keeps_alive and not self._by_name.keys() & SPECIAL

    def _feed(self, data: bytes) -> None:
        self._read = len(data)
        self._held += self._read
        try:
            self._parse(data)
        except httptools.HttpParserError:
            raise Unreadable("head_is_small" if self._is_head_large else "request_is_http") from None
        if self._held > self._largest_head:
            raise Unreadable("head_is_small")

    def _parse(self, data: bytes) -> None:
        """Parse bytes. A request to upgrade is read as any other. Raises HttpParserError.

        The parser takes the body of such a request for the other protocol. Java's client requests HTTP/2 in this way.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            method = self._parser.get_method()
            if method == b"CONNECT":
                raise httptools.HttpParserError from upgrade
            headers = [b"%b: %b\r\n" % header for header in self._headers if header[0] != b"upgrade"]
            head = b"%b %b HTTP/1.1\r\n%b\r\n" % (method, self._url, b"".join(headers))
            self._parser = self._new_parser()
            self._parse(head + data[upgrade.args[0] :])

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self.has_begun = True
        self._held = 0
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Take the head. Raises OverflowError when it is too large, which stops the parser."""
        if self._held + self._read > self._largest_head and self._head_size() > self._largest_head:
            self._is_head_large = True
            raise OverflowError
        if self._parser.should_upgrade():  # it is parsed once more
            return
        self._held = 0
        parser, url = self._parser, httptools.parse_url(self._url)
        path = url.path.decode("ascii")
        self._method, self._path = parser.get_method().decode("ascii"), unquote(path) if "%" in path else path
        self._query = url.query.decode("latin-1") if url.query else ""
        self._keeps_alive = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        self._by_name = headers_of(self._headers)
        self._headers = deque(maxlen=0)  # of headers after the body, which no code reads
        if self._method not in ("GET", "HEAD"):
            self._largest_body = self._responder.largest_body(self._path)
        if self._by_name.get(b"expect", b"").lower() == b"100-continue":
            self._proceed()

    def _head_size(self) -> int:
        return len(self._url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self._headers)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, unless the body is too large."""
        self._held = 0
        self._size += len(body)
        if self._size <= self._largest_body:
            self._body += body

    def on_message_complete(self) -> None:
        """Add the request to those that are complete."""
        if self._parser.should_upgrade():
            return
        self.has_begun, self._held = False, 0
        headers = self._by_name
        is_read = self._size <= self._largest_body or not self._largest_body
        request = Request(
            method=self._method,
            path=self._path,
            query=self._query,
            headers=headers,
            body=bytes(self._body) if is_read else None,
            client=self._client,
            scheme=scheme_of(self._scheme, headers),
            id=self._responder.id_of(headers),
        )
        self.complete.append((request, self._keeps_alive))
