"""The results as they are kept and shown: a list of figures, and tables of them in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from markdown_tables import LIMITS, NONE, limit, table
from measure_workload import Run
from workloads_and_servers import (
    FIRST_START,
    GOALS,
    HERE,
    IN_LARGE,
    IN_SMALL,
    LARGEST_LOG,
    LONGEST_WAIT,
    MOST_MEMORY,
    SANDBOX,
    SECOND_START,
    STEADY,
    WORKLOADS,
    Server,
)

RESULTS = HERE / "results.json"
README = HERE / "README.md"
BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"
SITE = "<!-- site: written by run.py -->", "<!-- end of site -->"
EDITIONS = "<!-- editions: written by run.py -->", "<!-- end of editions -->"
WRITES = "<!-- writes: written by run.py -->", "<!-- end of writes -->"
SMALL_RATIO, FEW_DIGITS = 1, 2
"""Ratios below one are shown with two digits."""
FIGURES = {
    "requests_per_second": "requests/s",
    "p50": "p50, ms",
    "p99": "p99, ms",
    "cpu": "CPU, µs",
    "memory": "memory, MiB",
}
"""How each figure of a result is headed."""
STARTS = {"memory": "memory, MiB", "first": "first start, s", "second": "second start, s"}
"""The same of a server."""
Result = Mapping[str, Any]


def result(workload: str, server: Server, runs: Sequence[Run]) -> Result:
    """Put the rounds of a workload on a server together: the middle of each figure, and the most memory and log."""
    return {
        "workload": workload,
        "server": server.name,
        "requests_per_second": round(median(run.requests_per_second for run in runs)),
        "p50": round(median(run.p50 for run in runs), 2),
        "p99": round(median(run.p99 for run in runs), 2),
        "cpu": round(median(run.cpu for run in runs)),
        "memory": round(max(run.memory for run in runs)),
        "log": round(max(run.log for run in runs), 1),
    }


def started(server: Server, ready: Sequence[tuple[float, float]], results: Iterable[Result]) -> Result:
    """Put the starts of a server together, with the most memory that it needed for any workload."""
    first, second = (round(median(seconds), 2) for seconds in zip(*ready, strict=True))
    memory = max(one["memory"] for one in results if one["server"] == server.name)
    return {"workload": None, "server": server.name, "memory": memory, "first": first, "second": second}


def grown(workload: str, server: str, waits: Sequence[float]) -> Result:
    """Summarise the rounds of a workload that a single client sent: only the wait is a figure then.

    The least counts: whatever else uses the machine can only add to it.
    """
    return {"workload": workload, "server": server, **dict.fromkeys(FIGURES), "p50": round(min(waits), 3)}


def tables(results: Iterable[Result], alone: Iterable[Result], servers: Sequence[Server]) -> str:
    """Show results: ratios to each peer, limits that the sandbox keeps, growth with size, and every figure."""
    found = {(one["workload"], one["server"]): one for one in results}
    measured = [server for server in servers if any((workload, server.name) in found for workload in WORKLOADS)]
    waits = {(one["workload"], one["server"]): one["p50"] for one in alone}
    shown = (
        table(["sandbox ÷", *WORKLOADS], _ratios(found, measured)),
        table(LIMITS, _limits(found)),
        table(["", *STARTS.values()], _starts(found, measured)),
        table(["", "small, ms", "large, ms", "large ÷ small"], _growth(waits) if waits else ()),
        table(["", "server", *FIGURES.values()], _figures(found, servers)),
    )
    return "\n".join(filter(None, shown))


def _limits(found: Mapping[tuple[str | None, str], Result]) -> Iterator[Sequence[str]]:
    """Show what the sandbox must keep to, whatever its peers do."""
    start, steady = found.get((None, SANDBOX.name)), found.get((STEADY, SANDBOX.name))
    if start:
        yield limit("memory, MiB", start["memory"], MOST_MEMORY)
        yield limit("first start, s", start["first"], FIRST_START)
        yield limit("second start, s", start["second"], SECOND_START)
    if steady:
        yield limit("a long run of writes: p99 ÷ p50", round(steady["p99"] / steady["p50"], 1), LONGEST_WAIT)
        yield limit("its write-ahead log, MiB", steady["log"], LARGEST_LOG)


def _starts(found: Mapping[tuple[str | None, str], Result], servers: Sequence[Server]) -> Iterator[list[str]]:
    for server in servers:
        one = found.get((None, server.name))
        if one:
            yield [server.title, *(f"{one[figure]:,}" for figure in STARTS)]


def _growth(waits: Mapping[tuple[str, str], float]) -> Iterator[list[str]]:
    for workload in IN_SMALL.shots:
        small, large = (waits[workload, server.name] for server in (IN_SMALL, IN_LARGE))
        yield [workload, f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}"]


def _ratios(found: Mapping[tuple[str | None, str], Result], servers: Sequence[Server]) -> Iterator[list[str]]:
    for peer in (server for server in servers if server is not SANDBOX):
        goals = GOALS.get(peer.name, {})
        pairs = [(found.get((workload, SANDBOX.name)), found.get((workload, peer.name))) for workload in WORKLOADS]
        yield [peer.title, *(_ratio(*pair, goals.get(name)) for name, pair in zip(WORKLOADS, pairs, strict=True))]


def _ratio(ours: Result | None, theirs: Result | None, goal: float | None) -> str:
    """Show a ratio, with the goal where there is one: `9.4 (≥ 9)`, and bold where it was missed."""
    if not (ours and theirs):
        return NONE
    ratio = ours["requests_per_second"] / theirs["requests_per_second"]
    figure = f"{ratio:.{FEW_DIGITS if ratio < SMALL_RATIO else 1}f}"
    if goal is None:
        return figure
    return f"{figure} (≥ {goal})" if float(figure) >= goal else f"**{figure}, missed** (≥ {goal})"


def _figures(found: Mapping[tuple[str | None, str], Result], servers: Sequence[Server]) -> Iterator[list[str]]:
    for workload in (*WORKLOADS, STEADY):
        for server in servers:
            one = found.get((workload, server.name))
            if one:
                yield [workload, server.title, *(f"{one[figure]:,}" for figure in FIGURES)]


def write(results: Sequence[Result], shown: str, marks: tuple[str, str] = (BEGIN, END), readme: Path = README) -> None:
    """Keep the results in place of those of their kind, and show them in the README between its two marks."""
    kind = next(iter(results[0]))
    others = [each for each in json.loads(RESULTS.read_text()) if next(iter(each)) != kind] if RESULTS.is_file() else []
    RESULTS.write_text(json.dumps([*results, *others], indent=2) + "\n")
    before, _, rest = readme.read_text().partition(marks[0])
    readme.write_text(f"{before}{marks[0]}\n\n{shown}\n{marks[1]}{rest.partition(marks[1])[2]}")
