"""The bench measures what it says: every workload is answered as it should be, and goals are compared with figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture(autouse=True)
def _bench_on_the_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Import the modules of the bench for one test: their names are short, and other modules may have them."""
    monkeypatch.syspath_prepend(BENCH)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCH)):
            del sys.modules[name]


@pytest.fixture
def tables() -> ModuleType:
    import results_tables

    return results_tables


def test_every_workload_is_answered_as_it_should_be(monkeypatch, capsys):
    import run

    monkeypatch.setattr(sys, "argv", ["run.py", "--smoke"])
    run.main()

    assert capsys.readouterr().out == "9 workloads, 20 requests each: all answered as they should be.\n"


def test_the_time_of_an_inner_layer_is_not_counted_for_the_outer_one(monkeypatch):
    import profile_writes

    seconds = iter(range(100))
    monkeypatch.setattr(profile_writes.time, "perf_counter_ns", lambda: next(seconds))
    layers = profile_writes.Layers()
    commit = layers.timed(profile_writes.COMMITS, layers.timed(profile_writes.READS, int))
    handler = layers.timed(profile_writes.RULES, lambda: (layers.timed(profile_writes.READS, int)(), commit()))

    layers.begin()
    handler()

    assert layers.end() == {
        profile_writes.AROUND: 2,
        profile_writes.RULES: 3,
        profile_writes.READS: 1,
        profile_writes.COMMITS: 1,
    }


RIGHT = {"requests": 10, "broken": 0, "refused": 0, "bytes": 1000, "statuses": {}}


@pytest.mark.parametrize(
    ("bodies", "found"),
    [
        (None, {"requests": 0}),
        (None, {"broken": 1}),
        (None, {"refused": 1}),
        (None, {"bytes": 900}),
        ("new.txt", {"statuses": {"200": 9, "422": 1}}),
        ("new.txt", {"statuses": {"422": 10}}),
    ],
)
def test_a_run_with_a_wrong_answer_has_no_figure(bodies: str | None, found: dict[str, object]):
    from measure_workload import check
    from processes import Failure
    from workloads_and_servers import Shot

    shot = Shot("/", bodies)
    check("A run", shot, RIGHT | {"statuses": {"200": 10}}, 100)
    with pytest.raises(Failure, match="A run: "):
        check("A run", shot, RIGHT | {"statuses": {"200": 10}} | found, 100)


@pytest.mark.parametrize(
    ("ours", "theirs", "goal", "shown"),
    [
        (900, 100, 9, "9.0 (≥ 9)"),
        (899, 100, 9, "9.0 (≥ 9)"),
        (880, 100, 9, "**8.8, missed** (≥ 9)"),
        (13, 100, 0.13, "0.13 (≥ 0.13)"),
        (12, 100, 0.13, "**0.12, missed** (≥ 0.13)"),
        (250, 100, None, "2.5"),
    ],
)
def test_a_ratio_is_shown_with_its_goal(tables: ModuleType, ours: int, theirs: int, goal: float | None, shown: str):
    results = [
        {"workload": "GET one", "server": name, "requests_per_second": figure, **dict.fromkeys(tables.FIGURES, figure)}
        for name, figure in (("sandbox", ours), ("prism", theirs))
    ]
    tables.GOALS["prism"]["GET one"] = goal

    from workloads_and_servers import SERVERS

    first_table = tables.tables(results, [], SERVERS).split("\n\n")[0]
    assert f" | {shown} | - |" in first_table.splitlines()[2]


def test_a_limit_is_met_or_missed(tables: ModuleType):
    from workloads_and_servers import SANDBOX, SERVERS

    start = {"workload": None, "server": SANDBOX.name, "memory": 121, "first": 1.0, "second": 0.61}
    steady = {"workload": "PUT partnership", "server": SANDBOX.name, **dict.fromkeys(tables.FIGURES, 1)}
    shown = tables.tables([start, steady | {"p50": 2.0, "p99": 20.0, "log": 64.1}], [], SERVERS)

    assert "| memory, MiB | 121 | ≤ 120 | **missed** |" in shown
    assert "| first start, s | 1.0 | ≤ 1.0 | met |" in shown
    assert "| second start, s | 0.61 | ≤ 0.6 | **missed** |" in shown
    assert "| a long run of writes: p99 ÷ p50 | 10.0 | ≤ 10 | met |" in shown
    assert "| its write-ahead log, MiB | 64.1 | ≤ 64 | **missed** |" in shown


def test_the_stubs_of_peers_repeat_an_answer_and_refuse_what_lacks_an_attribute():
    import stubs

    given = [stubs.Stub("GET", "/a", "one"), stubs.Stub("POST", "/b", "yes", "school_id", "no")]
    mappings = stubs.of_wiremock(given)["mappings"]
    routes = stubs.of_mockoon(given)["routes"]

    assert [(each["priority"], each["response"]["status"], each["response"]["body"]) for each in mappings] == [
        (1, 200, "one"),
        (2, 422, "no"),
        (1, 200, "yes"),
    ]
    assert [each["request"].get("bodyPatterns") for each in mappings] == [
        None,
        None,
        [{"matchesJsonPath": "$.data.attributes.school_id"}],
    ]
    assert [[answer["statusCode"] for answer in route["responses"]] for route in routes] == [[200], [200, 422]]
