"""What is measured: the workloads, and the servers as data. A further peer is one more entry in SERVERS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
WORK = HERE / "work"
PEERS = HERE / "peers"
MODULES = PEERS / "node_modules"
PINNED: Mapping[str, str] = json.loads((PEERS / "package.json").read_text())["dependencies"]
MOTO, MOTO_PACKAGES = PEERS / "moto", PEERS / "moto-requirements.txt"
"""The virtual environment of moto, and what is installed in it."""
MOTO_VERSION = next(line.split("==")[1] for line in MOTO_PACKAGES.read_text().splitlines() if line.startswith("moto["))

GET_ONE = "GET one"
GET_LIST = "GET list of 100"
POST_ACCEPTED = "POST accepted"
POST_REFUSED = "POST refused"
DECLARE = "POST declaration"
DECLARE_REFUSED = "POST declaration refused"
WORKLOADS = (GET_ONE, GET_LIST, POST_ACCEPTED, POST_REFUSED, DECLARE)
STEADY = "PUT partnership"
"""The writes of a long run: the only ones that can go on for ever."""

SEEDED = "seeded.sqlite3"
"""The store of a large world."""
SMALL = "small.sqlite3"
"""The store of a small one."""
CONTRACT = "contract.yaml"
"""The published contract, with a page of the sandbox as the example of the list of partnerships."""
PARTNERSHIPS = "partnerships.json"
"""The partnerships of a lead provider, as json-server and openapi-backend begin with them."""
STUBS = "wiremock"
"""A folder with the stubs of WireMock: the sandbox's own answers."""
MOCKOON = "mockoon.json"
"""The same as an environment of Mockoon."""
ITEM, ITEMS = "item.txt", "items.txt"
"""The request for one partnership in DynamoDB, and a pool of those that put the partnerships of `new.txt`."""
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
FEW_CHANGES = "few-changes.txt"
"""The changes of partnerships in the small world."""
DECLARED = "declared.txt"
"""The declaration that breaks a rule."""
CHANGES = "changes.txt"
"""Requests that give partnerships another delivery partner, and then their first one again."""


@dataclass(frozen=True, slots=True)
class Shot:
    """The request that a workload sends to a server."""

    path: str
    """`{partnership}` stands for the id of one, and so on: see `world.names`."""
    bodies: str | None = None
    """The file of what is POSTed, or sent as each line says; None for a GET."""
    status: int = 200
    """That of every answer."""
    items: int | None = None
    """How many resources the answer lists; None where it is no list."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers beside the usual ones, or in their place."""


