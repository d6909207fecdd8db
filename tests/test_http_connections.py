"""What clients see of a connection: the order of answers, bodies that arrive in parts, and when it closes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import raw_socket
from client import client
from listening_sandbox import listening
from sandbox_process import NEW
from test_server import Server, serving

from lp_sandbox.app import in_memory
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.web import connections
from lp_sandbox.web.http_responses import head_of
from lp_sandbox.worlds.store import Unavailable

STATEMENTS, PARTNERSHIPS = "/api/v3/statements", "/api/v3/partnerships"
PARTNERSHIP = json.dumps({"data": {"attributes": NEW}}).encode()
Read = tuple[int, dict[str, str], bytes]
"""The status, headers and body of an answer."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("connections") / "sandbox.sqlite3"
    with serving("--store", f"sqlite:///{file}", "--size", "small") as server:
        yield server


def request(server: Any, method: str, path: str, body: bytes = b"", **headers: object) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    length = {"Content-Length": len(body)} if body and "Transfer-Encoding" not in named else {}
    usual = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    return raw_socket.head(method, path, usual | length | named) + body


def answers(received: bytes, *methods: str) -> list[Read]:
    """Split what was received into the answers to requests with these methods, which must be all."""
    read = []
    for method in methods:
        head, _, received = received.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        headers = dict(field.split(": ", 1) for field in fields)
        size = 0 if method == "HEAD" else int(headers["content-length"])
        read.append((int(line.split()[1]), headers, received[:size]))
        received = received[size:]
    assert received == b""
    return read


def test_answers_are_sent_in_the_order_of_their_requests(server: Server):
    sent = [
        request(server, "GET", STATEMENTS, X_Request_Id="0"),
        request(server, "POST", PARTNERSHIPS, PARTNERSHIP, X_Request_Id="1"),
        request(server, "GET", f"{PARTNERSHIPS}?page[per_page]=3000", X_Request_Id="2"),
        request(server, "POST", PARTNERSHIPS, PARTNERSHIP, X_Request_Id="3"),
        request(server, "GET", STATEMENTS, X_Request_Id="4", Connection="close"),
    ]
    read = answers(raw_socket.answer(server, b"".join(sent)), "GET", "POST", "GET", "POST", "GET")
    assert [(status, headers["x-request-id"]) for status, headers, _ in read] == [
        (200, "0"),
        (200, "1"),
        (200, "2"),
        (422, "3"),
        (200, "4"),
    ]
    created, listed = (json.loads(body)["data"] for _, _, body in read[1:3])
    assert created["id"] in [each["id"] for each in listed]


def test_an_answer_to_head_has_the_length_of_the_body_and_no_body(server: Server):
    sent = request(server, "HEAD", STATEMENTS) + request(server, "GET", STATEMENTS, Connection="close")
    (_, without, _), (_, headers, body) = answers(raw_socket.answer(server, sent), "HEAD", "GET")
    assert without["content-length"] == headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_connection_that_the_client_does_not_keep_closes_after_the_answer(server: Server, sent: bytes):
    start = time.monotonic()
    [(_, headers, _)] = answers(raw_socket.answer(server, sent + sent), "GET")
    assert headers["connection"] == "close"
    assert time.monotonic() - start < connections.IDLE


def test_a_connection_without_a_further_request_closes_soon(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "IDLE", 0.1)
    with listening() as url:
        [(status, headers, _)] = answers(raw_socket.answer(SimpleNamespace(url=url), b"GET / HTTP/1.1\r\n\r\n"), "GET")
    assert (status, headers.get("connection")) == (200, None)


def test_a_client_that_waits_to_send_its_body_gets_100_continue(server: Server):
    with raw_socket.opened(server) as connection:
        sent = request(server, "POST", PARTNERSHIPS, PARTNERSHIP, Expect="100-continue", Connection="close")
        head, end, body = sent.partition(b"\r\n\r\n")
        connection.sendall(head + end)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        [(status, _, _)] = answers(raw_socket.rest(connection), "POST")
    assert status in {200, 422}


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_request_can_arrive_in_pieces_of_any_size(server: Server, size: int):
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (PARTNERSHIP[:9], PARTNERSHIP[9:], b""))
    chunked = {"Transfer_Encoding": "chunked", "Connection": "close"}
    sent = request(server, "GET", STATEMENTS) + request(server, "POST", PARTNERSHIPS, chunks, **chunked)
    with raw_socket.opened(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), size):
            connection.sendall(sent[start : start + size])
        (first, _, _), (second, _, body) = answers(raw_socket.rest(connection), "GET", "POST")
    assert (first, second in {200, 422}) == (200, True), body


def test_what_a_client_wrote_that_has_left_is_saved(server: Server):
    body = json.dumps({"id": "left-behind", "size": "small"}).encode()
    with raw_socket.opened(server) as connection:
        connection.sendall(request(server, "POST", "/_sandbox/worlds", body, Host=server.host))
    for _ in range(50):
        if "left-behind" in server.send("GET", "/_sandbox/worlds").text:
            return
        time.sleep(0.1)
    pytest.fail("The world was not made.")


def test_requests_wait_while_their_client_does_not_read():
    app = in_memory()
    ashdown = client(app)
    answered: list[str] = []
    answer = app.answer
    app.responder._respond = lambda request, deliver: (answered.append(request.path), deliver(answer(request)))  # noqa: SLF001
    sent = request(ashdown, "GET", "/api/v3/schools?filter[cohort]=2026&page[per_page]=3000")
    many = 200
    with listening(app) as url, raw_socket.opened(SimpleNamespace(url=url)) as connection:
        connection.sendall(sent * many)
        before = -1
        while before < len(answered):
            before = len(answered)
            time.sleep(0.5)
        assert 0 < before < many
        while len(answered) < many:
            assert connection.recv(1024 * 1024)


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\0b"])
def test_a_header_that_would_be_more_than_one_is_never_sent(value: bytes):
    with pytest.raises(ValueError, match="location"):
        head_of(Answer(302, b"", headers=((b"location", value),)), (), keeps_alive=True)


def test_a_store_that_fails_before_the_edition_is_known_refuses_the_request(monkeypatch: pytest.MonkeyPatch):
    def fails(_: str) -> None:
        raise Unavailable("the disk is gone")

    app = in_memory()
    monkeypatch.setattr(app.worlds, "opened_by", fails)
    with listening(app) as url:
        answer = httpx.post(f"{url}/api/v3/participant-declarations", headers={"authorization": "Bearer unknown"})
    assert answer.status_code == 503
