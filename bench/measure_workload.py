"""One run: a server on fresh data, a warm-up, the load, and the proof that the answers are what they should be."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import load_without_wrk
from processes import Cores, Failure, Running, running
from workloads_and_servers import CONTRACT, HERE, Server, Shot

CONNECTIONS = 16
PATIENCE = "30s"
"""How long the load waits for an answer before it counts as an error."""
SLACK = 0.95
"""A list answer is proven by its size: so much of the first one's, at least."""
GLANCE = 0.02
"""Seconds between two looks at the size of a log."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured."""

    requests_per_second: float
    p50: float
    """Milliseconds, as p99."""
    p99: float
    cpu: float
    """Microseconds of a core that the server spent on an answer."""
    memory: float
    """MiB."""
    log: float = 0
    """The largest size of the write-ahead log, in MiB, where it was looked at."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where servers run, and the token that requests have."""

    folder: Path
    """The data, and what servers write."""
    cores: Cores | None
    """Without cores of their own, servers run anywhere and the load comes from this process: figures mean nothing."""
    token: str
    names: Mapping[str, str]
    """What stands for the names in paths: ids that every world has, and numbers of pages."""

    @contextmanager
    def started(self, server: Server, data: Path, *, first: bool = False, probe: str = "") -> Iterator[Running]:
        """Run a server on some data; `first` as if it had never run before, `probe` with another first path."""
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        argv = server.first if first and server.first else server.argv
        filled = [part.format(port=port, data=data, contract=self.folder / CONTRACT) for part in argv]
        first_shot = next(iter(server.shots.values()))
        request = self._request(base, replace(first_shot, path=probe or server.probe or first_shot.path))
        core = self.cores and self.cores.server
        with running(filled, base, request, core, self.folder / f"{server.name}.log") as answering:
            for headers, body in server.setup:
                httpx.post(base, headers=dict(headers), content=body, trust_env=False).raise_for_status()
            yield answering

    def ready(self, server: Server) -> tuple[float, float]:
        """Return how many seconds a server takes to its first answer: at its first start, and at its second."""
        own = self.fresh(server)
        with self.started(server, own, first=True) as answering:
            first = answering.ready
        with self.started(server, own, first=True) as answering:
            return first, answering.ready

    def run(self, server: Server, workload: str, warm_up: int, seconds: int) -> Run:
        """Measure a workload on a server. Raises Failure when its answers are not what the workload says."""
        shot = server.shots[workload]
        own = self.fresh(server, shot)
        with self.started(server, own) as answering, _largest(Path(f"{own}-wal")) as log:
            size = 0 if shot.bodies else self._proven(answering.base, shot)
            used = self._load(answering.base, shot, warm_up, 0)["used"] if warm_up else 0
            before = answering.cpu()
            found = self._load(answering.base, shot, seconds, used)
            cpu, memory = answering.cpu() - before, answering.memory()
        check(f"{workload} of {server.title}", shot, found, size)
        requests = found["requests"]
        return Run(
            requests / found["seconds"], found["p50"], found["p99"], cpu / requests * 1e6, memory, max(log) / 2**20
        )

    def tried(self, base: str, server: Server, workload: str, requests: int) -> None:
        """Send a few requests to a server that runs. Raises Failure when its answers are not what the workload says."""
        shot = server.shots[workload]
        size = 0 if shot.bodies else self._proven(base, shot)
        check(f"{workload} of {server.title}", shot, self._load(base, shot, 0, 0, limit=requests), size)

    def alone(self, base: str, server: Server, workload: str, most: int) -> float:
        """Return the median of the milliseconds that a client waits for an answer who asks one thing at a time.

        Of what is POSTed, no more than `most`, a fifth warms the server up.
        """
        shot = server.shots[workload]
        size = 0 if shot.bodies else self._proven(base, shot)
        used = self._load(base, shot, 1, 0, connections=1, limit=most // 5)["used"]
        found = self._load(base, shot, 1, used, connections=1, limit=most - used)
        check(f"{workload} of {server.name}", shot, found, size)
        median: float = found["p50"]
        return median

    def _request(self, base: str, shot: Shot) -> httpx.Request:
        headers = {"Authorization": f"Bearer {self.token}", **shot.headers}
        return httpx.Request("GET", base + shot.path.format_map(self.names), headers=headers)

    def _proven(self, base: str, shot: Shot) -> int:
        """Ask once, look at the answer, and return its size."""
        with httpx.Client(trust_env=False) as client:
            answer = client.send(self._request(base, shot))
        body: Any = answer.json()
        listed = body["data"] if isinstance(body, dict) and "data" in body else body
        if answer.status_code != shot.status or (shot.items is not None and len(listed) != shot.items):
            raise Failure(f"{shot.path} was answered with {answer.status_code} and {len(listed)} items.")
        return len(answer.content)

    def _load(
        self, base: str, shot: Shot, seconds: int, offset: int, *, connections: int = CONNECTIONS, limit: int = 0
    ) -> Mapping[str, Any]:
        request = self._request(base, shot)
        bodies = self.folder / shot.bodies if shot.bodies else None
        if self.cores is None:
            return load_without_wrk.load(request, bodies, limit)
        argv = ["taskset", "-c", str(self.cores.load), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
        argv += ["--timeout", PATIENCE, "-s", str(HERE / "load.lua")]
        for name in {"Authorization", *shot.headers}:  # in lower case, Lua would add them to its own
            argv += ["-H", f"{name}: {request.headers[name]}"]
        argv += [str(request.url), *(["--", str(bodies), str(offset), str(limit)] if bodies else [])]
        said = subprocess.run(argv, check=False, capture_output=True, text=True)
        if said.returncode:
            raise Failure(f"wrk failed: {said.stderr or said.stdout}")
        found: Mapping[str, Any] = json.loads(said.stdout.splitlines()[-1])
        return found

    def fresh(self, server: Server, shot: Shot | None = None) -> Path:
        """Give a server the data of a workload, as a copy if it is going to write, or else a place to make its own."""
        for left in self.folder.glob("own-*"):
            left.unlink()
        given, own = self.folder / server.data, self.folder / f"own-{server.data}"
        if given.is_dir():  # stubs, to which nobody writes
            return given
        if shot and not shot.bodies:
            own.hardlink_to(given)
        elif shot or not server.first:
            shutil.copyfile(given, own)
        return own


def check(what: str, shot: Shot, found: Mapping[str, Any], size: int) -> None:
    """Raise Failure unless every answer is what the workload says, and as long as the first one."""
    requests = found["requests"]
    if not requests or found["broken"]:
        raise Failure(f"{what}: {requests} answers, {found['broken']} broken connections.")
    if shot.bodies and found["statuses"].keys() != {str(shot.status)}:
        share = found["statuses"].get(str(shot.status), 0) / requests
        raise Failure(f"{what}: {share:.1%} of the answers are {shot.status}, not all: {found['statuses']}.")
    if not shot.bodies and (found["refused"] or found["bytes"] < requests * size * SLACK):
        raise Failure(f"{what}: {found['refused']} of {requests} answers are errors, or they are too short.")


@contextmanager
def _largest(file: Path) -> Iterator[list[int]]:
    """Look again and again at how large a file is, and list the sizes."""
    sizes, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(GLANCE):
            sizes.append(file.stat().st_size if file.exists() else 0)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield sizes
    finally:
        is_over.set()
        thread.join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
