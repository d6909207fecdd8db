"""Processes of their own on a core of their own: started, waited for, weighed and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

LONGEST_START = 300
"""Seconds. The first start of a large world has much to write."""
LONGEST_STOP = 10
GLANCE = 0.005
"""Seconds between two looks at whether a server answers."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As it usually is: Python compiles a module when it is first used, and not at every start."""
PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):  # noqa: N818 - tells what it is
    """The bench cannot go on. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core the server has, and which the load."""

    server: int
    load: int

    @classmethod
    def ours(cls) -> Cores:
        """Take the first two that this process may use; both are one where there is no second."""
        free = sorted(os.sched_getaffinity(0))
        return cls(free[0], free[min(1, len(free) - 1)])


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    base: str
    pid: int
    ready: float
    """Seconds from the start of the process to its first answer."""

    def memory(self) -> float:
        """Return the most memory it has had resident so far, with its children, in MiB."""
        return sum(_peak(pid) for pid in _family(self.pid)) / 1024

    def cpu(self) -> float:
        """Return how many seconds of a core it has used so far, with its children."""
        return sum(_used(pid) for pid in _family(self.pid)) / TICKS


@contextmanager
def running(argv: Sequence[str], base: str, probe: httpx.Request, core: int | None, log: Path) -> Iterator[Running]:
    """Start a server, wait until it answers the probe with success, and stop it at the end whatever happens.

    Without a core of its own it runs on any.
    """
    pinned = () if core is None else ("taskset", "-c", str(core))
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*pinned, *argv],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(process, probe, began, log)
            yield Running(base, process.pid, time.perf_counter() - began)
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], probe: httpx.Request, began: float, log: Path) -> None:
    with httpx.Client(trust_env=False) as client:
        while not _answers(client, probe):
            if process.poll() is not None or time.perf_counter() - began > LONGEST_START:
                raise Failure(f"A server did not start. The end of {log.name}:\n{log.read_text()[-2000:]}")
            time.sleep(GLANCE)


def _answers(client: httpx.Client, probe: httpx.Request) -> bool:
    try:
        return client.send(probe).is_success
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole session to end, and insist where it does not."""
    for order in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, order)
        try:
            process.wait(LONGEST_STOP)
        except subprocess.TimeoutExpired:
            continue
        return


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in PROC.glob(f"{pid}/task/*/children"):
        with suppress(FileNotFoundError):  # the thread has ended since
            for child in children.read_text().split():
                yield from _family(int(child))


def _peak(pid: int) -> int:
    """Return the peak of the resident memory of a process, in KiB."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _used(pid: int) -> int:
    """Return the time a process has run, in its own code and in the kernel: the 14th and 15th figure of its stat."""
    figures = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(figures[11]) + int(figures[12])


def busy(seconds: float = 1.0) -> float:
    """Return the share of this machine that is in use just now, from 0 to 1."""
    before = _ticks()
    time.sleep(seconds)
    spent = [later - sooner for sooner, later in zip(before, _ticks(), strict=True)]
    return 1 - (spent[3] + spent[4]) / max(1, sum(spent))


def _ticks() -> list[int]:
    """Read what the cores did so far: the fourth figure is idle, the fifth waiting for a disk."""
    return [int(figure) for figure in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
