"""Measure the sandbox beside its peers: `make bench`, or `make bench ARGS=--quick`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import benchmark_data
import compare_editions
import measure_pages
import profile_writes
import results_tables
from measure_workload import Bench, Run
from processes import Cores, Failure, busy
from workloads_and_servers import (
    BY_START,
    DURABLE,
    IN_EVERY_ROUND,
    IN_LARGE,
    IN_SMALL,
    MODULES,
    MOTO,
    MOTO_PACKAGES,
    MOTO_SERVER,
    PEERS,
    PINNED,
    SANDBOX,
    SERVERS,
    STEADY,
    TRIED,
    WIREMOCK,
    WITHOUT_MEMORY,
    WORK,
    WORKLOADS,
    Server,
)

from lp_contract.contract import Contract, load

SITE, EDITIONS, WRITES = "site", "editions", "writes"
ROUNDS = 3
TURNS, FEW_TURNS = 300, 40
"""How often each request is measured in each edition."""
NOISE = 0.15
"""The share of the machine that others may use before the figures are called noise."""
FASTEST, FASTEST_TO_DECLARE = 12000, 6000
"""New partnerships and declarations a second that no server here can make: the pools must last."""
ALONE = 200
"""How much is POSTed in a row where little can be."""
LONG, SHORT = 60, 5
"""Seconds of the long run of writes, and of a quick one."""
FEW = 20
"""Requests of each workload in a trial."""


def main() -> None:
    """Run the bench from the command line."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    try:
        _bench(given)
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("Stopped. No server is left running, and nothing was written.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the sandbox beside its peers, and write the tables.")
    parser.add_argument("--quick", action="store_true", help="one short round; prints the tables, writes nothing")
    parser.add_argument(
        "--smoke", action="store_true", help="try every workload on the sandbox, without peers, wrk or figures"
    )
    parser.add_argument("--seconds", type=int, default=3, help="how long each run lasts [3]; there are three")
    names = [SITE, EDITIONS, WRITES, *(server.name for server in SERVERS)]
    help_text = (
        f"measure these servers, and write nothing; `{SITE}` measures how the guide is built, `{EDITIONS}` compares "
        f"the editions, `{WRITES}` shows where the time of writes goes, and these three are written"
    )
    parser.add_argument("--only", action="append", choices=names, help=help_text)
    return parser.parse_args()


def _bench(given: argparse.Namespace) -> None:
    if given.smoke:
        _try_every_workload()
        return
    rounds, turns = (1, FEW_TURNS) if given.quick else (ROUNDS, TURNS)
    parts: Mapping[str, tuple[Callable[[], Sequence[Any]], Callable[[Any], str], tuple[str, str]]] = {
        SITE: (lambda: _site(rounds), measure_pages.tables, results_tables.SITE),
        EDITIONS: (lambda: compare_editions.measure(turns), compare_editions.tables, results_tables.EDITIONS),
        WRITES: (lambda: profile_writes.measure(turns), profile_writes.tables, results_tables.WRITES),
    }
    for name, (measure, tables, marks) in parts.items():
        if not given.only or name in given.only:
            _tell(f"Measuring: {name}")
            results = measure()
            shown = tables(results)
            print(shown)
            if not given.quick:
                results_tables.write(results, shown, marks)
    if not given.only or not set(given.only) <= parts.keys():
        _bench_servers(given)


def _site(rounds: int) -> Sequence[Any]:
    _install_peers(SERVERS)
    return measure_pages.measure(rounds, _step)


