"""A request that does not arrive as a whole changes nothing, and no fault comes of it."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import raw_socket
from client import register
from test_server import BODY, Server, serving

PROBLEMS = register().controls.problems
NEW_WORLD = b'{"id": "half-made", "size": "small"}'
PARTNERSHIP = json.dumps(BODY).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--store", "memory", "--size", "small") as server:
        yield server


def state(server: Server) -> tuple[list[str], list[str]]:
    """The worlds and partnerships that there are."""
    worlds = server.send("GET", "/_sandbox/worlds").json()
    partnerships = server.send("GET", "/api/v3/partnerships?page[per_page]=3000").json()["data"]
    return [world["id"] for world in worlds], [partnership["id"] for partnership in partnerships]


def requests(server: Server) -> dict[str, tuple[str, bytes]]:
    """What would change something, if it arrived as a whole: its path and body."""
    return {"a world": ("/_sandbox/worlds", NEW_WORLD), "a partnership": ("/api/v3/partnerships", PARTNERSHIP)}


def head(server: Server, path: str, **headers: object) -> bytes:
    host = {"Host": server.host, "Content-Type": "application/json"}
    authorization = {"Authorization": f"Bearer {server.token}"}
    return raw_socket.head("POST", path, host | authorization | {n.replace("_", "-"): v for n, v in headers.items()})


def short(server: Server, path: str, body: bytes) -> bytes:
    return head(server, path, Content_Length=len(body) + 1) + body


def unended(server: Server, path: str, body: bytes) -> bytes:
    return head(server, path, Transfer_Encoding="chunked") + b"%x\r\n%b\r\n" % (len(body), body)


def malformed(server: Server, path: str, body: bytes) -> bytes:
    return unended(server, path, body) + b"nonsense\r\n"


def headless(server: Server, path: str, body: bytes) -> bytes:
    return head(server, path, Content_Length=len(body))[:-2]


HALVES = [short, unended, malformed, headless]


@pytest.mark.parametrize("ending", ["close", "reset", "half-close"])
@pytest.mark.parametrize("what", ["a world", "a partnership"])
@pytest.mark.parametrize("half", HALVES)
def test_an_incomplete_request_changes_nothing(server: Server, half, what: str, ending: str):
    before = state(server)
    with raw_socket.opened(server) as connection:
        connection.sendall(half(server, *requests(server)[what]))
        if ending == "half-close":
            connection.shutdown(socket.SHUT_WR)
            assert raw_socket.status(raw_socket.rest(connection)) in (0, 400)
        if ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert state(server) == before


def test_the_same_request_as_a_whole_changes_something(server: Server):
    worlds, partnerships = state(server)
    for path, body in requests(server).values():
        sent = head(server, path, Content_Length=len(body), Connection="close") + body
        assert raw_socket.status(raw_socket.answer(server, sent)) in (200, 201)
    after = state(server)
    assert (len(after[0]), len(after[1])) == (len(worlds) + 1, len(partnerships) + 1)


def test_a_malformed_chunk_is_answered_with_the_problem_of_the_contract(server: Server):
    answered = raw_socket.answer(server, malformed(server, "/_sandbox/worlds", NEW_WORLD))
    assert raw_socket.is_problem(answered, PROBLEMS["request_is_http"])


MALFORMED = {
    "nothing like HTTP": b"hello\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303"),
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "a path beyond ASCII": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "an authority": b"CONNECT elsewhere.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "no name of a header": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a header of two lines": b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
    "a length that is no number": b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "a length longer than any": b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown encoding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    "NUL": b"GET /\x00 HTTP/1.1\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n",
}
STRANGE = {
    "no version": b"GET /\r\n\r\n",
    "a path that is no URL": b"GET * HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a header beyond ASCII": b"GET /api/v3/schools HTTP/1.1\r\nAuthorization: \xff\r\nConnection: close\r\n\r\n",
    "a query beyond ASCII": b"GET /reference?\xff HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a query with a line break": b"GET /reference?%0d%0aA: HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a query with DEL": b"GET /reference?\x7f HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an encoded path beyond UTF-8": b"GET /%ff%fe%00 HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a whole URL": b"GET http://127.0.0.1/api/v3/schools HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
    "a method that nobody knows": b"PROPFIND / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "chunks with trailers": (
        b"POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nA: b\r\n\r\n"
    ),
}


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Iterator[Server]:
    """A sandbox of which all is read that it prints."""
    site = tmp_path_factory.mktemp("site")
    (site / "reference").mkdir()
    for page in ("index.html", "reference/index.html"):
        (site / page).write_text("a page")
    with serving("--store", "memory", "--size", "small", "--site", str(site)) as server:
        yield server


@pytest.mark.parametrize("case", MALFORMED)
def test_bytes_that_are_not_http_get_a_400(watched: Server, case: str):
    assert raw_socket.is_problem(raw_socket.answer(watched, MALFORMED[case]), PROBLEMS["request_is_http"])


@pytest.mark.parametrize("case", STRANGE)
def test_what_is_strange_but_http_is_answered(watched: Server, case: str):
    assert raw_socket.status(raw_socket.answer(watched, STRANGE[case])) in (200, 308, 400, 401, 404)


def test_a_body_is_read_whole_although_an_upgrade_was_offered(watched: Server):
    body = b'{"id": "upgraded", "size": "small"}'
    upgrade = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    first = head(watched, "/_sandbox/worlds", Content_Length=len(body), **upgrade) + body
    second = raw_socket.head("DELETE", "/_sandbox/worlds/upgraded", {"Host": watched.host, "Connection": "close"})
    answered = raw_socket.answer(watched, first + second)
    assert answered.count(b"HTTP/1.1 201") == answered.count(b"HTTP/1.1 204") == 1


def test_a_client_that_is_gone_leaves_no_traceback(watched: Server):
    """Run after the tests above, so that what they sent left none either."""
    big = raw_socket.head("GET", "/api/v3/schools?filter[cohort]=2026&page[per_page]=3000", watched.headers)
    for sent in (
        big,
        short(watched, "/_sandbox/worlds", NEW_WORLD),
        head(watched, "/_sandbox/worlds", Content_Length=9),
    ):
        for _ in range(20):
            with raw_socket.opened(watched) as connection:
                connection.sendall(sent)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    state(watched)
    watched.process.terminate()
    printed = watched.process.stdout.read()
    assert "Traceback" not in printed
    assert "rror" not in printed


def test_half_sent_requests_do_not_delay_the_end_by_more_than_five_seconds():
    with serving("--store", "memory", "--size", "small") as server, ExitStack() as stack:
        halves = [half(server, "/_sandbox/worlds", NEW_WORLD) for half in (short, unended, headless)]
        unread = raw_socket.head("GET", "/api/v3/schools?filter[cohort]=2026&page[per_page]=3000", server.headers) * 50
        for sent in (*halves, unread, b""):
            stack.enter_context(raw_socket.opened(server)).sendall(sent)
        time.sleep(0.2)
        start = time.monotonic()
        server.process.terminate()
        printed = server.process.stdout.read()
        server.process.wait(10)
        assert time.monotonic() - start < 5
        assert printed.strip() == "Stopped."
