"""The sandbox as a program: started, used over HTTP, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from client import every_edition, register, sandbox, seed_id
from sandbox_process import invoke

from lp_sandbox import controls
from lp_sandbox.commands import output
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Request

NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}
REGISTER = ("--edition", "register")
WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares each client of httpx the reading of the certificates of all authorities, which takes 20 ms."""
BODY = {"data": {"type": "partnership", "attributes": NEW}}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lp_sandbox", *words], capture_output=True, text=True, check=False)


@dataclass
class Server:
    process: subprocess.Popen[str]
    url: str
    token: str
    greeting: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with the token on a connection of its own."""
        options = {"headers": self.headers, "verify": WITHOUT_TLS, **options}
        return httpx.request(method, f"{self.url}{path}", **options)


@contextlib.contextmanager
def serving(*words: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "lp_sandbox", "serve", "--port", "0", *words]
    environment = os.environ | {"NO_COLOR": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "Ctrl-C" in line:
                    break
            greeting = "".join(lines)
            url = re.search(r"http://\S+", greeting)
            token = re.search(r"Bearer (\w+)", greeting)
            assert url, greeting
            assert token, greeting
            yield Server(process, url[0], token[1], greeting)
        finally:
            process.kill()


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sandbox.sqlite3"


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('shared')}/sandbox.sqlite3"


@pytest.fixture(scope="module")
def server(shared_store: str) -> Iterator[Server]:
    """A sandbox with a small world of seed 5, in a file."""
    with serving("--store", shared_store, "--size", "small", "--seed", "5") as server:
        yield server


def test_the_greeting_says_where_it_is_and_what_to_send(server: Server):
    answer = server.send("GET", "/api/v3/partnerships")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_fifty_simultaneous_requests_make_one_partnership_and_49_rule_errors(server: Server):
    async def ask(server: Server) -> list[int]:
        async with httpx.AsyncClient(headers=server.headers, limits=httpx.Limits(max_connections=50)) as client:
            url = f"{server.url}/api/v3/partnerships"
            answers = await asyncio.gather(*(client.post(url, json=BODY) for _ in range(50)))
            refused = [answer.json() for answer in answers if answer.status_code == 422]
            assert {error["errors"][0]["title"] for error in refused} == {"school_id"}
            return sorted(answer.status_code for answer in answers)

    assert asyncio.run(ask(server)) == [200] + [422] * 49


@pytest.mark.parametrize("edition", every_edition(), ids=lambda edition: edition.contract.edition)
def test_a_killed_server_loses_nothing(store: str, edition: Edition):
    operation = edition.contract.operations["createPartnership"]
    words = ("--store", store, "--edition", edition.contract.edition, "--seed", "3")
    with serving("--size", "small", *words) as server:
        created = server.send("POST", operation.path, json=operation.request_example).json()
        token = server.token
        server.process.kill()
    with serving(*words) as server:
        assert server.token == token
        assert server.send("GET", f"{operation.path}/{created['data']['id']}").json() == created


def test_a_body_over_one_mebibyte_is_refused(server: Server):
    headers = server.headers | {"content-type": "application/json"}
    path = "/api/v3/partnerships"
    assert server.send("POST", path, headers=headers, content=b" " * (1024 * 1024 + 1)).status_code == 413
    assert server.send("POST", path, headers=headers, content=b" " * (1024 * 1024)).status_code == 400
    assert server.send("GET", path).status_code == 200


def test_head_answers_like_get_without_a_body(server: Server):
    answer = server.send("HEAD", "/api/v3/partnerships")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""


def test_it_answers_after_less_than_two_seconds_of_work(store: str):
    with serving("--store", store) as server:
        assert server.send("GET", "/api/v3/partnerships").status_code == 200
        assert seconds_of_work(server.process.pid) < 2


def seconds_of_work(process: int) -> float:
    """Return the CPU time that a process has taken: how busy others keep the machine does not count."""
    after_the_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    user, system = after_the_name[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_a_port_that_is_taken_is_reported_clearly(server: Server):
    again = run("serve", "--store", "memory", "--port", server.url.rpartition(":")[2])
    assert again.returncode == 1
    assert "Cannot listen on" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("serve", "--port", "0", "--size", "large"), "is small, not large"),
        (("serve", "--port", "0", "--seed", "7"), "seed 5, not 7"),
        (("tokens", "--seed", "7"), "seed 5, not 7"),
    ],
)
def test_another_size_or_seed_than_that_of_the_store_is_reported_clearly(
    shared_store: str, words: tuple[str, ...], message: str
):
    again = run(*words, "--store", shared_store)
    assert again.returncode == 1
    assert message in again.stderr


def tokens(store: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(invoke("tokens", "--json", "--store", store, "--seed", "5").stdout)
    return rows


def test_the_same_seed_gives_the_same_tokens_whatever_the_store_and_before_it_is_made(
    server: Server, store: str, shared_store: str
):
    found = tokens(shared_store)
    assert found == tokens(store) == tokens("memory")
    assert server.token == found[0]["token"]
    assert set(found[0]) == {"token", "lead_provider", "world", "edition"}
    assert not Path(store.removeprefix("sqlite:///")).exists()


def test_the_command_in_the_greeting_lists_the_tokens_of_that_store(server: Server):
    (command,) = re.findall(r"`[^`]*lp-sandbox (tokens[^`]*)`", server.greeting)
    assert server.token in invoke(*shlex.split(command)).stdout


def test_the_greeting_of_a_store_in_memory_says_where_the_other_tokens_are():
    with serving("--store", "memory", "--size", "small", "--seed", "5") as server:
        (url,) = re.findall(r"(http\S+/_sandbox/worlds)", server.greeting)
        assert server.token == httpx.get(url).json()[0]["tokens"][0]["token"]


def test_a_greeting_with_a_key_says_to_send_it():
    with serving("--store", "memory", "--size", "small", "--key", "secret") as server:
        assert "X-Sandbox-Key" in server.greeting
        assert "secret" not in server.greeting


def test_operations_says_which_have_a_memory():
    rows = json.loads(invoke("operations", "--json", *REGISTER).stdout)
    assert len(rows) == 24
    rows_of_api = (
        httpx.Client(transport=httpx.MockTransport(_answer)).get("http://127.0.0.1/_sandbox/operations").json()
    )
    assert rows == [{**row, "edition": "register"} for row in rows_of_api]
    assert invoke("operations", *REGISTER).stdout.rstrip().endswith("of 24 stateful.")


def test_rules_are_listed_with_their_messages():
    rows = json.loads(invoke("rules", "--json", *REGISTER).stdout)
    assert {
        "operation_id": "createPartnership",
        "rule": "cohort_is_present",
        "field": "cohort",
        "message": "Enter a '#/cohort'.",
        "edition": "register",
    } in rows


def test_the_rules_of_actors_are_listed_after_those_of_the_api():
    rows = json.loads(invoke("rules", "--json").stdout)
    listed = [(row["edition"], row["operation_id"], row["rule"]) for row in rows]
    for edition in ("ecf", "register"):
        of_api = listed.index((edition, "voidDeclaration", "declaration_is_not_voided"))
        assert of_api < listed.index((edition, "recordInduction", "induction_is_under_way"))


def _answer(request: httpx.Request) -> httpx.Response:
    answer = sandbox().answer(Request(request.method, request.url.path, "", {}, b"", "127.0.0.1"))
    return httpx.Response(answer.status, content=answer.body)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--size", "huge"), "There is no size 'huge'. Known: small, standard, large."),
        (("--port", "99999"), "99999 is not in the range 0<=x<=65535"),
        (("--host", "nowhere.invalid"), "Choose another with --host and --port."),
    ],
)
def test_an_invalid_option_of_serve_is_reported_without_a_traceback(words: tuple[str, str], message: str):
    failed = run("serve", "--store", "memory", "--port", "0", *words)
    assert failed.returncode in (1, 2)
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr
    assert ".. " not in failed.stderr


@pytest.mark.parametrize("words", [("--store", "nonsense"), ("--edition", "nonsense")])
def test_an_invalid_option_is_reported_without_a_traceback(words: tuple[str, str]):
    failed = invoke("tokens", *words)
    assert failed.exit_code == 1
    assert "nonsense" in failed.stderr


@pytest.mark.parametrize("words", [(), ("serve",), ("tokens",), ("operations",), ("rules",)])
def test_help_teaches(words: tuple[str, ...]):
    helped = invoke(*words, "--help")
    assert helped.exit_code == 0
    assert helped.stdout.startswith("Usage: lp-sandbox ")


def test_help_names_the_sizes_and_the_defaults_that_hold():
    helped = " ".join(invoke("serve", "--help").stdout.split())
    assert f"--size {'|'.join(register().template.sizes)} " in helped
    assert f"[default: {controls.new_world_defaults(register())['size']}]" in helped
    assert "[default: all editions]" in helped


@pytest.mark.parametrize(("no_color", "colour"), [(None, True), ("", True), ("1", False)])
def test_no_color_counts_when_it_is_not_empty(monkeypatch, no_color: str | None, *, colour: bool):
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    assert output.uses_colour() is colour
