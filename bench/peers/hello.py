"""The least that an answer can cost on the HTTP server of the sandbox: uvicorn with httptools and uvloop."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

BODY = b'{"hello":"world"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())],
}


async def hello(_scope: Any, _receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer every request with the same words."""
    await send(START)
    await send({"type": "http.response.body", "body": BODY})


uvicorn.run(
    hello, port=int(sys.argv[1]), http="httptools", loop="uvloop", lifespan="off", access_log=False, log_level="error"
)
