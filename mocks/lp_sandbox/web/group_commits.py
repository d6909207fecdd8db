"""Saves what requests write at the same moment once, and answers them then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.responder import Deliver
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
        self._unsaved: list[tuple[Request, Answer, Deliver]] = []

    def respond(self, request: Request, deliver: Deliver) -> None:
        """Answer a request. Those that arrive in one turn of the event loop belong to one group."""
        with self._store.grouped():
            answer = self._answer(request)
        if not self._store.has_unsaved():
            deliver(answer)
            return
        if not self._unsaved:
            asyncio.get_running_loop().call_soon(self._save)
        self._unsaved.append((request, answer, deliver))

    def _save(self) -> None:
        group, self._unsaved = self._unsaved, []
        trouble: Exception | None = None
        try:
            self._store.save()
        except Exception as failure:  # noqa: BLE001 - the requests of the group get it
            trouble = failure
        for request, answer, deliver in group:
            deliver(self._failed(request, trouble) if trouble else answer)
