"""Saves what requests write at the same moment once, and answers them then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.worlds.store import Store


class GroupCommits:
    """Answers requests after everything is saved that they wrote or read."""

    def __init__(
        self,
        store: Store,
        answer: Callable[[Request], Answer],
        failed: Callable[[Request, Exception], Answer],
    ) -> None:
        """Take functions that answer a request, and that answer one whose writes could not be saved."""
        self._store, self._answer, self._failed = store, answer, failed
        self._saved: asyncio.Future[Exception | None] | None = None

    async def answer(self, request: Request) -> Answer:
        """Answer a request. Those that wait to be answered at the same moment belong to one group."""
        with self._store.grouped():
            answer = self._answer(request)
        if not self._store.has_unsaved():
            return answer
        if self._saved is None:
            loop = asyncio.get_running_loop()
            self._saved = loop.create_future()
            loop.call_soon(self._save)  # after the requests that arrived with this one
        failure = await asyncio.shield(self._saved)
        return self._failed(request, failure) if failure else answer

    def _save(self) -> None:
        saved, self._saved = self._saved, None
        trouble: Exception | None = None
        try:
            self._store.save()
        except Exception as failure:  # noqa: BLE001 - the requests of the group get it
            trouble = failure
        if saved:
            saved.set_result(trouble)
