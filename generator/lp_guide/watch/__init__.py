"""`lp-guide watch`: shows a page as soon as it is saved, with its mistakes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from lp_guide.watch.preview import Preview, Server
from lp_guide.watch.rebuilding import Rebuild, Rebuilder, rebuilds

Report = Callable[[Rebuild], None]
Results = asyncio.Queue[Rebuild | BaseException]
HOST = "127.0.0.1"
PATIENCE = 10
"""Seconds that a build may still take after Ctrl-C."""


def watch(
    *,
    edition: str,
    site: Path,
    port: int,
    busy: Callable[[], None],
    report: Report,
    ready: Callable[[str], None],
) -> None:
    """Show the site on a port of this machine, and each save at once, until Ctrl-C.

    Calls `report` with every result, `ready` with the address of the site, and `busy` when it is slow to show a save.
    Raises OSError when the port is taken.
    """
    with socket.create_server((HOST, port)) as listening, TemporaryDirectory() as out:
        # asyncio does it only where the socket names its protocol; without it an answer can wait 40 ms for the browser
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = f"http://{HOST}:{listening.getsockname()[1]}/"
        rebuilder = Rebuilder(edition, site, Path(out))
        asyncio.run(_watch(rebuilder, listening, busy, report, lambda: ready(address)))


async def _watch(
    rebuilder: Rebuilder,
    listening: socket.socket,
    busy: Callable[[], None],
    report: Report,
    ready: Callable[[], None],
) -> None:
    """Build the site in a thread of its own, because the server must not wait for it."""
    results: Results = asyncio.Queue()
    call_in_loop, stop = asyncio.get_running_loop().call_soon_threadsafe, threading.Event()
    made = rebuilds(rebuilder, stop, lambda: call_in_loop(busy))
    thread = threading.Thread(
        target=_work, args=(made, lambda result: call_in_loop(results.put_nowait, result)), daemon=True
    )
    preview = Preview(rebuilder.edition, rebuilder.out)
    thread.start()
    try:
        await _show(preview, await results.get(), report)
        ready()
        await _serve(preview, listening, results, report)
    finally:
        stop.set()
        thread.join(PATIENCE)


def _work(made: Iterable[Rebuild], send: Callable[[Rebuild | BaseException], object]) -> None:
    try:
        for result in made:
            send(result)
    except BaseException as error:  # noqa: BLE001 - the waiting thread raises it again
        send(error)


async def _serve(preview: Preview, listening: socket.socket, results: Results, report: Report) -> None:
    async def show_all() -> None:
        while True:
            await _show(preview, await results.get(), report)

    server = Server(preview)
    showing, serving = asyncio.create_task(show_all()), asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.wait({showing, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    if showing.done():
        await showing
    showing.cancel()


async def _show(preview: Preview, result: Rebuild | BaseException, report: Report) -> None:
    if isinstance(result, BaseException):
        raise result
    if result.sandbox or not result.is_as_before:
        await preview.show(result)
    report(result)


__all__ = ["Rebuild", "watch"]
