"""Reports the progress of long work in the log of the sandbox."""

from __future__ import annotations

import logging
import time

EVERY = 2.0
"""How many seconds pass between two reports: a user who sees nothing for longer thinks that the sandbox hangs."""
log = logging.getLogger("lp-sandbox")


class Progress:
    """Reports how many records one piece of work has written so far. Short work is not reported."""

    def __init__(self, work: str) -> None:
        """Take a description of the work, such as `Resetting the world default`."""
        self._work = work
        self._begin = self._last = time.monotonic()

    def __call__(self, records: int) -> None:
        """Report the number of records, if enough time has passed since the last report."""
        now = time.monotonic()
        if now - self._last >= EVERY:
            self._last = now
            log.info("%s: %s records after %.0f seconds ...", self._work, f"{records:,}", now - self._begin)

    def end(self, records: int) -> None:
        """Report the end of the work, if its progress was reported."""
        if self._last > self._begin:
            log.info(
                "%s: done, %s records in %.0f seconds.", self._work, f"{records:,}", time.monotonic() - self._begin
            )
