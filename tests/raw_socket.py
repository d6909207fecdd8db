"""Bytes to a running sandbox and what comes back, for requests that no client library would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from test_server import Server

from lp_contract.contract import Problem
from lp_sandbox.request.refusals import refusal

SECONDS = 10


@contextmanager
def opened(server: Server) -> Iterator[socket.socket]:
    """A connection to a sandbox."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), SECONDS) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the sandbox closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def answer(server: Server, sent: bytes) -> bytes:
    """What the sandbox answers to bytes until it closes the connection."""
    with opened(server) as connection:
        connection.sendall(sent)
        return rest(connection)


def status(answered: bytes) -> int:
    """The status of an answer; 0 where there is none."""
    return int(answered.split(b" ", 2)[1]) if answered else 0


def head(method: str, path: str, headers: Mapping[str, object]) -> bytes:
    """The first line and the headers of a request."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def is_problem(answered: bytes, problem: Problem) -> bool:
    """Whether an answer is that of a problem of the contract."""
    body = answered.partition(b"\r\n\r\n")[2]
    expected = json.loads(refusal(problem).body)
    return status(answered) == problem.status and expected.items() <= json.loads(body).items()
