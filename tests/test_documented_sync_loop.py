"""The documented sync loop does what the page says of it, against a sandbox that listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from listening_sandbox import listening
from markdown_it import MarkdownIt
from site_helpers import SITE

ADDRESS, TOKEN = "http://127.0.0.1:8000", "YOUR_TOKEN"
PAGE = (SITE / "content" / "guidance" / "sync-loop.md").read_text(encoding="utf-8")
(LOOP,) = (
    token.content for token in MarkdownIt().parse(PAGE) if token.type == "fence" and token.info.strip() == "python"
)
Copies = dict[str, dict[str, Any]]


class EnoughError(Exception):
    """The loop has gone round often enough."""


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    """A lead provider in a world whose clock shows the real time, which the loop goes by."""
    with listening() as address, httpx.Client(base_url=address) as client:
        world = client.post("/_sandbox/worlds", json={"id": "sync", "size": "small"}).json()
        client.headers["Authorization"] = f"Bearer {world['tokens'][0]['token']}"
        yield client


def run(api: httpx.Client, between: list[Callable[[Copies], None]], monkeypatch, code: str = LOOP) -> Copies:
    """Run the loop, and do something each time that it sleeps; it ends when there is nothing left to do."""
    known: dict[str, Any] = {}
    steps = iter(between)

    def sleep(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise EnoughError
        step(known["copies"])

    monkeypatch.setattr(time, "sleep", sleep)
    token = api.headers["Authorization"].removeprefix("Bearer ")
    code = code.replace(ADDRESS, str(api.base_url).rstrip("/")).replace(TOKEN, token)
    with pytest.raises(EnoughError):
        exec(compile(code, "loop", "exec"), known)
    known["api"].close()
    return known["copies"]


def everything(api: httpx.Client, path: str) -> dict[str, Any]:
    listed = api.get(f"/api/v3{path}", params={"page[per_page]": 3000}).json()["data"]
    return {item["id"]: item for item in listed}


def defer_somebody(api: httpx.Client) -> str:
    for id_, item in everything(api, "/participants").items():
        (enrolment, *_) = item["attributes"]["ecf_enrolments"]
        course = {"ect": "ecf-induction", "mentor": "ecf-mentor"}[enrolment["participant_type"]]
        body = {"data": {"type": "x", "attributes": {"reason": "other", "course_identifier": course}}}
        if api.put(f"/api/v3/participants/{id_}/defer", json=body).status_code == 200:
            return id_
    raise AssertionError("nobody can be deferred")


def void_something(api: httpx.Client) -> str:
    for id_ in everything(api, "/participant-declarations"):
        if api.put(f"/api/v3/participant-declarations/{id_}/void").status_code == 200:
            return id_
    raise AssertionError("nothing can be voided")


def test_the_first_round_reads_everything(api: httpx.Client, monkeypatch):
    copies = run(api, [], monkeypatch)
    assert {path: everything(api, path) for path in copies} == copies
    assert all(copies.values())


def test_what_changes_while_the_loop_sleeps_is_in_the_copy_after_the_next_round(api: httpx.Client, monkeypatch):
    changed: list[str] = []

    def change(_: Copies) -> None:
        changed.extend([defer_somebody(api), void_something(api)])

    copies = run(api, [change], monkeypatch)
    participant, declaration = changed
    assert copies["/participants"][participant]["attributes"]["ecf_enrolments"][0]["training_status"] == "deferred"
    assert copies["/participant-declarations"][declaration]["attributes"]["state"] in ("voided", "awaiting-clawback")
    assert {path: everything(api, path) for path in copies} == copies


def spoil(copies: Copies) -> None:
    copies["/participants"]["gone"] = {"id": "gone"}


def test_removed_records_disappear_when_everything_is_read_again(api: httpx.Client, monkeypatch):
    assert "gone" in run(api, [spoil], monkeypatch)["/participants"]
    always = LOOP.replace("timedelta(days=3)", "timedelta(0)")
    assert always != LOOP
    assert "gone" not in run(api, [spoil], monkeypatch, always)["/participants"]


def test_the_loop_waits_when_there_were_too_many_requests_and_goes_on(api: httpx.Client, monkeypatch):
    waited: list[Copies] = []
    refused = iter([True])
    whole = httpx.Client.get

    def get(self: httpx.Client, url: str, **given: Any) -> httpx.Response:
        answer = whole(self, url, **given)
        if next(refused, False):
            answer.status_code = 429
        return answer

    monkeypatch.setattr(httpx.Client, "get", get)
    copies = run(api, [waited.append], monkeypatch)
    assert len(waited) == 1
    monkeypatch.undo()
    assert {path: everything(api, path) for path in copies} == copies
