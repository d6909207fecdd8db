"""The site as a writer has it open: the sandbox serves it, and every page renews itself and shows what is wrong."""

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

from lp_contract.source import Complaint
from lp_guide.exchanges import CONTROLS
from lp_guide.sandbox_client import IN_PROCESS, application
from lp_guide.site import PUBLISHED
from lp_guide.watch.rounds import Round

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

HERE = Path(__file__).parent
OWN = "/_watch/"
EVENTS = "events"
"""Where every round is told, as a Server-Sent Event."""
LOADED = ("assets/", *PUBLISHED)
"""What pages load besides themselves: an open one has to be loaded again when it changes."""
TYPES = {"reload.js": "text/javascript", "mistakes.css": "text/css"}
NOTHING_YET = b"<!doctype html><html lang='en'><title>Preview</title><h1>There is no page yet</h1>"
WORLD = {"id": "default", "size": "small"}
"""The world that a sandbox has of itself when it is started by its own program."""
_LINKS = Markup(
    '<link rel="stylesheet" href="{own}mistakes.css"><script src="{own}reload.js" data-round="{round}"></script>'
)
_MISTAKES = Markup('<section class="watch-mistakes" aria-label="Mistakes"><h2>{title}</h2><ul>{items}</ul></section>')
_MISTAKE = Markup("<li>{message} <b>{remedy}</b> <code>{place}</code></li>")


class Preview:
    """An ASGI application around that of the sandbox."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the pages."""
        self._folder = folder
        self._sandbox: App = _nothing_yet
        self._complaints: Sequence[Complaint] = ()
        self._round = self._dressed = 0
        self._saved = asyncio.Event()
        self._is_closed = False

    async def show(self, made: Round) -> None:
        """Show what came of a round, and have every open page renew itself."""
        if made.sandbox:
            self._sandbox = application(made.sandbox, site=self._folder)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=self._sandbox), base_url=IN_PROCESS
            ) as client:
                (await client.post(f"{CONTROLS}/worlds", json=WORLD)).raise_for_status()
        self._complaints = made.complaints
        self._round += 1
        if any(name.startswith(LOADED) for name in made.changed):
            self._dressed = self._round
        self._wake()

    def close(self) -> None:
        """End what would go on for ever."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._saved.set()
        self._saved = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        name = scope["path"].removeprefix(OWN)
        if name == EVENTS:
            await self._tell(receive, send)
        elif name in TYPES:
            await _answer(send, (HERE / name).read_bytes(), TYPES[name])
        else:
            plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            adding = _Adding(send, self._additions(), is_head=scope["method"] == "HEAD")
            await self._sandbox({**scope, "headers": plain}, receive, adding)

    async def _tell(self, receive: Receive, send: Send) -> None:
        """Send the number of every round, and of the last that changed what pages load, to whoever listens."""
        await send(_start(200, "text/event-stream"))
        gone = asyncio.create_task(_gone(receive))
        while not self._is_closed and not gone.done():
            saved = asyncio.create_task(self._saved.wait())
            await send(
                {
                    "type": "http.response.body",
                    "body": b"data: %d %d\n\n" % (self._round, self._dressed),
                    "more_body": True,
                }
            )
            await asyncio.wait({gone, saved}, return_when=asyncio.FIRST_COMPLETED)
            saved.cancel()
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _additions(self) -> bytes:
        """Write what stands on a page besides what it says."""
        items = [
            _MISTAKE.format(message=each.message, remedy=each.remedy, place=each.place) for each in self._complaints
        ]
        title = f"{len(items)} mistake{'' if len(items) == 1 else 's'}"
        shown = _MISTAKES.format(title=title, items=Markup("").join(items)) if items else ""
        return f"{shown}{_LINKS.format(own=OWN, round=self._round)}".encode()


class _Adding:
    """Sends an answer on, and puts something at the end of it when it is a page."""

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
    """A server that ends when it is asked to, although pages listen to it."""

    def __init__(self, preview: Preview) -> None:
        """Serve a preview."""
        super().__init__(uvicorn.Config(preview, log_level="warning", access_log=False, lifespan="off", ws="none"))
        self._preview = preview

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the events, for which the server would wait."""
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
