"""Who may do what: a foreign Host, a proxy on this machine, and the key of the controls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
import raw_socket
from client import Client, client, register, sandbox
from test_server import Server, run, serving

from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.hosts import FORWARDING, Address, headers_of

PROBLEMS = register().controls.problems
API, CONTROLS, PAGES = "/api/v3/partnerships", "/_sandbox/worlds", "/"
PORT = 8000


def ask(app: App, path: str, host: str | None, peer: str = "127.0.0.1", **headers: str) -> Answer:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    if host is not None:
        sent[b"host"] = host.encode()
    return app.answer(Request("GET", path, "", sent, b"", peer))


def app_at(host: str, *names: str, **options: str) -> App:
    app = sandbox(address=Address(host, PORT, frozenset(names)), **options)
    client(app)
    return app


@pytest.fixture(scope="module")
def loopback() -> App:
    return app_at("127.0.0.1")


@pytest.fixture(scope="module")
def everywhere() -> App:
    return app_at("0.0.0.0")


OURS = ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "localhost.:8000", "[::1]:8000", "127.1.2.3:8000"]
OTHER_PORTS = ["127.0.0.1", "localhost", "localhost:", "localhost:80", "localhost:8001", "[::1]", "127.0.0.1:08001"]
FOREIGN = [
    "elsewhere.example.com:8000",
    "elsewhere.example.com",
    "localhost.example.com:8000",
    "127.0.0.1.example.com",
    "192.0.2.7:8000",
    "0.0.0.0:8000",
    "[::]:8000",
    "[2001:db8::1]:8000",
    "2130706433:8000",
]
NO_HOSTS = [
    "127.0.0.1:8000, localhost:8000",
    "a b",
    "localhost:x",
    "localhost:8000:8000",
    "user@localhost",
    "[::1",
    "@",
    "/",
]


@pytest.mark.parametrize("path", [API, CONTROLS, PAGES])
@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused_by_what_listens_for_this_machine(loopback: App, path: str, host: str):
    answer = ask(loopback, path, host)
    assert answer.status == 421
    body = json.loads(answer.body)
    assert body["host"] == host
    assert "--allowed-host" in body["errors"][0]["detail"]


@pytest.mark.parametrize("path", [API, CONTROLS, PAGES])
@pytest.mark.parametrize("host", NO_HOSTS)
def test_an_invalid_host_is_refused_everywhere(loopback: App, everywhere: App, path: str, host: str):
    for app in (loopback, everywhere, sandbox()):
        assert ask(app, path, host).status == 400


@pytest.mark.parametrize("host", [*OURS, *OTHER_PORTS, None, ""])
def test_the_api_answers_to_every_name_of_this_machine(loopback: App, host: str | None):
    assert ask(loopback, API, host).status == 401
    assert ask(loopback, PAGES, host).status == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_what_listens_for_other_machines_has_names_that_it_does_not_know(everywhere: App, host: str):
    assert ask(everywhere, API, host).status == 401


@pytest.mark.parametrize("host", OURS)
def test_the_controls_are_open_to_a_program_on_this_machine(loopback: App, everywhere: App, host: str):
    for app in (loopback, everywhere):
        assert ask(app, CONTROLS, host).status == 200
        assert ask(app, CONTROLS, host, peer="::1").status == 200
        assert ask(app, CONTROLS, host, peer="::ffff:127.0.0.1").status == 200


@pytest.mark.parametrize("host", [*OTHER_PORTS, None, ""])
def test_the_controls_are_closed_to_who_does_not_name_this_port(loopback: App, everywhere: App, host: str | None):
    for app in (loopback, everywhere):
        assert ask(app, CONTROLS, host).status == 403


@pytest.mark.parametrize("host", FOREIGN)
def test_the_controls_are_closed_to_who_names_another_host(everywhere: App, host: str):
    assert ask(everywhere, CONTROLS, host).status == 403


@pytest.mark.parametrize("peer", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", ""])
def test_the_controls_are_closed_to_other_machines(loopback: App, everywhere: App, peer: str):
    for app in (loopback, everywhere):
        assert ask(app, CONTROLS, OURS[0], peer=peer).status == 403


HEADERS = [
    *("forwarded", "x_forwarded_for", "x_forwarded_host", "x_forwarded_proto", "x_forwarded_port", "x_forwarded_by"),
    *("x_real_ip", "via", "x_original_forwarded_for", "x_original_host", "x_client_ip", "x_cluster_client_ip"),
    *("true_client_ip", "cf_connecting_ip", "fastly_client_ip", "x_envoy_external_address", "x_forwarded"),
]


@pytest.mark.parametrize("header", HEADERS)
def test_the_controls_are_closed_to_what_a_proxy_passes_on(loopback: App, header: str):
    assert ask(loopback, CONTROLS, OURS[0], **{header: "127.0.0.1"}).status == 403
    assert ask(loopback, API, OURS[0], **{header: "127.0.0.1"}).status == 401
    assert (
        ask(app_at("127.0.0.1", key="secret"), CONTROLS, OURS[0], x_sandbox_key="secret", **{header: "a"}).status == 200
    )


def test_every_header_of_proxies_has_a_case():
    assert all(any(header.replace("_", "-").encode().startswith(name) for header in HEADERS) for name in FORWARDING)


def test_a_form_that_a_proxy_passes_on_opens_no_control_and_shows_no_token(built_site):
    app = sandbox(site=built_site, address=Address("127.0.0.1", PORT))
    token = client(app).token.encode()
    headers = {b"host": OURS[0].encode()}
    for more, is_open in (({}, True), ({b"x-forwarded-for": b"192.0.2.7"}, False)):
        form = Request("POST", "/sandbox/worlds/listWorlds/", "", headers | more, b"", "127.0.0.1")
        assert (b"403 Forbidden" in app.answer(form).body) != is_open
        page = Request("GET", "/reference/partnerships/getPartnerships/", "", headers | more, b"", "127.0.0.1")
        assert (token in app.answer(page).body) == is_open


@pytest.mark.parametrize("host", ["sandbox.example.com", "SANDBOX.example.com.:8000", "sandbox.example.com:1"])
def test_an_allowed_host_is_answered_but_opens_no_control(host: str):
    app = app_at("127.0.0.1", "sandbox.example.com")
    assert ask(app, API, host).status == 401
    assert ask(app, CONTROLS, host).status == 403
    assert ask(app, API, "other.example.com").status == 421


def test_several_hosts_are_none():
    pairs = [(b"host", b"localhost:8000"), (b"a", b"1"), (b"a", b"2"), (b"host", b"localhost:8000")]
    assert headers_of(pairs) == {b"host": b"localhost:8000, localhost:8000", b"a": b"2"}
    assert headers_of(pairs[:3]) == {b"host": b"localhost:8000", b"a": b"2"}


KEYS = ["secret", "clé", "ключ", "🗝 key", "a" * 1000, "ÿ"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_any_letters_opens_the_controls(key: str):
    app = app_at("127.0.0.1", key=key)
    assert send_key(app, key.encode()) == 200
    assert send_key(app, key.encode("latin-1", "replace")) == (200 if key.isascii() or key in ("clé", "ÿ") else 403)
    assert send_key(app, key.encode() + b"x") == 403
    assert send_key(app, b"") == 403
    assert ask(app, CONTROLS, OURS[0]).status == 403


def send_key(app: App, key: bytes) -> int:
    sent = {b"host": OURS[0].encode(), b"x-sandbox-key": key}
    return app.answer(Request("GET", CONTROLS, "", sent, b"", "192.0.2.7")).status


@pytest.mark.parametrize("key", ["", " ", "\t\n"])
def test_an_empty_key_is_refused(key: str):
    with pytest.raises(ValueError):
        sandbox(key=key)
    environment = os.environ | {"LP_SANDBOX_KEY": key}
    command = [sys.executable, "-m", "lp_sandbox", "serve", "--port", "0", "--store", "memory", "--size", "small"]
    for words, given in (([*command, "--key", key], os.environ), (command, environment)):
        failed = subprocess.run(words, env=given, capture_output=True, text=True, timeout=60, check=False)
        assert failed.returncode == 1
        assert failed.stderr == "The key is empty. Give one with --key or in LP_SANDBOX_KEY, or leave both out.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--key", "two\nlines"), "The key has a control character"),
        (("--proxied",), "--proxied needs a key."),
        (("--allowed-host", "http://x"), "'http://x' is not the name of a host."),
        (("--allowed-host", "x:80"), "'x:80' has a port. Give 'x' alone"),
        (("--allowed-host", ""), "'' is not the name of a host."),
    ],
)
def test_options_that_make_no_sense_are_refused(words: tuple[str, ...], message: str):
    failed = run("serve", "--store", "memory", "--port", "0", *words)
    assert failed.returncode in (1, 2)
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--store", "memory", "--size", "small", "--allowed-host", "Sandbox.Example.COM") as server:
        yield server


def test_over_http_the_controls_are_open_at_the_address_in_the_greeting(server: Server):
    port = server.host.partition(":")[2]
    assert server.send("GET", CONTROLS, headers={}).status_code == 200
    for host, status in (("localhost", 403), (f"localhost:{port}", 200), ("localhost:8000", 403)):
        assert server.send("GET", CONTROLS, headers={"host": host}).status_code == status


def test_over_http_a_proxys_header_does_not_change_where_a_request_comes_from(server: Server):
    headers = {"x-forwarded-for": "127.0.0.1", "host": server.host}
    assert server.send("GET", CONTROLS, headers=headers).status_code == 403


def test_over_http_a_foreign_host_is_refused_unless_it_is_allowed(server: Server):
    for host, status in (("elsewhere.example.com", 421), ("sandbox.example.com", 401)):
        assert server.send("GET", API, headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"Host: localhost\r\nHost: localhost\r\n", 400),
        (b"Host: localhost\r\nHost: elsewhere.example.com\r\n", 400),
        (b"Host: localhost\r\nhost:\r\n", 400),
        (b"Host: localhost\r\n", 401),
        (b"", 401),
    ],
)
def test_over_http_two_hosts_are_refused(server: Server, sent: bytes, status: int):
    for version in (b"1.0", b"1.1"):
        request = b"GET /api/v3/partnerships HTTP/%b\r\n%bConnection: close\r\n\r\n" % (version, sent)
        answered = raw_socket.answer(server, request)
        assert raw_socket.status(answered) == status
        assert status != 400 or raw_socket.is_problem(answered, PROBLEMS["host_is_one_name"])


def test_proxied_requires_the_key_from_every_client():
    with serving("--store", "memory", "--size", "small", "--key", "  clé \n", "--proxied") as server:
        url = f"{server.url}{CONTROLS}"
        assert httpx.get(url).status_code == 403
        for key in ("clé".encode(), "clé".encode("latin-1")):
            assert httpx.get(url, headers={b"x-sandbox-key": key}).status_code == 200


def test_within_a_program_no_host_is_needed(ashdown: Client):
    assert ashdown.send("GET", CONTROLS).status == 200
    assert ashdown.send("GET", API, host="elsewhere.example.com").status == 200
    assert ashdown.send("GET", CONTROLS, host="elsewhere.example.com").status == 403