def _bench_servers(given: argparse.Namespace) -> None:
    servers = [server for server in SERVERS if not given.only or server.name in given.only]
    warm_up, seconds, rounds = (1, 1, 1) if given.quick else (2, given.seconds, ROUNDS)
    cores = _prepared(servers)
    contract = load("register")
    tokens = _tokens()
    bench = Bench(WORK, cores, tokens[0], benchmark_data.names(contract))
    in_large, in_small, most = _make_worlds(bench, contract, tokens, warm_up + seconds)
    results = _measured(bench, servers, rounds, warm_up, seconds)
    if SANDBOX in servers:
        results = [*results, _steady(bench, SHORT if given.quick else LONG)]
    grown = _grown([(IN_SMALL, in_small), (IN_LARGE, in_large)], rounds, most) if SANDBOX in servers else []
    shown = results_tables.tables(results, grown, servers)
    print(shown)
    if given.quick or given.only:
        _tell("Nothing was written: a quick or partial run is for looking at.")
    else:
        results_tables.write([*results, *grown], shown)
        _tell(f"Written to {results_tables.RESULTS.name} and {results_tables.README.name}.")


def _try_every_workload() -> None:
    """Try each workload on a small sandbox. Raises Failure when an answer is not as it should be."""
    contract = load("register")
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), None, "none yet", benchmark_data.names(contract))
        with bench.started(TRIED, bench.folder / TRIED.data, probe="/_sandbox/health") as running:
            ready = json.loads((bench.folder / f"{TRIED.name}.log").read_text().splitlines()[0])
            tokens = [each["token"] for each in ready["worlds"][0]["tokens"]]
            benchmark_data.make_few(bench, running.base, contract, tokens)
            for workload in TRIED.shots:
                replace(bench, token=tokens[0]).tried(running.base, TRIED, workload, FEW)
    print(f"{len(TRIED.shots)} workloads, {FEW} requests each: all answered as they should be.")


def _prepared(servers: Sequence[Server]) -> Cores:
    """See that all is there, and keep this process and its load away from the servers' core."""
    cores = Cores.ours()
    _install_wrk()
    _install_peers(servers)
    WORK.mkdir(exist_ok=True)
    os.sched_setaffinity(0, {cores.load})
    if cores.server == cores.load:
        _tell("WARNING: there is one core only. Server and load share it: the ratios will be wrong.")
    if (share := busy()) > NOISE:
        _tell(f"WARNING: other programs use {share:.0%} of this machine: these figures will be noise.")
    return cores


def _install_wrk() -> None:
    _need("taskset", "It is in Debian's package util-linux.")
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        with _step("Installing wrk with apt-get"):
            subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
    _need("wrk", "Install it, then try again. On Debian and Ubuntu: sudo apt-get install wrk")


def _install_peers(servers: Sequence[Server]) -> None:
    if WIREMOCK in servers:
        _need("java", "WireMock needs Java 11. On Debian and Ubuntu: sudo apt-get install default-jre-headless")
    if MOTO_SERVER in servers and not (MOTO / "bin" / "moto_server").is_file():
        with _step("Installing moto with pip"):
            subprocess.run([sys.executable, "-m", "venv", str(MOTO)], check=True)
            subprocess.run([MOTO / "bin" / "pip", "install", "--quiet", "-r", str(MOTO_PACKAGES)], check=True)
    if all(server in (SANDBOX, WITHOUT_MEMORY, DURABLE) for server in servers) or all(
        _installed(package) == version for package, version in PINNED.items()
    ):
        return
    for tool in ("node", "npm"):
        _need(tool, "The peers are Node programs; Node 20 runs them.")
    with _step("Installing the peers from npm (half a minute the first time)"):
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], check=False, cwd=PEERS)
    if done.returncode:
        raise Failure("npm could not install the peers. What it says stands above.")


def _installed(package: str) -> str | None:
    manifest = MODULES / package / "package.json"
    return json.loads(manifest.read_text())["version"] if manifest.is_file() else None


def _need(tool: str, advice: str) -> None:
    if not shutil.which(tool):
        raise Failure(f"`{tool}` is needed and not there. {advice}")


def _tokens() -> list[str]:
    """Return the tokens of the sandbox's default world of Register, the same in every store."""
    words = [SANDBOX.argv[0], "tokens", "--json", "--store", "memory", "--edition", "register"]
    said = subprocess.run(words, check=True, capture_output=True)
    return [entry["token"] for entry in json.loads(said.stdout)]


