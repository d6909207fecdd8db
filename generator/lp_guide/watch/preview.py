"""Serves the site to the writer's browser: open pages update themselves and list mistakes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import uvicorn
from markupsafe import Markup

from lp_contract.yaml_source import Complaint
from lp_guide.requests_and_answers import CONTROLS
from lp_guide.sandbox_client import IN_PROCESS, application
from lp_guide.watch.rebuilding import Rebuild

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

HERE = Path(__file__).parent
OWN = "/_watch/"
EVENTS = "events"
"""The address of the Server-Sent Events. Every build sends an event."""
TYPES = {"reload.js": "text/javascript", "mistakes.css": "text/css"}
NOTHING_YET = b"<!doctype html><html lang='en'><title>Preview</title><h1>There is no page yet</h1>"
WORLD = {"id": "default", "size": "small"}
"""The world that `lp-sandbox serve` also makes."""
_LINKS = Markup(
    '<link rel="stylesheet" href="{own}mistakes.css"><script src="{own}reload.js" data-round="{round}"></script>'
)
_MISTAKES = Markup('<section class="watch-mistakes" aria-label="Mistakes"><h2>{title}</h2><ul>{items}</ul></section>')
_MISTAKE = Markup("<li>{message} <b>{remedy}</b> <code>{place}</code></li>")


class Preview:
    """An ASGI application around that of the sandbox."""

    def __init__(self, edition: str, folder: Path) -> None:
        """Take the edition of the sandbox and the folder of the pages."""
        self._edition, self._folder = edition, folder
        self._sandbox: App = _nothing_yet
        self._complaints: Sequence[Complaint] = ()
        self._latest = self._last_reload = 0
        self._saved = asyncio.Event()
        self._is_closed = False

    async def show(self, result: Rebuild) -> None:
        """Show the result of a build, and have every open page update itself."""
        if result.sandbox:
            self._sandbox = application(result.sandbox, name=self._edition, site=self._folder)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=self._sandbox), base_url=IN_PROCESS
            ) as client:
                (await client.post(f"{CONTROLS}/worlds", json=WORLD)).raise_for_status()
        self._complaints = result.complaints
        self._latest += 1
        if result.reloads:
            self._last_reload = self._latest
        self._wake()

    def close(self) -> None:
        """End the events."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._saved.set()
        self._saved = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        name = scope["path"].removeprefix(OWN)
        if name == EVENTS:
            await self._send_events(receive, send)
        elif name in TYPES:
            await _answer(send, (HERE / name).read_bytes(), TYPES[name])
        else:
            plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            adding = _Adding(send, self._additions(), is_head=scope["method"] == "HEAD")
            await self._sandbox({**scope, "headers": plain}, receive, adding)

    async def _send_events(self, receive: Receive, send: Send) -> None:
        """Send the number of every build, and that of the last build that changed what pages load."""
        await send(_start(200, "text/event-stream"))
        gone = asyncio.create_task(_gone(receive))
        while not self._is_closed and not gone.done():
            saved = asyncio.create_task(self._saved.wait())
            await send(
                {
                    "type": "http.response.body",
                    "body": b"data: %d %d\n\n" % (self._latest, self._last_reload),
                    "more_body": True,
                }
            )
            await asyncio.wait({gone, saved}, return_when=asyncio.FIRST_COMPLETED)
            saved.cancel()
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _additions(self) -> bytes:
        """Write the list of mistakes and the script that updates the page."""
        items = [
            _MISTAKE.format(message=each.message, remedy=each.remedy, place=each.place) for each in self._complaints
        ]
        title = f"{len(items)} mistake{'' if len(items) == 1 else 's'}"
        shown = _MISTAKES.format(title=title, items=Markup("").join(items)) if items else ""
        return f"{shown}{_LINKS.format(own=OWN, round=self._latest)}".encode()


class _Adding:
    """Forwards an answer, and adds something at the end of a page."""

    def __init__(self, send: Send, additions: bytes, *, is_head: bool) -> None:
        self._send, self._additions, self._is_head = send, additions, is_head
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, headers = message["body"], dict(self._start["headers"])
        if headers.get(b"content-type", b"").startswith(b"text/html") and not self._is_head:
            body = re.sub(rb"(?=</body>)|\Z", lambda _: self._additions, body, count=1)
            headers |= {b"content-length": b"%d" % len(body), b"cache-control": b"no-store"}
        await self._send({**self._start, "headers": list(headers.items())})
        await self._send({**message, "body": body})


class Server(uvicorn.Server):
    """A server that stops even if pages keep their connections for events open."""

    def __init__(self, preview: Preview) -> None:
        """Serve a preview."""
        super().__init__(uvicorn.Config(preview, log_level="warning", access_log=False, lifespan="off", ws="none"))
        self._preview = preview

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the events first: the server would wait for them."""
        self._preview.close()
        await super().shutdown(sockets)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nothing_yet(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI
    await _answer(send, NOTHING_YET, "text/html", 503)


async def _answer(send: Send, body: bytes, kind: str, status: int = 200) -> None:
    await send(_start(status, kind))
    await send({"type": "http.response.body", "body": body})


def _start(status: int, kind: str) -> Message:
    headers = [(b"content-type", f"{kind}; charset=utf-8".encode()), (b"cache-control", b"no-store")]
    return {"type": "http.response.start", "status": status, "headers": headers}
