"""Remembers answers: until something is written, the same request has the same answer.

An answer of the API depends on its request, on the records in the store, and on the time, which clocks show in whole
seconds. So a remembered answer is true until something is written or the second ends.
"""

from __future__ import annotations

from collections.abc import Hashable

from lp_sandbox.bounded_cache import Cache
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.worlds.store import Store

MOST = 4 * 1024 * 1024
"""How many bytes of requests and answers are remembered."""
BESIDE = 1000
"""The bytes of a request and its answer without their texts."""
WIDEST = 4
"""The most bytes of a character."""
Identity = tuple[str | bytes | None, ...]
"""That of a request."""


class RememberedAnswers:
    """The answers to the latest requests that changed nothing."""

    def __init__(self, store: Store) -> None:
        """Take the store on which answers depend."""
        self._store = store
        self._by_request: Cache[Identity, tuple[int, Hashable, Answer]] = Cache(MOST)

    def find(self, request: Identity, second: int) -> Answer | None:
        """Return the answer to a request if it is remembered and still true."""
        remembered = self._by_request.entries.get(request)
        if remembered is None:
            return None
        then, version, answer = remembered
        return answer if then == second and version == self._store.version() else None

    def put(self, request: Identity, second: int, answer: Answer) -> None:
        """Remember the answer to the latest request, which arrived in a second and changed nothing."""
        size = BESIDE + WIDEST * sum(map(len, filter(None, request))) + len(answer.body)
        self._by_request.put(request, (second, self._store.version_read(), answer), size)
