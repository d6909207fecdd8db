"""What is measured: the workloads, and the servers as data. A further peer is one more entry in SERVERS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORK = HERE / "work"
PEERS = HERE / "peers"
MODULES = PEERS / "node_modules"
PINNED: Mapping[str, str] = json.loads((PEERS / "package.json").read_text())["dependencies"]

GET_ONE = "GET one"
GET_LIST = "GET list of 100"
POST_VALID = "POST valid"
POST_REFUSED = "POST refused"
WORKLOADS = (GET_ONE, GET_LIST, POST_VALID, POST_REFUSED)

SEEDED = "seeded.sqlite3"
"""The store of a large world."""
CONTRACT = "contract.yaml"
"""The published contract, with a page of the sandbox as the example of the list."""
PARTNERSHIPS = "partnerships.json"
"""The partnerships of a lead provider, as a database of json-server."""
NEW = "new.txt"
"""A pool of partnerships that can be formed, each once: a token and a body to a line."""
BARRED = "barred.txt"
"""The body that breaks a rule."""
MISSHAPEN = "misshapen.txt"
"""The body that does not fit the schema."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a workload is asked of a server."""

    path: str
    """`{id}` stands for the id of a partnership."""
    bodies: str | None = None
    """The file of what is POSTed; None for a GET."""
    status: int = 200
    """That of every answer."""
    items: int | None = None
    """How many resources the answer lists; None where it is no list."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and how to ask it."""

    name: str
    title: str
    argv: tuple[str, ...]
    """`{port}` is where it listens, `{data}` its own copy of the data."""
    data: str
    shots: Mapping[str, Shot]
    """By workload; one that it cannot do is not there."""
    first: tuple[str, ...] = ()
    """How it starts where it was never started before; empty where that makes no difference."""


_ONE, _ALL = "/api/v3/partnerships/{id}", "/api/v3/partnerships"
_SANDBOX = (str(Path(sys.executable).parent / "lp-sandbox"), "serve", "--port", "{port}", "--store", "sqlite:///{data}")

SANDBOX = Server(
    name="sandbox",
    title="the sandbox, SQLite file",
    argv=(*_SANDBOX, "--size", "large"),
    first=_SANDBOX,
    data=SEEDED,
    shots={
        GET_ONE: Shot(_ONE),
        GET_LIST: Shot(_ALL, items=100),
        POST_VALID: Shot(_ALL, NEW),
        POST_REFUSED: Shot(_ALL, BARRED, 422),
    },
)
PRISM = Server(
    name="prism",
    title=f"Prism {PINNED['@stoplight/prism-cli']}",
    argv=(
        "node",
        str(MODULES / "@stoplight/prism-cli/dist/index.js"),
        *("mock", "-v", "silent", "-h", "127.0.0.1", "-p", "{port}", "{data}"),
    ),
    data=CONTRACT,
    shots={
        GET_ONE: Shot(_ONE),
        GET_LIST: Shot(_ALL, items=100),
        POST_VALID: Shot(_ALL, NEW),
        POST_REFUSED: Shot(_ALL, MISSHAPEN, 422),
    },
)
JSON_SERVER = Server(
    name="json-server",
    title=f"json-server {PINNED['json-server']}",
    argv=(
        "node",
        str(MODULES / "json-server/lib/cli/bin.js"),
        *("--quiet", "--host", "127.0.0.1", "--port", "{port}", "{data}"),
    ),
    data=PARTNERSHIPS,
    shots={
        GET_ONE: Shot("/partnerships/{id}"),
        GET_LIST: Shot("/partnerships?_limit=100", items=100),
        POST_VALID: Shot("/partnerships", NEW, 201),
    },
)
SERVERS = (SANDBOX, PRISM, JSON_SERVER)
"""The sandbox, which the others are compared with, and then its peers."""
