"""What the sandbox keeps in order to be quick does not show: not deep in a list, and not after any write."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import CLOCK, Client, client, register, sandbox, send_example
from controls_client import world_of

from lp_contract.contract import Operation
from lp_sandbox.bounded_cache import ENTRY
from lp_sandbox.programme.records import Pairing
from lp_sandbox.register.records import Partnership, Trainee
from lp_sandbox.worlds.records import Record
from lp_sandbox.worlds.store import Slice, Store, Where, page_bookmarks, sqlite

LISTS = ("/partnerships", "/participants", "/participant-declarations", "/statements", "/participants/transfers")
BY = (("delivery_partner_id", False), ("cohort", False))
MINE = Where("lead_provider_id", "=", "l")
INSTANTS = (
    "2024-03-31T12:00:00Z",
    "2025-09-01T00:00:59Z",
    "2026-09-15T00:01:00Z",
    CLOCK,
    "2026-09-15T23:00:00Z",
    "2026-11-01T00:00:30Z",
    "2030-01-01T00:00:00Z",
)
KEPT: tuple[type[Record], ...] = (Partnership, Trainee)
"""What has documents that are good for a span of time."""
WRITES = [
    *(operation for operation in register().contract.operations.values() if operation.is_write),
    *(operation for operation in register().controls.operations.values() if operation.tag == "Actors"),
]


@pytest.fixture(params=["memory", "sqlite"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store with a list of pairings in it."""
    app = sandbox("memory" if request.param == "memory" else f"sqlite:///{tmp_path}/sandbox.sqlite3")
    store = app.worlds._store  # noqa: SLF001 - the store that the app was given
    store.add("w", [Pairing("l", f"d{number:02}", 2026) for number in range(50)])
    return store


@pytest.fixture
def everything_is_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "FAR", 0)


def page(store: Store, offset: int, length: int = 5) -> list[str]:
    rows = store.rows(Pairing, ("delivery_partner_id",), "w", MINE, part=Slice(BY, offset, length))
    return [partner for (partner,) in rows]


def numbers(*partners: int) -> list[str]:
    return [f"d{number:02}" for number in partners]


@pytest.mark.usefixtures("everything_is_far")
def test_a_page_is_the_same_when_it_is_read_again_and_when_another_led_to_it(shared: Store):
    for offset in (0, 5, 5, 10, 45, 50, 55, 3, 8, 45, 0):
        assert page(shared, offset) == numbers(*range(offset, min(offset + 5, 50)))


@pytest.mark.usefixtures("everything_is_far")
def test_a_page_that_was_read_before_shows_what_was_written_since(shared: Store):
    assert page(shared, 10) == numbers(10, 11, 12, 13, 14)
    shared.remove(Pairing, "w", Where("delivery_partner_id", "=", "d03"))
    assert page(shared, 10) == numbers(11, 12, 13, 14, 15)
    shared.add("w", [Pairing("l", "d03", 2026)])
    assert page(shared, 10) == numbers(10, 11, 12, 13, 14)
    with pytest.raises(ZeroDivisionError), shared.writing():
        shared.remove(Pairing, "w", Where("delivery_partner_id", "in", ("d01", "d02")))
        assert page(shared, 10) == numbers(12, 13, 14, 15, 16)
        _ = 1 / 0
    assert page(shared, 10) == numbers(10, 11, 12, 13, 14)


@pytest.mark.usefixtures("everything_is_far")
def test_a_page_that_was_read_before_shows_what_another_process_wrote_since(tmp_path: Path):
    one, other = (sandbox(f"sqlite:///{tmp_path}/sandbox.sqlite3").worlds._store for _ in range(2))  # noqa: SLF001
    one.add("w", [Pairing("l", f"d{number:02}", 2026) for number in range(50)])
    assert page(other, 10) == page(one, 10) == numbers(10, 11, 12, 13, 14)
    one.remove(Pairing, "w", Where("delivery_partner_id", "=", "d03"))
    assert page(other, 10) == page(one, 10) == numbers(11, 12, 13, 14, 15)