def _make_worlds(bench: Bench, contract: Contract, tokens: Sequence[str], seconds: int) -> tuple[Bench, Bench, int]:
    """Make the data. Returns the bench as it is for a large and for a small world, and how much to POST in either."""
    shutil.rmtree(WORK)
    WORK.mkdir()
    pools = FASTEST * seconds, FASTEST_TO_DECLARE * seconds
    with _step(f"Seeding a large world, and naming {pools[0]:,} partnerships and {pools[1]:,} declarations to make"):
        large = benchmark_data.make(bench, contract, tokens, *pools)
    with _step("Seeding a small world"):
        small, most = benchmark_data.make_small(bench, IN_SMALL, contract, tokens)
    in_large, in_small = (replace(bench, names={**bench.names, **last}) for last in (large, small))
    return in_large, in_small, min(most, ALONE)


def _grown(benches: Sequence[tuple[Server, Bench]], rounds: int, most: int) -> Sequence[results_tables.Result]:
    """Measure what a client that is alone waits for in a small and in a large world, in turns."""
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(1, rounds + 1):
        for (server, bench), workloads in product(benches, BY_START):
            with bench.started(server, bench.fresh(server, server.shots[workloads[0]])) as running:
                for workload in workloads:
                    with _step(f"Round {number} of {rounds}: {server.title} world: {workload}") as tell:
                        wait = bench.alone(running.base, server, workload, most)
                        waits[workload, server.name].append(wait)
                        tell(f"{wait:.2f} ms")
    return [results_tables.grown(workload, name, found) for (workload, name), found in waits.items()]


def _measured(
    bench: Bench, servers: Sequence[Server], rounds: int, warm_up: int, seconds: int
) -> Sequence[results_tables.Result]:
    """Measure round by round, one server after the other, so that drift meets all alike."""
    ready: dict[str, list[tuple[float, float]]] = defaultdict(list)
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for number in range(1, rounds + 1):
        taking_part = [server for server in servers if number == 1 or server.name in IN_EVERY_ROUND]
        for server in taking_part:
            with _step(f"Round {number} of {rounds}: {server.title}: two starts") as tell:
                ready[server.name].append(bench.ready(server))
                tell("ready in {:.2f} s and {:.2f} s".format(*ready[server.name][-1]))
        for workload in WORKLOADS:
            for server in (server for server in taking_part if workload in server.shots):
                with _step(f"Round {number} of {rounds}: {server.title}: {workload}") as tell:
                    run = bench.run(server, workload, warm_up, seconds)
                    runs[workload, server.name].append(run)
                    tell(f"{run.requests_per_second:,.0f} a second, all answered as they should be")
    by_name = {server.name: server for server in servers}
    results = [results_tables.result(workload, by_name[name], found) for (workload, name), found in runs.items()]
    return [*results, *(results_tables.started(server, ready[server.name], results) for server in servers)]


def _steady(bench: Bench, seconds: int) -> results_tables.Result:
    """Measure writes that go on for long, with the size of the write-ahead log.

    Nothing warms the server up: what was under way at the end of that might be lost, and a later change would be none.
    """
    with _step(f"{seconds} s of writes: {SANDBOX.title}") as tell:
        run = bench.run(SANDBOX, STEADY, 0, seconds)
        tell(f"{run.requests_per_second:,.0f} a second, p99 {run.p99:.1f} ms, log {run.log:.0f} MiB")
    return results_tables.result(STEADY, SANDBOX, [run])


@contextmanager
def _step(what: str) -> Iterator[Callable[[str], None]]:
    """Print what is being done, and afterwards its results, or how long it took."""
    print(f"{what} ... ", end="", file=sys.stderr, flush=True)
    began = time.perf_counter()
    results: list[str] = []
    try:
        yield results.append
    except BaseException:
        _tell("given up.")
        raise
    _tell(*(results or [f"{time.perf_counter() - began:.1f} s"]))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
