"""Says what the program does, if that takes long: a user who sees nothing thinks that it hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW = 1.0
"""Seconds after which work is slow."""


@contextmanager
def announced(announce: Callable[[], object]) -> Iterator[None]:
    """Call `announce` once, from another thread, if the block is slow."""
    timer = threading.Timer(SLOW, announce)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