ANEW = {"Accept": "*/*;n={n}"}
"""The header of requests that are all different, so that the sandbox remembers no answer. `{n}` counts them."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and the requests that it gets."""

    name: str
    title: str
    argv: tuple[str, ...]
    """`{port}` is where it listens, `{data}` its own copy of the data, `{contract}` the published contract."""
    data: str
    shots: Mapping[str, Shot]
    """By workload; one that it cannot do is not there. The first is a GET: once it is answered, the server is up."""
    first: tuple[str, ...] = ()
    """How it starts where it was never started before; empty where that makes no difference."""
    probe: str = ""
    """The path that is requested until the server answers; empty for the path of the first workload."""
    setup: tuple[tuple[Mapping[str, str], str], ...] = ()
    """Headers and bodies of what is POSTed to `/` before anything is measured."""


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
        POST_ACCEPTED: Shot(_ALL, NEW),
        POST_REFUSED: Shot(_ALL, BARRED, 422),
        DECLARE: Shot(_EVENTS, EVENTS),
        STEADY: Shot(_ALL, CHANGES),
    },
)
DURABLE = replace(
    SANDBOX,
    name="sandbox-durable",
    title="the sandbox, --durable (`synchronous=FULL`)",
    argv=(*SANDBOX.argv, "--durable"),
    first=(*SANDBOX.first, "--durable"),
    probe=_ONE,
    shots={workload: SANDBOX.shots[workload] for workload in (POST_ACCEPTED, DECLARE)},
)
"""The sandbox that answers a write when it is on the disk."""
WITHOUT_MEMORY = replace(
    SANDBOX,
    name="sandbox-anew",
    title="the sandbox, each answer made anew",
    shots={workload: replace(SANDBOX.shots[workload], headers=ANEW) for workload in (GET_ONE, GET_LIST, POST_REFUSED)},
)
"""The sandbox with requests that are all different."""
_STUBBED = {
    GET_ONE: Shot(_ONE),
    GET_LIST: Shot(_ALL, items=100),
    POST_ACCEPTED: Shot(_ALL, NEW),
    POST_REFUSED: Shot(_ALL, MISSHAPEN, 422),
    DECLARE: Shot(_EVENTS, EVENTS),
}
"""Requests for a server that has the contract, or answers copied from the sandbox, but no rules."""
PRISM = Server(
    name="prism",
    title=f"Prism {PINNED['@stoplight/prism-cli']}",
    argv=(
        "node",
        str(MODULES / "@stoplight/prism-cli/dist/index.js"),
        *("mock", "-v", "silent", "-h", "127.0.0.1", "-p", "{port}", "{data}"),
    ),
    data=CONTRACT,
    shots=_STUBBED,
)
WIREMOCK = Server(
    name="wiremock",
    title=f"WireMock {PINNED['wiremock']}, no journal",
    argv=(
        *("java", "-jar", str(MODULES / f"wiremock/build/wiremock-standalone-{PINNED['wiremock']}.jar")),
        *("--port", "{port}", "--bind-address", "127.0.0.1", "--root-dir", "{data}"),
        *("--no-request-journal", "--disable-request-logging", "--disable-banner"),
    ),
    data=STUBS,
    shots=_STUBBED,
)
OPENAPI_BACKEND = Server(
    name="openapi-backend",
    title=f"openapi-backend {PINNED['openapi-backend']} on fastify {PINNED['fastify']}",
    argv=("node", str(PEERS / "openapi-backend.mjs"), "{port}", "{contract}", "{data}"),
    data=PARTNERSHIPS,
    shots=_STUBBED,
)
MOCKOON_CLI = Server(
    name="mockoon",
    title=f"Mockoon CLI {PINNED['@mockoon/cli']}",
    argv=(
        *("node", str(MODULES / "@mockoon/cli/bin/run.js"), "start", "--data", "{data}", "--port", "{port}"),
        *("--hostname", "127.0.0.1", "--disable-log-to-file", "--disable-admin-api", "--repair"),
    ),
    data=MOCKOON,
    shots=_STUBBED,
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
        POST_ACCEPTED: Shot("/partnerships", NEW, 201),
    },
)
_TABLE = {
    "TableName": "partnerships",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def _dynamodb(operation: str) -> Mapping[str, str]:
    scope = "Credential=bench/20260101/us-east-1/dynamodb/aws4_request"
    return {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none",
    }


MOTO_SERVER = Server(
    name="moto",
    title=f"moto {MOTO_VERSION}, DynamoDB",
    argv=(str(MOTO / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", "{port}"),
    data=ITEM,
    probe="/moto-api/",
    setup=(
        (_dynamodb("CreateTable"), json.dumps(_TABLE)),
        (_dynamodb("PutItem"), json.dumps({"TableName": "partnerships", "Item": {"id": {"S": "one"}}})),
    ),
    shots={
        GET_ONE: Shot("/", ITEM, headers=_dynamodb("GetItem")),
        POST_ACCEPTED: Shot("/", ITEMS, headers=_dynamodb("PutItem")),
    },
)
HELLO = Server(
    name="hello",
    title="a bare hello of ASGI on uvicorn",
    argv=(sys.executable, str(PEERS / "hello.py"), "{port}"),
    data=ITEM,
    shots={
        GET_ONE: Shot("/"),
        POST_ACCEPTED: Shot("/", NEW),
        POST_REFUSED: Shot("/", BARRED),
        DECLARE: Shot("/", EVENTS),
    },
)
DIRECT_HELLO = replace(
    HELLO,
    name="direct-hello",
    title="a bare hello on the sandbox's connections",
    argv=(sys.executable, str(PEERS / "direct_hello.py"), "{port}"),
)
PEERS_OF_SANDBOX = (PRISM, WIREMOCK, OPENAPI_BACKEND, MOCKOON_CLI, JSON_SERVER, MOTO_SERVER, HELLO, DIRECT_HELLO)
SERVERS = (SANDBOX, WITHOUT_MEMORY, DURABLE, *PEERS_OF_SANDBOX)
"""The sandbox, which the others are compared with, and then its peers."""

GOALS: Mapping[str, Mapping[str, float]] = {
    PRISM.name: {GET_ONE: 9, GET_LIST: 7, POST_ACCEPTED: 2.8, POST_REFUSED: 6, DECLARE: 1.8},
    WIREMOCK.name: {GET_ONE: 7, GET_LIST: 2.3, POST_ACCEPTED: 1, POST_REFUSED: 2.3, DECLARE: 0.7},
    OPENAPI_BACKEND.name: {GET_ONE: 5, GET_LIST: 2.7, POST_ACCEPTED: 1.6, POST_REFUSED: 2.7, DECLARE: 1},
    HELLO.name: {GET_ONE: 0.6, POST_ACCEPTED: 0.2, POST_REFUSED: 0.35, DECLARE: 0.13},
}
"""How many times as many requests a second the sandbox should answer as a peer."""
IN_EVERY_ROUND = frozenset({SANDBOX.name, WITHOUT_MEMORY.name, DURABLE.name, *GOALS})
"""The servers that are measured in every round; the others show the scale, in the first one."""
MOST_MEMORY, FIRST_START, SECOND_START = 120, 1.0, 0.6
"""MiB, and seconds."""
LONGEST_WAIT, LARGEST_LOG = 10, 64
"""How many times the median the slowest hundredth may take in a long run of writes, and MiB of the write-ahead log."""

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
    POST_ACCEPTED: Shot(_ALL, NEW),
    POST_REFUSED: Shot(_ALL, BARRED, 422),
    DECLARE: Shot(_EVENTS, EVENTS),
    DECLARE_REFUSED: Shot(_EVENTS, DECLARED, 422),
}
"""Requests to the sandbox in a small world and in a large one, one at a time. A small world has no more than
some forty declarations that a lead provider can see."""
_WRITING = (POST_ACCEPTED, DECLARE)
BY_START = ([name for name in _ALONE if name not in _WRITING], *([name] for name in _WRITING))
"""Which of them one start of the sandbox answers: only those that write need data of their own."""
_IN_SMALL = {NEW: FEW_NEW, EVENTS: FEW_EVENTS, CHANGES: FEW_CHANGES}


def _in_small(shot: Shot) -> Shot:
    return replace(shot, bodies=_IN_SMALL.get(shot.bodies, shot.bodies) if shot.bodies else None)


_ANEW = {workload: replace(shot, headers=ANEW) for workload, shot in _ALONE.items()}
IN_LARGE = replace(SANDBOX, name="sandbox-large", title="large", shots=_ANEW)
IN_SMALL = replace(
    SANDBOX,
    name="sandbox-small",
    title="small",
    argv=(*_SANDBOX, "--size", "small"),
    data=SMALL,
    shots={workload: _in_small(shot) for workload, shot in _ANEW.items()},
)
"""The sandbox in a world in which there is hardly anything."""
TRIED = replace(
    IN_SMALL,
    argv=(*IN_SMALL.argv, "--json"),
    shots={
        **{workload: _in_small(shot) for workload, shot in SANDBOX.shots.items()},
        **{f"{workload}, anew": shot for workload, shot in WITHOUT_MEMORY.shots.items()},
    },
)
"""The same for a trial of every workload. It says which tokens it has."""
