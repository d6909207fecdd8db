"""The results as they are kept and shown: a list of figures, and tables of them in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from measure_workload import Run
from workloads_and_servers import HERE, IN_LARGE, IN_SMALL, SANDBOX, WORKLOADS, Server

RESULTS = HERE / "results.json"
README = HERE / "README.md"
BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"
SITE = "<!-- site: written by run.py -->", "<!-- end of site -->"
EDITIONS = "<!-- editions: written by run.py -->", "<!-- end of editions -->"
NONE = "-"
FIGURES = {
    "requests_per_second": "requests/s",
    "p50": "p50, ms",
    "p99": "p99, ms",
    "cpu": "CPU, µs",
    "memory": "memory, MiB",
    "ready": "ready, s",
}
"""How each figure of a result is headed."""
Result = Mapping[str, Any]


def result(workload: str, server: Server, runs: Sequence[Run], ready: Sequence[float]) -> Result:
    """Put the rounds of a workload on a server together: the middle of each figure, and the most memory."""
    return {
        "workload": workload,
        "server": server.name,
        "requests_per_second": round(median(run.requests_per_second for run in runs)),
        "p50": round(median(run.p50 for run in runs), 2),
        "p99": round(median(run.p99 for run in runs), 2),
        "cpu": round(median(run.cpu for run in runs)),
        "memory": round(max(run.memory for run in runs)),
        "ready": round(median(ready), 2),
    }


def grown(workload: str, server: str, waits: Sequence[float]) -> Result:
    """Put the rounds of a workload together that one client asked for alone: only the wait is a figure then.

    The least counts: whatever else uses the machine can only add to it.
    """
    return {"workload": workload, "server": server, **dict.fromkeys(FIGURES), "p50": round(min(waits), 3)}


def tables(results: Iterable[Result], alone: Iterable[Result], servers: Sequence[Server]) -> str:
    """Show results: how many times as fast the sandbox is as each peer, what it is like at size, and every figure."""
    found = {(one["workload"], one["server"]): one for one in results}
    peers = [server for server in servers if server is not SANDBOX]
    ratios = _table(["", *(f"sandbox ÷ {peer.title}" for peer in peers)], _ratios(found, peers)) if peers else ""
    waits = {(one["workload"], one["server"]): one["p50"] for one in alone}
    growth = _table(["", "small, ms", "large, ms", "large ÷ small"], _growth(waits)) if waits else ""
    figures = _table(["", "server", *FIGURES.values()], _figures(found, servers))
    return "\n".join(filter(None, (ratios, growth, figures)))


def _growth(waits: Mapping[tuple[str, str], float]) -> Iterator[list[str]]:
    for workload in IN_SMALL.shots:
        small, large = (waits[workload, server.name] for server in (IN_SMALL, IN_LARGE))
        yield [workload, f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}"]


def _ratios(found: Mapping[tuple[str, str], Result], peers: Sequence[Server]) -> Iterator[list[str]]:
    for workload in WORKLOADS:
        ours = found.get((workload, SANDBOX.name))
        yield [workload, *(_ratio(ours, found.get((workload, peer.name))) for peer in peers)]


def _ratio(ours: Result | None, theirs: Result | None) -> str:
    return f"{ours['requests_per_second'] / theirs['requests_per_second']:.1f}" if ours and theirs else NONE


def _figures(found: Mapping[tuple[str, str], Result], servers: Sequence[Server]) -> Iterator[list[str]]:
    for workload in WORKLOADS:
        for server in servers:
            one = found.get((workload, server.name))
            yield [workload, server.title, *(f"{one[figure]:,}" if one else NONE for figure in FIGURES)]


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruled = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)


def write(results: Sequence[Result], shown: str, marks: tuple[str, str] = (BEGIN, END), readme: Path = README) -> None:
    """Keep the results in place of those of their kind, and show them in the README between its two marks."""
    kind = next(iter(results[0]))
    others = [each for each in json.loads(RESULTS.read_text()) if next(iter(each)) != kind] if RESULTS.is_file() else []
    RESULTS.write_text(json.dumps([*results, *others], indent=2) + "\n")
    before, _, rest = readme.read_text().partition(marks[0])
    readme.write_text(f"{before}{marks[0]}\n\n{shown}\n{marks[1]}{rest.partition(marks[1])[2]}")
