"""A request that is sent again has the same answer until something changes, and then none that is out of date."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from client import Client, every_edition, lead_provider, sandbox, send_example, small_world, traced
from client import client as client_of
from controls_client import saved
from sandbox_process import NEW

from lp_contract.contract import Operation
from lp_sandbox.app import App
from lp_sandbox.request.call import Call
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.remembered_answers import MOST
from lp_sandbox.request.request_and_answer import LARGEST_BODY, READ_HEADERS, Answer, Request
from lp_sandbox.worlds.store import Unavailable

PARTNERSHIPS = "/api/v3/partnerships"
EDITIONS = {edition.contract.edition: edition for edition in every_edition()}


def client(*args: Any, **options: Any) -> Client:
    """A client whose requests count as sent again."""
    return replace(client_of(*args, **options), is_repeated=True)


class Time:
    """A real time that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 15, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def real_time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    for module in ("worlds.clock", "app"):
        monkeypatch.setattr(f"lp_sandbox.{module}.real_time", time)
    monkeypatch.setattr("lp_sandbox.request.edition_dispatch.real_second", lambda: int(time.now.timestamp()))
    return time


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'sandbox.sqlite3'}"


def statements(app: App, act: Callable[[], Any]) -> list[str]:
    """The SQL that an act takes, without what asks whether anything has changed."""
    with traced(app) as found:
        act()
    return [each for each in found if each != "PRAGMA data_version"]


def asked(who: Client) -> Answer:
    """A list, the newest first."""
    return who.send("GET", PARTNERSHIPS, "sort=-created_at")


def refused(who: Client) -> Answer:
    answer = who.write("POST", PARTNERSHIPS.removeprefix("/api/v3"), **{**NEW, "school_id": "no such school"})
    assert answer.status == 422
    return answer


@pytest.mark.parametrize("send", [asked, refused])
@pytest.mark.parametrize("store", ["memory", "file"])
def test_an_answer_that_changed_nothing_is_given_again(send: Callable[[Client], Answer], store: str, file: str):
    ashdown = client(sandbox(file if store == "file" else store))
    first = send(ashdown)
    assert statements(ashdown.app, lambda: send(ashdown)) == []
    assert send(ashdown) == first
    ashdown.app.worlds._store.close()  # noqa: SLF001


def test_a_request_that_is_not_sent_again_is_not_remembered():
    ashdown = replace(client(sandbox()), is_repeated=False)
    asked(ashdown)
    assert statements(ashdown.app, lambda: asked(ashdown))


def test_an_answer_that_names_no_edition_is_not_remembered():
    def answer(_: Call) -> Answer:
        return Answer(200, b"{}")

    own = replace(EDITIONS["register"], operations={**EDITIONS["register"].operations, "getPartnerships": answer})
    ashdown = replace(lead_provider(small_world(own)), is_repeated=True)
    assert [asked(ashdown).body for _ in range(3)] == [b"{}"] * 3


def _form(who: Client) -> None:
    who.done("POST", "/partnerships", **NEW)


def _set_clock(who: Client) -> None:
    who.app.worlds.set_clock(who.app.worlds.all()[0], lambda found: (found.clock, found.ahead + 1))


def _reset(who: Client) -> None:
    who.app.worlds.reset(who.app.worlds.all()[0])


CHANGES = [_form, _set_clock, _reset]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("process", ["this", "another"])
def test_after_a_change_nothing_is_given_again(change: Callable[[Client], None], process: str, file: str):
    ashdown = client(sandbox(file))
    with closing(sandbox(file).worlds._store) as other:  # noqa: SLF001
        beside = replace(ashdown, app=App([EDITIONS["register"]], other)) if process == "another" else ashdown
        before = asked(ashdown)
        refused(ashdown)
        change(beside)
        assert statements(ashdown.app, lambda: asked(ashdown))
        assert statements(ashdown.app, lambda: refused(ashdown))
    assert (asked(ashdown) != before) == (change is _form)
    ashdown.app.worlds._store.close()  # noqa: SLF001


def test_what_is_undone_is_not_given_again():
    ashdown = client(sandbox())
    before = asked(ashdown)
    with ashdown.app.undone():
        _form(ashdown)
        assert asked(ashdown) == asked(ashdown) != before
    assert asked(ashdown) == before


