"""Whether the sandbox can be used, and what it has answered: for what watches over it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from http import HTTPStatus
from importlib import metadata

import msgspec

from lp_sandbox.controls.control_request import ControlRequest
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.web.metrics import CONTENT_TYPE
from lp_sandbox.worlds.store import Unavailable

DISTRIBUTION = "lead-provider-api-sandbox"


@cache
def version() -> str:
    """Return the version of the installed sandbox."""
    return metadata.version(DISTRIBUTION)


def health(request: ControlRequest) -> Answer:
    """Answer whether the sandbox is alive, and whether its store can be used."""
    context = request.context
    try:
        context.worlds.all()
    except Unavailable:
        is_ready = False
    else:
        is_ready = True
    body = {
        "live": True,
        "ready": is_ready,
        "version": version(),
        "editions": context.editions,
        "store": context.store.kind,
    }
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(status, msgspec.json.encode(body), headers=NOT_STORED)


NOT_STORED = ((b"cache-control", b"no-store"),)


def metrics(request: ControlRequest) -> Answer:
    """Answer with what the sandbox has answered since it started."""
    context = request.context
    worlds = Counter(dict.fromkeys(context.editions, 0))
    worlds.update(world.edition for world in context.worlds.all())
    body = context.metrics.written(version(), worlds).encode()
    return Answer(HTTPStatus.OK, body, CONTENT_TYPE, NOT_STORED)
