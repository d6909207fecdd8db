"""The sandbox as a program: started, asked over HTTP, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from client import seed_id

NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}
BODY = {"data": {"type": "partnership", "attributes": NEW}}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mocks", *words], capture_output=True, text=True, check=False)


@dataclass
class Server:
    process: subprocess.Popen[str]
    url: str
    token: str
    greeting: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@contextlib.contextmanager
def serving(*words: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "mocks", "serve", "--port", "0", *words]
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


def test_the_greeting_says_where_it_is_and_what_to_send(store: str):
    with serving("--store", store, "--size", "small") as server:
        answer = httpx.get(f"{server.url}/api/v3/partnerships", headers=server.headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_fifty_simultaneous_requests_make_one_partnership_and_49_rule_errors(store: str):
    async def ask(server: Server) -> list[int]:
        async with httpx.AsyncClient(headers=server.headers, limits=httpx.Limits(max_connections=50)) as client:
            url = f"{server.url}/api/v3/partnerships"
            answers = await asyncio.gather(*(client.post(url, json=BODY) for _ in range(50)))
            refused = [answer.json() for answer in answers if answer.status_code == 422]
            assert {error["errors"][0]["title"] for error in refused} == {"school_id"}
            return sorted(answer.status_code for answer in answers)

    with serving("--store", store, "--size", "small") as server:
        assert asyncio.run(ask(server)) == [200] + [422] * 49


def test_a_killed_server_loses_nothing(store: str):
    with serving("--store", store, "--size", "small") as server:
        created = httpx.post(f"{server.url}/api/v3/partnerships", headers=server.headers, json=BODY).json()
        server.process.kill()
    with serving("--store", store) as server:
        url = f"{server.url}/api/v3/partnerships/{created['data']['id']}"
        assert httpx.get(url, headers=server.headers).json() == created


def test_a_body_over_one_mebibyte_is_refused(store: str):
    with serving("--store", store, "--size", "small") as server:
        headers = server.headers | {"content-type": "application/json"}
        url = f"{server.url}/api/v3/partnerships"
        assert httpx.post(url, headers=headers, content=b" " * (1024 * 1024 + 1)).status_code == 413
        assert httpx.post(url, headers=headers, content=b" " * (1024 * 1024)).status_code == 400
        assert httpx.get(url, headers=headers).status_code == 200


def test_head_answers_like_get_without_a_body(store: str):
    with serving("--store", store, "--size", "small") as server:
        answer = httpx.head(f"{server.url}/api/v3/partnerships", headers=server.headers)
        assert answer.status_code == 200
        assert int(answer.headers["content-length"]) > 0
        assert answer.content == b""


def test_ctrl_c_ends_it_without_a_traceback(store: str):
    with serving("--store", store, "--size", "small") as server:
        server.process.send_signal(signal.SIGINT)
        rest = server.process.stdout.read()
        assert server.process.wait(10) in (0, 130, -signal.SIGINT)
        assert "Traceback" not in rest


def test_it_answers_within_two_seconds_of_its_start(store: str):
    start = time.perf_counter()
    with serving("--store", store) as server:
        assert httpx.get(f"{server.url}/api/v3/partnerships", headers=server.headers).status_code == 200
        assert time.perf_counter() - start < 2


def test_a_port_that_is_taken_is_told_clearly(store: str):
    with serving("--store", store, "--size", "small") as server:
        again = run("serve", "--store", "memory", "--port", server.url.rpartition(":")[2])
    assert again.returncode == 1
    assert "Cannot listen on" in again.stderr
    assert "Traceback" not in again.stderr


def test_another_size_than_the_stores_is_told_clearly(store: str):
    with serving("--store", store, "--size", "small"):
        pass
    again = run("serve", "--store", store, "--size", "large", "--port", "0")
    assert again.returncode == 1
    assert "is small, not large" in again.stderr


def test_the_same_seed_gives_the_same_tokens_whatever_the_store(store: str):
    before = json.loads(run("tokens", "--json", "--store", store).stdout)
    with serving("--store", store, "--size", "small") as server:
        assert server.token == before[0]["token"]
    after = json.loads(run("tokens", "--json", "--store", store).stdout)
    memory = json.loads(run("tokens", "--json", "--store", "memory").stdout)
    assert before == after == memory
    assert set(after[0]) == {"token", "lead_provider", "world"}


def test_operations_says_which_have_a_memory():
    rows = json.loads(run("operations", "--json").stdout)
    assert len(rows) == 24
    assert {"operation", "method", "path", "stateful"} == set(rows[0])
    assert run("operations").stdout.rstrip().endswith("of 24 stateful.")


def test_rules_are_listed_with_their_messages():
    rows = json.loads(run("rules", "--json").stdout)
    assert {
        "operation": "createPartnership",
        "rule": "cohort_is_present",
        "field": "cohort",
        "message": "Enter a '#/cohort'.",
    } in rows


@pytest.mark.parametrize("words", [("--store", "nonsense"), ("--edition", "nonsense")])
def test_what_cannot_be_is_told_without_a_traceback(words: tuple[str, str]):
    failed = run("tokens", *words)
    assert failed.returncode == 1
    assert "nonsense" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("words", [(), ("serve",), ("tokens",), ("operations",), ("rules",)])
def test_help_teaches(words: tuple[str, ...]):
    helped = run(*words, "--help")
    assert helped.returncode == 0
    assert "Usage:" in helped.stdout
