"""Reports the progress of what takes long, in the log of the sandbox."""

from __future__ import annotations

import logging
import time

EVERY = 2.0
"""After how many seconds progress is reported, and then again and again."""
log = logging.getLogger("lp-sandbox")


class Progress:
    """Reports how many records one piece of work has written so far. What is done sooner is not reported."""

    def __init__(self, work: str) -> None:
        """Take the work in words, such as `Resetting the world default`."""
        self._work = work
        self._begin = self._last = time.monotonic()

    def __call__(self, records: int) -> None:
        """Report, if it is time to."""
        now = time.monotonic()
        if now - self._last >= EVERY:
            self._last = now
            log.info("%s: %s records after %.0f seconds ...", self._work, f"{records:,}", now - self._begin)

    def end(self, records: int) -> None:
        """Report the end of what was reported before."""
        if self._last > self._begin:
            log.info(
                "%s: done, %s records in %.0f seconds.", self._work, f"{records:,}", time.monotonic() - self._begin
            )
