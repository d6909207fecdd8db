"""What the sandbox keeps to be quick stays within bounds, however varied the requests are."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from client import Client, client, sandbox

from lp_sandbox.bounded_cache import CACHES, ENTRY, Cache, cached
from lp_sandbox.request import query
from lp_sandbox.web import hosts, pages
from lp_sandbox.worlds import clock
from lp_sandbox.worlds.store import sqlite, sqlite_statements

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def held(value: Any) -> int:
    """The bytes of a value and of all that is in it."""
    size = sys.getsizeof(value)
    if isinstance(value, dict):
        return size + sum(held(key) + held(inner) for key, inner in value.items())
    return size + (sum(map(held, value)) if isinstance(value, list | tuple) else 0)


def test_a_cache_forgets_the_oldest_when_it_is_full():
    cache: Cache[int, bytes] = Cache(10 * ENTRY)
    for number in range(100):
        cache.put(number, b"", 0)
    assert list(cache.entries) == list(range(90, 100))


def test_a_value_that_would_fill_the_cache_is_not_kept():
    cache: Cache[int, bytes] = Cache(10 * ENTRY)
    cache.put(1, b"", 0)
    cache.put(2, b"", 10 * ENTRY)
    assert list(cache.entries) == [1]


def test_a_key_that_is_kept_again_is_counted_once():
    cache: Cache[int, bytes] = Cache(100 * ENTRY)
    for _ in range(5):
        cache.put(1, b"", 7)
    assert cache.held == ENTRY + 7
    cache.clear()
    assert (cache.held, cache.entries) == (0, {})


def test_a_function_is_called_once_for_what_is_cached_and_again_after_it_raised():
    calls = []

    @cached(1000, lambda key, _: len(key))
    def read(text: str) -> int:
        calls.append(text)
        return int(text)

    assert (read("1"), read("1")) == (1, 1)
    for _ in range(2):
        with pytest.raises(ValueError):
            read("x")
    assert calls == ["1", "x", "x"]


NAMES = [f"{a}{b}" for a in LETTERS for b in LETTERS]
QUERIES = {
    "names": "&".join(NAMES[:300]),
    "dictionaries": "&".join(f"{name}[a]" for name in NAMES[:300]),
    "lists": "&".join(f"{name}[]" for name in NAMES[:300]),
    "a long list": "a[]=&" * 1000,
    "brackets": "&".join(name + "[" * 30 for name in NAMES[:100]),
    "one dictionary in another": "a" + "[a" * 30,
    "an ordinary query": "filter[cohort]=2026&page[page]=3&sort=-created_at",
}


@pytest.mark.parametrize("case", QUERIES)
def test_a_parsed_query_weighs_no_more_than_it_is_counted_for(case: str):
    text = QUERIES[case]
    assert held(text) + held(query.parameters(text)) <= ENTRY + query.BYTES_A_LETTER * len(text)


def varied(number: int) -> str:
    return f"filter[cohort]={number}&" + "&".join(f"x{number}[{name}]=1" for name in NAMES[: number % 300])


CALLS = {
    "lp_sandbox.web.pages._pack": lambda number: pages._pack(random.Random(number).randbytes(100_000)),  # noqa: SLF001
    "lp_sandbox.request.query.parameters": lambda number: query.parameters(varied(number)),
    "lp_sandbox.web.hosts.read_host": lambda number: hosts.read_host(f"{number:01000}.example.com"),
    "lp_sandbox.worlds.clock.parse": lambda number: clock.parse(f"2026-01-01T00:00:00.{number:0100}Z"),
}
SENT = 20_000


@pytest.mark.parametrize("name", CALLS)
def test_a_cache_that_clients_can_fill_stays_within_its_bound(name: str):
    cache = CACHES[name]
    cache.clear()
    counts = set()
    for number in range(SENT):
        CALLS[name](number)
        assert cache.held <= cache.most
        counts.add(len(cache.entries))
        if number > 2 * max(counts):
            break
    weight = sum(held(key) + held(value) for key, value in cache.entries.items())
    assert weight <= cache.most
    assert max(counts) < SENT // 2, "what was sent does not fill the cache, so that this test could not fail"


def test_no_cache_is_left_out_here():
    assert {name for name in CACHES if name.startswith("lp_sandbox.")} == CALLS.keys()


LISTS = ["/partnerships", "/participants", "/participant-declarations", "/delivery-partners", "/statements", "/schools"]


@pytest.mark.parametrize("path", LISTS)
def test_lists_of_values_of_every_length_are_answered_with_two_statements(ashdown: Client, path: str):
    def statements(length: int) -> int:
        cohorts = ",".join(map(str, range(2025, 2025 + length)))
        ids = ",".join(f"00000000-0000-4000-8000-{number:012}" for number in range(length))
        for key, values in (("cohort", cohorts), ("participant_id", ids), ("delivery_partner_id", ids)):
            filters = f"filter[{key}]={values}" + ("&filter[cohort]=2026" if path == "/schools" else "")
            assert ashdown.send("GET", f"/api/v3{path}", filters).status == 200
        return sqlite_statements.select.cache_info().currsize

    statements(1), statements(2)
    before = statements(2)
    assert [statements(length) for length in (3, 10, 50, 100)] == [before] * 4


def test_a_sort_that_repeats_itself_is_answered_with_the_same_statement(ashdown: Client):
    def statements(length: int) -> int:
        assert ashdown.ids("/partnerships", "sort=" + ",".join(["created_at", "-updated_at", "-created_at"] * length))
        return sqlite_statements.select.cache_info().currsize

    assert statements(1) == statements(2) == statements(30)


def test_bookmarks_of_lists_with_long_filters_stay_within_their_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sqlite, "FAR", 0)
    ashdown = client(sandbox())
    marks = ashdown.app.worlds._store._bookmarks._by_page  # noqa: SLF001
    marks.most = 200_000
    counts = []
    for number in range(60):
        ids = ",".join(f"{number:08}-0000-4000-8000-{other:012}" for other in range(200))
        mine = ashdown.ids("/delivery-partners")[0]
        ashdown.get("/partnerships", f"filter[delivery_partner_id]={mine},{ids}")
        counts.append(len(marks.entries))
        assert marks.held <= marks.most
    assert counts[-1] == max(counts) < 60
    assert sum(held(key) + held(mark) for key, mark in marks.entries.items()) <= marks.most
