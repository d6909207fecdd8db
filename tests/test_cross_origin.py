"""Pages of other sites: what `--cors` lets them do, and that they can do nothing without it."""

from __future__ import annotations

import httpx
import pytest
from client import register, sandbox, small_world
from http_client import ask
from sandbox_process import invoke

from lp_sandbox.__main__ import main
from lp_sandbox.app import App
from lp_sandbox.web.hosts import Address

PAGE, OTHER = "https://app.example.com", "https://evil.example.com"
LIST, WORLDS = "/api/v3/partnerships", "/_sandbox/worlds"
ALLOWED = "access-control-allow-origin"


def from_page(app: App, method: str, path: str, origin: str = PAGE, **headers: str) -> httpx.Response:
    return ask(app, method, path, headers={"origin": origin, **headers})


@pytest.fixture(scope="module")
def app() -> App:
    return small_world(register(), address=Address(origins=frozenset({PAGE})))


def preflight(app: App, origin: str = PAGE, path: str = LIST) -> httpx.Response:
    headers = {"access-control-request-method": "PUT", "access-control-request-headers": "authorization,content-type"}
    return from_page(app, "OPTIONS", path, origin, **headers)


@pytest.mark.parametrize("path", [LIST, WORLDS, "/nowhere/"])
def test_without_the_option_no_answer_speaks_of_origins(path: str):
    app = sandbox()
    for answer in (preflight(app, path=path), from_page(app, "GET", path)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert preflight(app, path=path).status_code in (403, 404, 405)


def test_a_browser_may_send_what_its_preflight_request_names(app: App):
    answer = preflight(app)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "PUT"
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
    assert answer.headers[ALLOWED] == PAGE


@pytest.mark.parametrize("path", [LIST, WORLDS, "/nowhere/"])
def test_a_page_can_read_every_answer_and_the_id_of_its_request(app: App, path: str):
    answer = from_page(app, "GET", path)
    assert answer.headers[ALLOWED] == PAGE
    assert "x-request-id" in answer.headers["access-control-expose-headers"]
    assert "origin" in answer.headers["vary"]


@pytest.mark.parametrize("origin", [OTHER, "null", f"{PAGE}.evil.example.com"])
def test_a_page_of_another_origin_can_read_nothing(app: App, origin: str):
    for answer in (preflight(app, origin), from_page(app, "GET", LIST, origin)):
        assert ALLOWED not in answer.headers
        assert answer.headers["vary"] == "origin"


def test_the_controls_are_open_to_a_page_that_is_named_and_closed_to_others(app: App):
    assert from_page(app, "GET", WORLDS).status_code == 200
    assert from_page(app, "GET", WORLDS, OTHER).status_code == 403


def test_a_star_lets_every_page_use_the_api_but_opens_no_control():
    app = small_world(register(), address=Address(origins=frozenset({"*"})))
    assert from_page(app, "GET", LIST, OTHER).headers[ALLOWED] == OTHER
    assert from_page(app, "GET", WORLDS, OTHER).status_code == 403


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://App.example.com/", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("*", "*"),
    ],
)
def test_an_origin_counts_as_browsers_send_it(given: str, origin: str):
    assert main.commands["serve"].make_context("serve", ["--cors", given]).params["origins"] == [origin]


NO_ORIGINS = [
    "app.example.com",
    "https://",
    "ftp://app.example.com",
    "https://app.example.com/x",
    "https://app.example.com?x",
    "https://user@app.example.com",
    "https://app.example.com:many",
    "https://[app",
]


@pytest.mark.parametrize("given", NO_ORIGINS)
def test_an_option_that_is_not_an_origin_is_refused(given: str):
    failed = invoke("serve", "--cors", given)
    assert failed.exit_code == 2
    assert "is not an origin" in failed.stderr
