"""A sandbox that listens on a port of this machine, for what is sent to it by other programs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from lp_sandbox.app import in_memory


@contextmanager
def listening() -> Iterator[str]:
    """Yield the address of a sandbox in memory."""
    place = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(in_memory(), ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{place.getsockname()[1]}"
    server.should_exit = True
    thread.join()
