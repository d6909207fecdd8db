"""Runs the server of the sandbox in this process: its signals, its log, its address and its end."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from lp_sandbox.commands.output import fail
from lp_sandbox.web.access_log import FORMATTERS
from lp_sandbox.web.request_limits import RequestLimits

if TYPE_CHECKING:
    from lp_contract.contract import Problem
    from lp_sandbox.app import App

FORGET_EVERY = 60
"""After how many seconds the sandbox looks for old worlds again."""
LONGEST_STOP = 4
"""How many seconds requests that have begun can delay the end of the sandbox."""


def stop_in_order() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, so that it closes its store."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as `nohup` leaves it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))  # uvicorn handles that one


def log_to_stderr(log_format: str) -> None:
    """Write the logs of the sandbox and of uvicorn to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[log_format]())
    for name, level in (("lp-sandbox", logging.INFO), ("uvicorn", logging.WARNING)):
        log = logging.getLogger(name)
        log.addHandler(handler)
        log.setLevel(level)


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything slow happens, so that the user learns of a mistake at once."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        fail(f"Cannot listen on {host}:{port}: {error}. Choose another with --host and --port.")


def run(
    app: App,
    listening: socket.socket,
    limits: RequestLimits,
    problems: Mapping[str, Problem],
    *,
    ready: Callable[[], None],
) -> None:
    """Serve until the sandbox is stopped. Call `ready` when it is ready."""
    from lp_sandbox.web.http_server import Server, server_config
    from lp_sandbox.worlds.store import Unavailable

    async def forget() -> None:
        try:
            app.worlds.forget()
        except Unavailable as trouble:
            click.echo(f"Old worlds could not be removed: {trouble}", err=True)

    def ready_to_stay() -> None:
        gc.freeze()
        gc.enable()
        ready()

    config = server_config(
        app.responder,
        limits,
        problems,
        timeout_graceful_shutdown=LONGEST_STOP,
        callback_notify=forget,
        timeout_notify=FORGET_EVERY,
    )
    Server(config, ready_to_stay).run(sockets=[listening])
