"""ASGI, for programs that call the sandbox without a network: the generator, the preview and tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.hosts import headers_of, scheme_of
from lp_sandbox.web.responder import Responder

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class IncompleteRequest(Exception):  # noqa: N818 - says what came
    """The client disconnected before its whole request arrived."""


async def call(responder: Responder, scope: Message, receive: Receive, send: Send) -> None:
    """Answer a request of ASGI."""
    if scope["type"] != "http":
        return
    headers, method = headers_of(scope["headers"]), scope["method"]
    try:
        body = b"" if method in ("GET", "HEAD") else await _body(receive, responder.largest_body(scope["path"]))
    except IncompleteRequest:
        return
    request = Request(
        method=method,
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        client=(scope.get("client") or ("",))[0],
        scheme=scheme_of(scope.get("scheme", ""), headers),
        id=responder.id_of(headers),
    )
    answer = await _answer(responder, request)
    content_type = [(b"content-type", answer.content_type.encode())] if answer.content_type else []
    size = (b"content-length", str(len(answer.body)).encode())
    fields = [*content_type, size, *answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


async def _answer(responder: Responder, request: Request) -> Answer:
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def deliver(answer: Answer) -> None:
        if not answered.done():  # as it is when the caller was cancelled
            answered.set_result(answer)

    responder.respond(request, deliver)
    return await answered


async def _body(receive: Receive, largest: int) -> bytes | None:
    """Read the body; None when it is too large. Raises IncompleteRequest."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise IncompleteRequest
        part = message.get("body", b"")
        size += len(part)
        if size <= largest:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= largest else None
