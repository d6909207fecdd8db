"""The sandbox as a program of its own, for tests of how it starts, stops and fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
from click.testing import CliRunner, Result
from client import seed_id

from lp_sandbox.__main__ import main
from lp_sandbox.commands.output import NAME

PROGRAM = "lp_sandbox"
COMMAND = (sys.executable, "-m", PROGRAM)
HERE = Path(__file__).parent
PATIENCE = 180
"""How many seconds a step of a program can take on a busy machine."""
NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command of the sandbox to its end."""
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False, timeout=PATIENCE, **options)


def invoke(*words: str, **options: Any) -> Result:
    """Run a command of the sandbox to its end within this process, which takes a fifth of the time.

    An exception that the command does not handle is raised here. `serve` changes its process, so it needs `run`.
    """
    return CliRunner().invoke(main, words, prog_name=NAME, catch_exceptions=False, **options)


@dataclass
class Served:
    """A sandbox that runs."""

    process: subprocess.Popen[str]
    url: str
    token: str
    """That of the first lead provider of the first edition."""
    greeting: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE)

    def read(self) -> httpx.Response:
        return self.http.get("/api/v3/partnerships")

    def write(self) -> httpx.Response:
        """Form a partnership, which can be done once in a world."""
        return self.http.post("/api/v3/partnerships", json={"data": {"type": "partnership", "attributes": NEW}})

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal, and return the exit code and what the sandbox said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def started(*words: str, program: str = PROGRAM, **options: Any) -> subprocess.Popen[str]:
    """Start a sandbox on a free port: that of a module, which can be one of the tests."""
    command = [sys.executable, "-m", program, "serve", "--port", "0", *words]
    paths = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(HERE)]))
    environment = os.environ | {"NO_COLOR": "1", "PYTHONPATH": paths}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, text=True, env=environment, **pipes, **options)


@contextmanager
def serving(*words: str, **options: Any) -> Iterator[Served]:
    """Run a sandbox, which is killed at the end if it still runs."""
    process = started("--size", "small", *words, **options)
    try:
        assert process.stdout
        greeting = _greeting(process.stdout)
        url, token = re.search(r"http://\S+", greeting), re.search(r"Bearer (\w+)", greeting)
        assert url, greeting
        assert token, greeting
        server = Served(process, url[0], token[1], greeting)
        with server.http:
            yield server
    finally:
        process.kill()
        process.communicate()


def _greeting(said: IO[str]) -> str:
    lines = []
    for line in said:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(lines)
