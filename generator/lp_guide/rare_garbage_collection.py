"""Collects garbage rarely while pages are made: nearly all that is made stays in use, and is looked through in vain."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = 20_000, 20, 20
"""Python's own are 700, 10 and 10. A tenth of the time of a build is saved, and no memory is lost."""


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Look neither at what was there before, nor often at what comes."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
