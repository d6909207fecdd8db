"""A sandbox that listens on a port of this machine, for what is sent to it by other programs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lp_contract import SPEC
from lp_contract.contract import load
from lp_sandbox.app import App, in_memory
from lp_sandbox.web.http_server import Server, server_config
from lp_sandbox.web.request_limits import RequestLimits


@contextmanager
def listening(app: App | None = None, edition: str = "register", spec: Path = SPEC) -> Iterator[str]:
    """Yield the address of a sandbox, one in memory by default, that is served as `lp-sandbox serve` serves it."""
    place = socket.create_server(("127.0.0.1", 0))
    problems = load(f"{edition}/sandbox", spec).problems
    served = app or in_memory(edition, spec=spec)
    config = server_config(served.responder, RequestLimits(), problems)
    ready = threading.Event()
    server = Server(config, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
