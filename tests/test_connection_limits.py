"""The limits of a running sandbox: the size of headers, the time to send a request, and open connections."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

import pytest
import raw_socket
from client import register
from test_server import Server, run, serving

from lp_sandbox.web import request_limits
from lp_sandbox.web.connections import SPARE

PROBLEMS = register().controls.problems
HEAD, SECONDS, CONNECTIONS = 4096, 1.0, 5
OPTIONS = (
    *("--max-header-size", str(HEAD), "--request-timeout", str(SECONDS), "--max-connections", str(CONNECTIONS)),
    *("--store", "memory", "--size", "small"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(*OPTIONS) as server:
        yield server


@pytest.fixture(autouse=True)
def _is_well_afterwards(server: Server) -> Iterator[None]:
    """Whatever was sent, other clients get an answer as soon as the connections are closed."""
    yield
    for _ in range(50):
        answer = server.send("GET", "/api/v3/statements")
        if answer.status_code == 200:
            return
        time.sleep(0.1)
    assert answer.status_code == 200


def padded(path: str, size: int, **headers: object) -> bytes:
    """A request whose first line and headers are so large."""
    named = {"Connection": "close", **headers}
    bare = raw_socket.head("GET", path, named | {"Padding": ""})
    return raw_socket.head("GET", path, named | {"Padding": "x" * (size - len(bare))})


LINE = len("GET  HTTP/1.1\r\n") + len("\r\n")
"""What is counted of a request's head is its path and headers."""


def test_headers_up_to_the_limit_are_read(server: Server):
    assert raw_socket.status(raw_socket.answer(server, padded("/api/v3/statements", HEAD + LINE))) == 401
    assert raw_socket.status(raw_socket.answer(server, padded("/api/v3/statements", HEAD + LINE + 1))) == 431


ENDLESS = b"x" * 1024 * 1024
"""More than the server reads at once."""


def heads_too_large() -> dict[str, bytes]:
    start = b"GET / HTTP/1.1\r\n"
    chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    return {
        "a large header": padded("/", HEAD * 2),
        "a header without an end": start + b"A: " + ENDLESS,
        "a name without an end": start + ENDLESS,
        "many headers": start + b"A: b\r\n" * HEAD + b"\r\n",
        "many headers without an end": start + b"A: b\r\n" * len(ENDLESS),
        "a long path": b"GET /" + b"x" * HEAD * 2 + b" HTTP/1.1\r\n\r\n",
        "a path without an end": b"GET /" + ENDLESS,
        "a long query": b"GET /?" + b"x" * HEAD * 2 + b" HTTP/1.1\r\n\r\n",
        "a large header after the body": chunked + b"0\r\nA: " + ENDLESS,
        "many headers after the body": chunked + b"0\r\n" + b"A: b\r\n" * len(ENDLESS),
        "a chunk with a long extension": chunked + b"1;a=" + ENDLESS,
    }


@pytest.mark.parametrize("case", heads_too_large())
def test_larger_headers_are_refused(server: Server, case: str):
    assert raw_socket.is_problem(raw_socket.answer(server, heads_too_large()[case]), PROBLEMS["head_is_small"])


def test_a_request_that_is_refused_before_it_is_read_has_an_id_and_is_counted(server: Server):
    answer = raw_socket.answer(server, padded("/", HEAD * 2))
    assert b"\r\nx-request-id: " in answer
    metrics = server.send("GET", "/_sandbox/metrics").text
    assert 'lp_sandbox_refusals_total{edition="other",operation="other",rule="head_is_small"}' in metrics


