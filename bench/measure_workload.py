"""One run: a server on fresh data, a warm-up, the load, and the proof that the answers are what they should be."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from processes import Cores, Failure, Running, running
from workloads_and_servers import HERE, WORK, Server, Shot

CONNECTIONS = 16
PATIENCE = "30s"
"""How long the load waits for an answer before it counts as an error."""
SLACK = 0.95
"""A list answer is proven by its size: so much of the first one's, at least."""


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


@dataclass(frozen=True, slots=True)
class Bench:
    """Where servers run, and whom they are asked as."""

    cores: Cores
    token: str
    names: Mapping[str, str]
    """What stands for the names in paths: ids that every world has, and numbers of pages."""

    @contextmanager
    def started(self, server: Server, data: Path, *, first: bool = False) -> Iterator[Running]:
        """Run a server on some data; `first` as if it had never run before."""
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        argv = server.first if first and server.first else server.argv
        filled = [part.format(port=port, data=data) for part in argv]
        probe = self._request(base, next(iter(server.shots.values())))
        with running(filled, base, probe, self.cores.server, WORK / f"{server.name}.log") as answering:
            yield answering

    def ready(self, server: Server) -> float:
        """Return how many seconds a server takes from its first start to its first answer."""
        with self.started(server, _fresh(server), first=True) as answering:
            return answering.ready

    def run(self, server: Server, workload: str, warm_up: int, seconds: int) -> Run:
        """Measure a workload on a server. Raises Failure when its answers are not what the workload says."""
        shot = server.shots[workload]
        with self.started(server, _fresh(server, shot)) as answering:
            size = 0 if shot.bodies else self._proven(answering.base, shot)
            used = self._load(answering.base, shot, warm_up, 0)["used"]
            before = answering.cpu()
            found = self._load(answering.base, shot, seconds, used)
            cpu, memory = answering.cpu() - before, answering.memory()
        _check(f"{workload} of {server.title}", shot, found, size)
        requests = found["requests"]
        return Run(requests / found["seconds"], found["p50"], found["p99"], cpu / requests * 1e6, memory)

    def alone(self, server: Server, workload: str, most: int) -> float:
        """Return the median of the milliseconds that a client waits for an answer who asks one thing at a time.

        Of what is POSTed, no more than `most`, a fifth warms the server up.
        """
        shot = server.shots[workload]
        with self.started(server, _fresh(server, shot)) as answering:
            size = 0 if shot.bodies else self._proven(answering.base, shot)
            used = self._load(answering.base, shot, 1, 0, connections=1, limit=most // 5)["used"]
            found = self._load(answering.base, shot, 1, used, connections=1, limit=most - used)
        _check(f"{workload} of {server.name}", shot, found, size)
        median: float = found["p50"]
        return median

    def _request(self, base: str, shot: Shot) -> httpx.Request:
        headers = {"Authorization": f"Bearer {self.token}"}
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
        argv = ["taskset", "-c", str(self.cores.load), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
        argv += ["--timeout", PATIENCE, "-s", str(HERE / "load.lua")]
        argv += ["-H", f"Authorization: {request.headers['Authorization']}", str(request.url)]
        argv += ["--", str(WORK / shot.bodies), str(offset), str(limit)] if shot.bodies else []
        said = subprocess.run(argv, check=False, capture_output=True, text=True)
        if said.returncode:
            raise Failure(f"wrk failed: {said.stderr or said.stdout}")
        found: Mapping[str, Any] = json.loads(said.stdout.splitlines()[-1])
        return found


def _check(what: str, shot: Shot, found: Mapping[str, Any], size: int) -> None:
    requests = found["requests"]
    if not requests or found["broken"]:
        raise Failure(f"{what}: {requests} answers, {found['broken']} broken connections.")
    if shot.bodies and found["statuses"].keys() != {str(shot.status)}:
        share = found["statuses"].get(str(shot.status), 0) / requests
        raise Failure(f"{what}: {share:.1%} of the answers are {shot.status}, not all: {found['statuses']}.")
    if not shot.bodies and (found["refused"] or found["bytes"] < requests * size * SLACK):
        raise Failure(f"{what}: {found['refused']} of {requests} answers are errors, or they are too short.")


def _fresh(server: Server, shot: Shot | None = None) -> Path:
    """Give a server the data of a workload, as a copy if it is going to write, or else a place to make its own."""
    for left in WORK.glob("own-*"):
        left.unlink()
    data = (shot and shot.data) or server.data
    own = WORK / f"own-{data}"
    if shot and not shot.bodies:
        own.hardlink_to(WORK / data)
    elif shot or not server.first:
        shutil.copyfile(WORK / data, own)
    return own


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
