"""A request that a connection brings again is not parsed again, and is read as before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import httptools
import pytest
from hypothesis import example, given
from hypothesis.strategies import lists, sampled_from

from lp_sandbox.request.request_and_answer import Request
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.web.request_limits import RequestLimits
from lp_sandbox.web.request_reader import SHORT, RequestReader, Unreadable
from lp_sandbox.web.responder import Responder

GET = b"GET /a?b=c HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
PIECES = [
    GET,
    GET[:10],
    GET[10:],
    GET + GET,
    GET + POST[:20],
    POST,
    POST[20:],
    b"POST /b HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(GET),
    b"POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
    b"GET /u HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    b"GET /l HTTP/1.1\r\nX: %b\r\n\r\n" % (b"x" * SHORT),
    b"GET /o HTTP/1.0\r\n\r\n",
    b"\r\n",
]


OF_ONE = ("id", "is_repeated")
"""What differs between requests with the same bytes."""


def reader(proceeds: list[str]) -> RequestReader:
    responder = Responder(lambda *_: None, Metrics(), lambda _: 1024)
    return RequestReader(responder, RequestLimits().head, "127.0.0.1", "http", lambda: proceeds.append("100"))


def read(pieces: Sequence[bytes], *, forgets: bool) -> tuple[list[Any], list[str]]:
    """Return what a reader reads of pieces, without the ids, and what it says meanwhile."""
    proceeds: list[str] = []
    each = reader(proceeds)
    for piece in pieces:
        if forgets:
            each._last = None  # noqa: SLF001
        try:
            each.feed(piece)
        except Unreadable as unreadable:
            proceeds.append(unreadable.problem)
            break
    requests = [(*without_id(request), keeps_alive) for request, keeps_alive in each.complete]
    return [*requests, each.has_begun], proceeds


def without_id(request: Request) -> tuple[Any, ...]:
    return tuple(getattr(request, name) for name in Request.__struct_fields__ if name not in OF_ONE)


@given(lists(sampled_from(PIECES), max_size=6))
@example([GET, PIECES[7], GET])  # the second GET is the body of a POST
@example([POST, POST])
@example([GET[:10], GET[10:], GET[10:]])  # the last piece is no request
@example([GET + GET, GET + GET])
def test_requests_are_read_as_by_a_reader_that_forgets(pieces: list[bytes]):
    assert read(pieces, forgets=False) == read(pieces, forgets=True)


@pytest.mark.parametrize("request_", [GET, POST])
def test_the_same_bytes_are_parsed_once_and_each_request_has_its_id(request_: bytes, monkeypatch: pytest.MonkeyPatch):
    each, urls = reader([]), count()
    monkeypatch.setattr(httptools, "parse_url", lambda url, parse=httptools.parse_url: (next(urls), parse(url))[1])
    for _ in range(3):
        each.feed(request_)
    assert next(urls) == 1
    assert len({request.id for request, _ in each.complete}) == 3
    assert [request.is_repeated for request, _ in each.complete] == [False, True, True]
