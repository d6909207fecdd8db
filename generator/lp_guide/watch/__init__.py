"""`lp-guide watch`: a writer saves a page, and sees it at once, with whatever is wrong in it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from lp_guide.watch.preview import Preview, Server
from lp_guide.watch.rounds import Desk, Round, rounds

Report = Callable[[Round], None]
Told = asyncio.Queue[Round | BaseException]
HOST = "127.0.0.1"
PATIENCE = 10
"""Seconds that a round may still take after somebody has pressed Ctrl-C."""


def watch(*, edition: str, site: Path, port: int, report: Report, ready: Callable[[str], None]) -> None:
    """Show the site on a port of this machine, and what is saved as soon as it is, until somebody presses Ctrl-C.

    `report` is told of every round, `ready` where the site is. Raises OSError when the port is taken.
    """
    with socket.create_server((HOST, port)) as listening, TemporaryDirectory() as out:
        address = f"http://{HOST}:{listening.getsockname()[1]}/"
        desk = Desk(edition, site, Path(out))
        asyncio.run(_watch(desk, listening, report, lambda: ready(address)))


async def _watch(desk: Desk, listening: socket.socket, report: Report, ready: Callable[[], None]) -> None:
    """Make the site in a thread of its own, because the server must not wait for it."""
    told: Told = asyncio.Queue()
    tell, stop = asyncio.get_running_loop().call_soon_threadsafe, threading.Event()
    thread = threading.Thread(target=_work, args=(desk, stop, lambda made: tell(told.put_nowait, made)), daemon=True)
    preview = Preview(desk.out)
    thread.start()
    try:
        await _show(preview, await told.get(), report)
        ready()
        await _serve(preview, listening, told, report)
    finally:
        stop.set()
        thread.join(PATIENCE)


def _work(desk: Desk, stop: threading.Event, tell: Callable[[Round | BaseException], object]) -> None:
    try:
        for made in rounds(desk, stop):
            tell(made)
    except BaseException as error:  # noqa: BLE001 - it belongs into the thread that waits
        tell(error)


async def _serve(preview: Preview, listening: socket.socket, told: Told, report: Report) -> None:
    async def show_all() -> None:
        while True:
            await _show(preview, await told.get(), report)

    server = Server(preview)
    showing, serving = asyncio.create_task(show_all()), asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.wait({showing, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    if showing.done():
        await showing
    showing.cancel()


async def _show(preview: Preview, made: Round | BaseException, report: Report) -> None:
    if isinstance(made, BaseException):
        raise made
    await preview.show(made)
    report(made)


__all__ = ["Round", "watch"]
