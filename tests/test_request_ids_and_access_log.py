"""The id of every request, and the line of the log for it."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import raw_socket
from client import Client, lead_provider, register, small_world
from http_client import ask, ask_all
from listening_sandbox import listening

from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.access_log import FORMATTERS, log_request

HEADER = "X-Request-Id"
LIST = "/api/v3/partnerships"


@pytest.fixture(scope="module")
def app() -> App:
    return small_world(register(), logs_requests=True)


@pytest.fixture
def client(app: App) -> Client:
    return lead_provider(app)


@pytest.mark.parametrize("path", [LIST, "/api/v3/nothing", "/_sandbox/health", "/_sandbox/nothing", "/", "/nothing/"])
def test_every_answer_has_an_id_of_its_own(app: App, path: str):
    ids = {ask(app, method, path).headers[HEADER] for method in ("GET", "GET", "POST", "HEAD")}
    assert len(ids) == 4


@pytest.mark.parametrize("sent", ["a", "0f6c8e1e-3c0b-4a0e-9d83-6a6f7a9f2d11", "Root=1-67@x/y:z", "a" * 128])
def test_the_id_that_a_client_sends_is_taken_over(app: App, sent: str):
    assert ask(app, "GET", LIST, headers={HEADER: sent}).headers[HEADER] == sent


@pytest.mark.parametrize("sent", ["", "a b", "a\tb", 'a"b', "<a>", "a" * 129, "é"])
def test_an_id_that_could_break_a_log_is_replaced(app: App, sent: str):
    answer = ask(app, "GET", LIST, headers=[(HEADER, sent.encode())])
    assert answer.headers[HEADER] not in {sent, ""}


def test_an_unreadable_request_has_a_line_with_the_id_of_the_answer(app: App, caplog: pytest.LogCaptureFixture):
    with (
        caplog.at_level(logging.INFO, logger="lp-sandbox"),
        listening(app) as url,
        socket.create_connection(("127.0.0.1", urlsplit(url).port)) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nbroken\r\n\r\n")
        answer = raw_socket.rest(connection).decode()
    line = json.loads(logged(caplog, "json"))
    assert f"\r\n{HEADER.lower()}: {line['request_id']}\r\n" in answer
    assert (line["method"], line["path"], line["status"], line["rules"]) == ("-", "-", 400, ["request_is_http"])


def test_answers_that_are_coalesced_have_ids_of_their_own(client: Client):
    operation = register().contract.operations["createDeclaration"]
    headers = {"authorization": f"Bearer {client.token}"}
    requests = [("POST", operation.path)] * 3
    answers = ask_all(client.app, *requests, headers=headers, json=operation.request_example)
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers[HEADER] for answer in answers}) == 3


def test_a_fault_is_logged_under_the_id_of_the_request(app: App, monkeypatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(app, "_part", lambda _: 1 / 0)
    answer = ask(app, "GET", LIST, headers={HEADER: "seen-by-the-client"})
    assert answer.status_code == 500
    assert answer.json()["id"] == "seen-by-the-client"
    assert any("seen-by-the-client" in record.getMessage() for record in caplog.records if record.exc_info)


def logged(caplog: pytest.LogCaptureFixture, form: str) -> str:
    """The last line of the log in one of its formats."""
    return written(caplog.records[-1], form)


def written(record: logging.LogRecord, form: str) -> str:
    return FORMATTERS[form]().format(record)


@pytest.fixture
def refused(client: Client, caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    """What is logged of a request that two rules refuse."""
    headers = {"authorization": f"Bearer {client.token}", HEADER: "r-1"}
    body = {"data": {"attributes": {"cohort": "2026"}}}
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        ask(client.app, "POST", f"{LIST}?token=secret", headers=headers, json=body)
    return caplog.records[-1]


def test_a_line_in_json_has_time_duration_world_operation_status_and_rules(refused: logging.LogRecord):
    line = json.loads(written(refused, "json"))
    assert 0 < line.pop("duration_ms") < 60_000
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "request_id": "r-1",
        "method": "POST",
        "path": LIST,
        "status": 422,
        "operation": "createPartnership",
        "world": "default",
        "rules": ["school_is_present", "delivery_partner_is_present"],
    }


def test_a_line_in_text_has_the_same(refused: logging.LogRecord):
    line = written(refused, "text")
    assert f"POST {LIST} 422 " in line
    assert line.endswith(
        "id=r-1 operation=createPartnership world=default rules=school_is_present,delivery_partner_is_present"
    )


@pytest.mark.parametrize("form", FORMATTERS)
def test_no_line_has_a_token_or_a_query(refused: logging.LogRecord, client: Client, form: str):
    assert client.token not in written(refused, form)
    assert "secret" not in written(refused, form)


@pytest.mark.parametrize("form", FORMATTERS)
def test_a_line_break_in_a_path_makes_no_second_line(app: App, caplog: pytest.LogCaptureFixture, form: str):
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        ask(app, "GET", "/a%0A2026-01-01T00:00:00Z%20GET%20/forged")
    assert "\n" not in logged(caplog, form)
    assert " GET /forged" not in logged(caplog, form)


def test_the_log_says_which_control_acted_in_which_world(app: App, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        ask(app, "GET", "/_sandbox/clock?world=default")
    line = json.loads(logged(caplog, "json"))
    assert (line["operation"], line["world"]) == ("getClock", "default")


def test_a_head_request_is_logged_as_one(app: App, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        ask(app, "HEAD", LIST)
    assert json.loads(logged(caplog, "json"))["method"] == "HEAD"


def test_other_messages_are_lines_of_json_too(caplog: pytest.LogCaptureFixture):
    try:
        raise ValueError("odd")  # noqa: TRY301
    except ValueError:
        logging.getLogger("lp-sandbox").exception("fault %s", "r-2")
    line = json.loads(logged(caplog, "json"))
    assert (line["level"], line["message"]) == ("error", "fault r-2")
    assert line["exception"].endswith("ValueError: odd")


def test_without_the_option_nothing_is_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        ask(small_world(register()), "GET", LIST)
    assert [record for record in caplog.records if record.name.startswith("lp-sandbox")] == []


PAGE = Path(__file__).parents[1] / "site" / "content" / "testing" / "use-it-in-ci.md"


def test_the_page_about_ci_shows_a_line_as_it_is(caplog: pytest.LogCaptureFixture):
    request = Request("POST", LIST, "", {}, b"", "127.0.0.1", id="5f1c2e0b7d9a4c33-7")
    answer = Answer(422, b"", reasons=("school_is_present",), operation="createPartnership", world="default")
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        log_request(request, answer, 0.000768)
    assert f"{logged(caplog, 'text').partition('Z ')[2]}\n" in PAGE.read_text()
