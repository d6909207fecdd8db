"""A sandbox that listens in a thread of this process, with its worlds in memory."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from lp_sandbox.app import layout
from lp_sandbox.editions import MODULES, edition
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.testing.journal import RecordingApp
from lp_sandbox.testing.tracebacks import is_message
from lp_sandbox.web.hosts import Address
from lp_sandbox.web.http_server import Server, server_config
from lp_sandbox.web.request_limits import RequestLimits
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.world_limits import WorldLimits

__tracebackhide__ = is_message
T = TypeVar("T")
HOST = "127.0.0.1"
PATIENCE = 30
"""How many seconds the server has to start. It needs a small part of one."""
MOST_WORLDS = 1000
"""How many worlds can be open at a time. A small one takes about a MiB."""


class CannotStart(RuntimeError):  # noqa: N818 - says what is wrong
    """The sandbox cannot start. The message says why."""


class HasStopped(RuntimeError):  # noqa: N818 - says what is wrong
    """A test uses a world whose sandbox has stopped."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that listens until it is stopped."""

    host: str
    """The host and port at which it listens, as requests name them."""
    app: RecordingApp
    numbers: Iterator[int]
    """Those of worlds: the same tests get the same names of worlds each time, and so the same tokens."""
    _store: Store
    _server: Server
    _thread: threading.Thread
    _loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}"

    def answer(self, request: Request) -> Answer:
        """Answer a request of the kit itself, which is not recorded."""
        return self.call(lambda: self.app.answer_unrecorded(request))

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the thread of the server: no other thread may use the store and the journal.

        Raises HasStopped.
        """
        if self._loop.is_closed():
            raise HasStopped("The sandbox of this world has stopped, and its worlds are gone. Start another sandbox.")

        async def called() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result()

    def stop(self) -> None:
        """Stop to listen, wait for the thread to end, and forget every world."""
        self._server.should_exit = True
        self._thread.join()
        self._store.close()


def start(port: int, *, is_strict: bool) -> RunningSandbox:
    """Start a sandbox with every edition; the port 0 takes a free one. Raises CannotStart."""
    with ExitStack() as undo:
        listening = undo.enter_context(_listen(port))
        running = _serve(listening, is_strict=is_strict)
        undo.pop_all()
    return running


def _serve(listening: socket.socket, *, is_strict: bool) -> RunningSandbox:
    address = Address(*listening.getsockname()[:2])
    editions = [edition(name) for name in MODULES]
    store = open_store("memory", layout(editions))
    limits = WorldLimits(worlds=MOST_WORLDS)
    app = RecordingApp(editions, store, address=address, limits=limits, is_strict=is_strict)
    loops: list[asyncio.AbstractEventLoop] = []
    has_begun = threading.Event()

    def ready() -> None:
        loops.append(asyncio.get_running_loop())
        has_begun.set()

    server = Server(server_config(app.responder, RequestLimits(), editions[0].controls.problems), ready)
    thread = threading.Thread(target=server.run, args=([listening],), name="lp-sandbox", daemon=True)
    thread.start()
    if not has_begun.wait(PATIENCE):
        server.should_exit = True
        raise CannotStart(f"The sandbox was not ready after {PATIENCE} seconds.")
    return RunningSandbox(f"{HOST}:{address.port}", app, count(1), store, server, thread, loops[0])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=2048)
    except (OSError, OverflowError) as error:
        raise CannotStart(
            f"The sandbox cannot listen on port {port}: {error}. Without a port it takes a free one."
        ) from error