def test_what_could_not_be_saved_is_not_given_again(file: str, monkeypatch: pytest.MonkeyPatch):
    ashdown = client(sandbox(file))
    store = ashdown.app.worlds._store  # noqa: SLF001
    before = asked(ashdown)
    with store.grouped():
        _form(ashdown)
        assert asked(ashdown) == asked(ashdown) != before

    def fails() -> None:
        raise Unavailable("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(store.connection, "commit", fails)
        with pytest.raises(Unavailable):
            store.save()
    assert asked(ashdown) == before
    store.close()


def test_an_answer_holds_for_the_second_in_which_it_was_given(real_time: Time):
    ashdown = client(sandbox(), world="running", clock=None)
    draft = ashdown.done("POST", "/partnerships", **NEW)["id"]
    path = f"{PARTNERSHIPS}/{draft}"
    ashdown.send("GET", path)
    assert statements(ashdown.app, lambda: ashdown.send("GET", path)) == []
    real_time.now += timedelta(seconds=1)
    assert statements(ashdown.app, lambda: ashdown.send("GET", path))


def test_the_state_of_a_declaration_follows_a_running_clock(real_time: Time):
    def states() -> set[str]:
        return {each["attributes"]["state"] for each in ashdown.get("/participant-declarations")}

    ashdown = client(sandbox(), world="running", clock=None)
    before = states()
    real_time.now += timedelta(days=60)
    assert states() != before


def test_the_rate_limit_counts_what_is_given_again():
    limited = client(sandbox(rate_limit=True))
    assert {asked(limited).status for _ in range(1000)} == {200}
    assert asked(limited).status == 429


def test_a_request_that_was_one_too_many_is_answered_in_the_next_minutes(real_time: Time):
    limited = client(sandbox(rate_limit=True))
    assert {asked(limited).status for _ in range(1001)} == {200, 429}
    real_time.now += timedelta(minutes=5)
    assert asked(limited).status == 200


@pytest.mark.parametrize("header", [header.decode() for header in READ_HEADERS])
def test_a_request_with_another_header_is_another_request(header: str):
    ashdown = client(sandbox())
    ashdown.get("/partnerships")
    other = {"authorization": client(ashdown.app, lead_provider="Brightwater").token, "accept": "text/plain"}
    value = {"x-with-server-date": "2026-09-15T09:00:00Z", "content-type": "text/plain"}.get(header) or other[header]
    assert statements(ashdown.app, lambda: ashdown.send("GET", PARTNERSHIPS, **{header: value}))


class Noting(dict[bytes, bytes]):
    """Headers that note which of them are read."""

    def __init__(self, headers: Any) -> None:
        super().__init__(headers)
        self.read: set[bytes] = set()

    def get(self, name: bytes, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


@pytest.fixture(scope="module", params=EDITIONS)
def in_edition(request: pytest.FixtureRequest) -> tuple[Edition, Client]:
    edition = EDITIONS[request.param]
    return edition, lead_provider(small_world(edition))


def test_operations_read_no_other_header_than_those_by_which_requests_are_told_apart(
    in_edition: tuple[Edition, Client], monkeypatch: pytest.MonkeyPatch
):
    edition, who = in_edition
    read = set[bytes]()

    def answer(request: Request) -> Answer:
        noting = Noting(request.headers)
        given = who.app._apis._answer(Request(request.method, request.path, request.query, noting, request.body, ""))  # noqa: SLF001
        read.update(noting.read)
        return given

    monkeypatch.setattr(who.app._apis, "answer", answer)  # noqa: SLF001
    with saved(who.app) as put_back:
        for operation in edition.contract.operations.values():
            _send(who, operation)
            put_back()
    assert {b"authorization", b"x-with-server-date"} <= read <= set(READ_HEADERS)


def _send(who: Client, operation: Operation) -> None:
    assert send_example(who, operation).status < 500
    for rule in operation.rules:
        if rule.broken_by:
            send_example(who, operation, rule)


def test_no_more_is_remembered_than_the_bound():
    ashdown = client(sandbox())
    remembered = ashdown.app._apis._remembered._by_request  # noqa: SLF001
    for number in range(40):
        ashdown.send("GET", PARTNERSHIPS, "", b"%d" % number + b" " * (LARGEST_BODY // 8))
        ashdown.send("GET", PARTNERSHIPS, f"x={number}" + "x" * 20_000, accept="y" * 20_000)
    assert 0 < remembered.held <= MOST
    held = sum(len(part or "") for request in remembered.entries for part in request)
    assert held <= MOST
