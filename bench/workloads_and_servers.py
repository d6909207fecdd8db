"""What is measured: the workloads, and the servers as data. A further peer is one more entry in SERVERS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
GET_PEOPLE = "GET participants, 100"
DECLARE_VALID = "POST declaration"
DECLARE_REFUSED = "POST declaration refused"
WORKLOADS = (GET_ONE, GET_LIST, POST_VALID, POST_REFUSED, GET_PEOPLE, DECLARE_VALID, DECLARE_REFUSED)

SEEDED = "seeded.sqlite3"
"""The store of a large world."""
SMALL = "small.sqlite3"
"""The store of a small one."""
CONTRACT = "contract.yaml"
"""The published contract, with pages of the sandbox as the examples of the lists."""
PARTNERSHIPS = "partnerships.json"
"""The partnerships of a lead provider, as a database of json-server."""
PARTICIPANTS = "participants.json"
"""Its partnerships and participants, as another."""
NEW = "new.txt"
"""A pool of partnerships that can be formed, each once: a token and a body to a line."""
BARRED = "barred.txt"
"""The body that breaks a rule."""
MISSHAPEN = "misshapen.txt"
"""The body that does not fit the schema."""
EVENTS = "events.txt"
"""A pool of declarations that can be made, one for each of as many participants."""
FEW_EVENTS = "few-events.txt"
"""Those of the small world."""
FEW_NEW = "few-new.txt"
"""The partnerships that can be formed in the small world."""
DECLARED = "declared.txt"
"""The declaration that breaks a rule."""
NAMELESS = "nameless.txt"
"""The declaration that does not fit the schema."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a workload is asked of a server."""

    path: str
    """`{partnership}` stands for the id of one, and so on: see `world.names`."""
    bodies: str | None = None
    """The file of what is POSTed; None for a GET."""
    status: int = 200
    """That of every answer."""
    items: int | None = None
    """How many resources the answer lists; None where it is no list."""
    data: str | None = None
    """What the server is given for this workload; None for what it is always given."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and how to ask it."""

    name: str
    title: str
    argv: tuple[str, ...]
    """`{port}` is where it listens, `{data}` its own copy of the data."""
    data: str
    shots: Mapping[str, Shot]
    """By workload; one that it cannot do is not there. The first is a GET: once it is answered, the server is up."""
    first: tuple[str, ...] = ()
    """How it starts where it was never started before; empty where that makes no difference."""


_ONE, _ALL = "/api/v3/partnerships/{partnership}", "/api/v3/partnerships"
_PEOPLE, _EVENTS = "/api/v3/participants", "/api/v3/participant-declarations"
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
        GET_PEOPLE: Shot(_PEOPLE, items=100),
        DECLARE_VALID: Shot(_EVENTS, EVENTS),
        DECLARE_REFUSED: Shot(_EVENTS, DECLARED, 422),
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
        GET_PEOPLE: Shot(_PEOPLE, items=100),
        DECLARE_VALID: Shot(_EVENTS, EVENTS),
        DECLARE_REFUSED: Shot(_EVENTS, NAMELESS, 422),
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
        GET_ONE: Shot("/partnerships/{partnership}"),
        GET_LIST: Shot("/partnerships?_limit=100", items=100),
        POST_VALID: Shot("/partnerships", NEW, 201),
        GET_PEOPLE: Shot("/participants?_limit=100", items=100, data=PARTICIPANTS),
    },
)
SERVERS = (SANDBOX, PRISM, JSON_SERVER)
"""The sandbox, which the others are compared with, and then its peers."""

_AT = "{path}?page[per_page]={size}&page[page]={page}"


def _pages(kind: str, path: str, size: int) -> Mapping[str, Shot]:
    """Return the first and the last full page of a list; `world.names` says which the last is."""
    places = {"first": "1", "last": f"{{last_page_of_{kind}}}"}
    return {
        f"GET {kind}, the {place} {size}": Shot(_AT.format(path=path, size=size, page=page), items=size)
        for place, page in places.items()
    }


_ALONE: Mapping[str, Shot] = {
    "GET one partnership": Shot(_ONE),
    **_pages("partnerships", _ALL, 100),
    "GET one participant": Shot(_PEOPLE + "/{participant}"),
    **_pages("participants", _PEOPLE, 100),
    "GET one declaration": Shot(_EVENTS + "/{declaration}"),
    **_pages("declarations", _EVENTS, 40),
    POST_VALID: Shot(_ALL, NEW),
    POST_REFUSED: Shot(_ALL, BARRED, 422),
    DECLARE_VALID: Shot(_EVENTS, EVENTS),
    DECLARE_REFUSED: Shot(_EVENTS, DECLARED, 422),
}
"""What the sandbox is asked in a small world and in a large one, one request at a time. A small world has no more than
some forty declarations that a lead provider can see."""
_IN_SMALL = {NEW: FEW_NEW, EVENTS: FEW_EVENTS}


def _in_small(shot: Shot) -> Shot:
    return replace(shot, bodies=_IN_SMALL.get(shot.bodies, shot.bodies) if shot.bodies else None)


IN_LARGE = replace(SANDBOX, name="sandbox-large", title="large", shots=_ALONE)
IN_SMALL = replace(
    SANDBOX,
    name="sandbox-small",
    title="small",
    argv=(*_SANDBOX, "--size", "small"),
    data=SMALL,
    shots={workload: _in_small(shot) for workload, shot in _ALONE.items()},
)
"""The sandbox in a world in which there is hardly anything."""