def test_a_client_that_sends_endless_headers_holds_nobody_up(server: Server):
    with raw_socket.opened(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nA: ")
        start, slowest = time.monotonic(), 0.0
        with pytest.raises(OSError):
            while time.monotonic() - start < 20:
                connection.sendall(b"x" * 1024 * 1024)
                before = time.monotonic()
                server.send("GET", "/api/v3/statements")
                slowest = max(slowest, time.monotonic() - before)
        assert slowest < 2


def test_a_large_body_is_not_taken_for_a_large_header(server: Server):
    answer = server.send("POST", "/api/v3/partnerships", content=b" " * 1_000_000)
    assert answer.status_code == 400
    assert "Correct json data structure required" in answer.text


def test_many_requests_on_one_connection_are_each_counted_by_themselves(server: Server):
    request = padded("/api/v3/statements", HEAD // 2, Connection="keep-alive")
    last = padded("/api/v3/statements", HEAD // 2)
    assert raw_socket.answer(server, request * 20 + last).count(b"HTTP/1.1 401") == 21


SLOW = {
    "half a head": b"GET /api/v3/statements HTTP/1.1\r\n",
    "half a body": b"POST /_sandbox/worlds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
    "half a body in chunks": b"POST /_sandbox/worlds HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


@pytest.mark.parametrize("case", SLOW)
def test_a_request_that_does_not_arrive_in_time_is_refused(server: Server, case: str):
    start = time.monotonic()
    assert raw_socket.is_problem(raw_socket.answer(server, SLOW[case]), PROBLEMS["request_arrives_in_time"])
    assert SECONDS < time.monotonic() - start < SECONDS + 4


def test_a_client_that_sends_a_little_from_time_to_time_is_refused_too(server: Server):
    with raw_socket.opened(server) as connection:
        connection.settimeout(0.2)
        connection.sendall(SLOW["half a head"])
        start, answered = time.monotonic(), b""
        while not answered and time.monotonic() - start < SECONDS + 4:
            connection.sendall(b"A: b\r\n")
            try:
                answered = connection.recv(65536)
            except TimeoutError:
                continue
    assert raw_socket.status(answered) == 408


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"])
def test_a_connection_without_a_request_is_closed_without_an_answer(server: Server, sent: bytes):
    assert raw_socket.answer(server, sent) == b""


def test_a_connection_on_which_a_request_was_answered_is_closed_too(server: Server):
    with raw_socket.opened(server) as connection:
        connection.sendall(padded("/api/v3/statements", 500, Connection="keep-alive"))
        connection.sendall(b"GET")
        assert raw_socket.is_problem(last(raw_socket.rest(connection)), PROBLEMS["request_arrives_in_time"])


def last(answers: bytes) -> bytes:
    """The last of several answers."""
    return b"HTTP" + answers.rpartition(b"HTTP")[2]


def test_a_client_that_does_not_read_its_answer_is_given_up():
    with serving(
        "--request-timeout", "1", "--store", "memory", "--size", "standard", "--max-connections", "1"
    ) as server:
        address = server.host.split(":")
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((address[0], int(address[1])))
            path = "/api/v3/schools?filter[cohort]=2026&page[per_page]=3000"
            connection.sendall(raw_socket.head("GET", path, server.headers) * 40)
            codes = set()
            for _ in range(60):
                codes.add(server.send("GET", "/api/v3/statements").status_code)
                if 200 in codes:
                    break
                time.sleep(0.2)
            assert codes == {503, 200}


def test_one_connection_too_many_is_refused_and_the_others_go_on(server: Server):
    with ExitStack() as stack:
        others = [stack.enter_context(raw_socket.opened(server)) for _ in range(CONNECTIONS)]
        time.sleep(0.2)
        answered = raw_socket.answer(server, padded("/api/v3/statements", 500))
        assert raw_socket.is_problem(answered, PROBLEMS["connections_are_few"])
        others[0].sendall(padded("/api/v3/statements", 500))
        assert raw_socket.status(raw_socket.rest(others[0])) == 401


def test_very_many_connections_are_closed_without_a_word(server: Server):
    def closed() -> bytes:
        try:
            return raw_socket.answer(server, b"")
        except OSError:
            return b""

    with ExitStack() as stack:
        for _ in range(CONNECTIONS + SPARE):
            stack.enter_context(raw_socket.opened(server))
        assert closed() == b""


def test_the_limits_are_in_the_help_and_in_the_contract():
    helped = " ".join(run("serve", "--help").stdout.split())
    usual = request_limits.RequestLimits()
    for option, default in (
        ("--max-header-size", usual.head),
        ("--request-timeout", usual.seconds),
        ("--max-connections", usual.connections),
    ):
        assert re.search(rf"{option} \w+ [^\[]*\[env var: \w+; default: {default}", helped), option
        assert any(option in problem.when for problem in PROBLEMS.values())
    assert set(get_args(request_limits.ProblemName)) < PROBLEMS.keys()