@pytest.mark.usefixtures("everything_is_far")
def test_records_that_come_at_the_same_place_of_an_order_are_all_read(shared: Store):
    shared.add("w", [Pairing("l", "d20", year) for year in (2021, 2022, 2023)])
    by_partner = (("delivery_partner_id", False),)
    found = [
        row
        for offset in range(0, 55, 2)
        for row in shared.rows(Pairing, ("delivery_partner_id", "cohort"), "w", MINE, part=Slice(by_partner, offset, 2))
    ]
    assert len(set(found)) == len(found) == 53


def test_no_more_bookmarks_are_kept_than_are_good(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_bookmarks, "MOST", 12 * (page_bookmarks.A_ROW + ENTRY))
    kept = page_bookmarks.Bookmarks()
    for offset in range(0, 100, 5):
        kept.put("list", offset, (offset,), (offset + 4,), 5)
    known = [offset for offset in range(0, 105, 5) if kept.find("list", offset)]
    assert 0 < len(known) <= 12
    assert known[-1] == 100


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["", "&filter[cohort]=2024,2025", "&sort=-created_at", "&sort=updated_at"])
def test_the_pages_of_a_list_make_up_the_whole_list(monkeypatch: pytest.MonkeyPatch, path: str, query: str):
    ashdown = client(sandbox())
    whole = ashdown.get(path, f"page[per_page]=3000{query}")
    monkeypatch.setattr(sqlite, "FAR", 0)
    pages = [
        [ashdown.get(path, f"page[per_page]=7&page[page]={number}{query}") for number in _pages(whole)]
        for _ in ("read", "read again")
    ]
    assert [item for page in pages[0] for item in page] == whole
    assert pages[0] == pages[1]


def _pages(listed: list[Any]) -> range:
    return range(1, len(listed) // 7 + 2)


@pytest.mark.parametrize("operation", [None, *WRITES], ids=lambda o: o.id if o else "nothing")
def test_whatever_was_written_what_is_kept_is_what_would_be_worked_out(operation: Operation | None):
    ashdown = client(sandbox())
    if operation:
        _send(ashdown, operation)
    kept = list(_lists(ashdown))
    _forget_what_is_kept(ashdown)
    assert kept == list(_lists(ashdown))


def test_training_that_goes_on_under_another_partnership_counts_there_and_here_no_more():
    ashdown = client(sandbox())
    scenarios = {one["name"]: one for one in register().scenarios(0, _lead_provider(ashdown), CLOCK[:10])}
    (person,) = scenarios["ect-that-can-change-cohort"]["ids"]["participants"].values()
    for cohort in ("2026", "2025", "2024"):
        change = {"course_identifier": "ecf-induction", "schedule_identifier": "ecf-standard-september"}
        ashdown.write("PUT", f"/participants/{person}/change-schedule", **change, cohort=cohort)
    kept = list(_lists(ashdown))
    _forget_what_is_kept(ashdown)
    assert kept == list(_lists(ashdown))


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_kept_is_good_when_a_world_begins(kind: type[Record]):
    ashdown = client(sandbox())
    store, world = ashdown.app.worlds._store, world_of(ashdown)  # noqa: SLF001
    rows = store.rows(kind, ("good_from", "good_until", "document"), world)
    assert all(document and good_from <= CLOCK < good_until for good_from, good_until, document in rows)


def _send(client_: Client, operation: Operation) -> None:
    query = f"world={world_of(client_)}" if operation.tag == "Actors" else ""
    assert send_example(client_, operation, query=query).status < 300


def _lead_provider(client_: Client) -> str:
    opened = client_.app.worlds.opened_by(client_.token)
    assert opened
    return opened[1].lead_provider_id


def _lists(client_: Client) -> Iterator[bytes]:
    """Yield what two lead providers list at many instants, and what changed since each."""
    world = client_.app.worlds.get(world_of(client_))
    assert world
    for token in client_.app.worlds.tokens(world)[:2]:
        for instant, path in itertools.product(INSTANTS, ("partnerships", "participants")):
            for query in ("", f"&filter[updated_since]={instant[:7]}-01T00:00:00Z&sort=-updated_at"):
                one = Client(client_.app, token.token, at=instant)
                yield one.send("GET", f"/api/v3/{path}", f"page[per_page]=3000{query}").body


def _forget_what_is_kept(client_: Client) -> None:
    """Have all that is kept worked out anew when it is read."""
    nowhere = {"good_from": "", "good_until": ""}
    for kind in KEPT:
        client_.app.worlds._store.change(kind, world_of(client_), nowhere)  # noqa: SLF001
