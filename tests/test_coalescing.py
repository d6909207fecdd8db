"""Of identical requests that arrive at the same moment, one is answered, and all get its answer."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from client import CLOCK, Client, client, register
from test_server import BODY as PARTNERSHIP
from test_server import Server, serving

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.coalescing import TURNS, Coalescing
from lp_sandbox.web.responder import Deliver

OPERATIONS = register().contract.operations
DECLARATION = OPERATIONS["createDeclaration"].request_example
DECLARATIONS, PARTNERSHIPS = "/api/v3/participant-declarations", "/api/v3/partnerships"

StatusAndBody = tuple[int, bytes]


async def send(who: Client, path: str, body: Any, **headers: str) -> StatusAndBody:
    """Send a POST as a server does: in a task of its own."""
    sent = {"authorization": f"Bearer {who.token}", "content-type": "application/json"} | headers
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 50000),
    }
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def record(message: Any) -> None:
        messages.append(message)

    await who.app(scope, receive, record)
    return messages[0]["status"], messages[1]["body"]


def send_together(*requests: Any) -> list[StatusAndBody]:
    async def together() -> list[StatusAndBody]:
        return await asyncio.gather(*requests)

    return asyncio.run(together())


def changed(**attributes: str) -> Any:
    return {"data": {"attributes": {**DECLARATION["data"]["attributes"], **attributes}}}


def test_identical_declarations_at_the_same_moment_become_one_and_get_the_same_answer(ashdown: Client):
    before = len(ashdown.ids("/participant-declarations"))
    answers = send_together(*(send(ashdown, DECLARATIONS, DECLARATION) for _ in range(20)))
    assert [status for status, _ in answers] == [200] * 20
    assert len({body for _, body in answers}) == 1
    assert len(ashdown.ids("/participant-declarations")) == before + 1


def test_one_that_comes_later_is_refused(ashdown: Client):
    async def one_after_the_other() -> list[StatusAndBody]:
        return [await send(ashdown, DECLARATIONS, DECLARATION) for _ in range(3)]

    assert [status for status, _ in asyncio.run(one_after_the_other())] == [200, 422, 422]


def test_what_differs_is_answered_by_itself(ashdown: Client):
    brightwater = client(ashdown.app, lead_provider="Brightwater")
    other_time = {"x-with-server-date": "2026-09-16T09:00:00Z"}
    answers = send_together(
        send(ashdown, DECLARATIONS, DECLARATION),
        send(ashdown, DECLARATIONS, changed(evidence_held="other")),
        send(ashdown, DECLARATIONS, DECLARATION, **other_time),
        send(ashdown, DECLARATIONS, DECLARATION, **{"content-type": "text/plain"}),
        send(brightwater, DECLARATIONS, DECLARATION),
    )
    assert [status for status, _ in answers] == [200, 422, 422, 400, 422]


def test_identical_refusals_are_given_to_all(ashdown: Client):
    answers = send_together(*(send(ashdown, DECLARATIONS, changed(declaration_type="")) for _ in range(3)))
    assert Counter(status for status, _ in answers) == {422: 3}


def test_other_operations_answer_each_request_by_itself(ashdown: Client):
    answers = send_together(*(send(ashdown, PARTNERSHIPS, PARTNERSHIP) for _ in range(20)))
    assert Counter(status for status, _ in answers) == {200: 1, 422: 19}


def test_a_request_that_arrives_while_an_identical_one_is_answered_gets_the_same_answer():
    answered: list[Request] = []
    delivered: list[Answer] = []

    def respond(request: Request, deliver: Deliver) -> None:
        answered.append(request)
        coalescing.respond(request, delivered.append)
        deliver(Answer(200, b"the only one"))

    async def exchange() -> None:
        coalescing.respond(Request("POST", DECLARATIONS, "", {}, b"", ""), delivered.append)
        for _ in range(TURNS + 1):
            await asyncio.sleep(0)

    coalescing = Coalescing({"register": OPERATIONS.values()}, lambda _: "register", respond)
    asyncio.run(exchange())
    assert [answer.body for answer in delivered] == [b"the only one"] * 2
    assert len(answered) == 1


def test_the_contract_names_the_operations_whose_twins_get_one_answer():
    assert [name for name, operation in OPERATIONS.items() if operation.is_one_answer] == ["createDeclaration"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving("--store", f"sqlite:///{tmp_path}/sandbox.sqlite3", "--size", "small") as server:
        yield server


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """Keep a server from reading, as if it were busy."""
    server.process.send_signal(signal.SIGSTOP)
    yield
    server.process.send_signal(signal.SIGCONT)


def opened(server: Server) -> HTTPConnection:
    """Open a connection, and see to it that the server has taken it."""
    line = HTTPConnection(urlsplit(server.url).netloc)
    line.request("GET", DECLARATIONS, headers=server.headers)
    assert answer_on(line)[0] == 200
    return line


def declare(server: Server, line: HTTPConnection) -> None:
    headers = server.headers | {"content-type": "application/json", "x-with-server-date": CLOCK}
    line.request("POST", DECLARATIONS, json.dumps(DECLARATION), headers)


def answer_on(line: HTTPConnection) -> StatusAndBody:
    response = line.getresponse()
    return response.status, response.read()


def test_over_http_requests_that_arrive_while_the_server_is_busy_get_the_same_answer(server: Server):
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(opened(server))) for _ in range(20)]
        with paused(server):
            for line in lines:
                declare(server, line)
        together = [answer_on(line) for line in lines]
        declare(server, lines[0])
        later, _ = answer_on(lines[0])
    assert [status for status, _ in together] == [200] * 20
    assert len({body for _, body in together}) == 1
    assert later == 422


def test_over_http_requests_that_are_sent_together_get_the_same_answer_or_are_refused(server: Server):
    async def sent_together() -> list[StatusAndBody]:
        headers = server.headers | {"x-with-server-date": CLOCK}
        async with httpx.AsyncClient(headers=headers, limits=httpx.Limits(max_connections=20)) as client:
            url = f"{server.url}{DECLARATIONS}"
            answers = await asyncio.gather(*(client.post(url, json=DECLARATION) for _ in range(20)))
            return [(answer.status_code, answer.content) for answer in answers]

    answers = asyncio.run(sent_together())
    assert len({body for status, body in answers if status == 200}) == 1
    assert {status for status, _ in answers} <= {200, 422}
