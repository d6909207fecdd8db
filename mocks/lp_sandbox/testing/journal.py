"""The journal: the last requests that each world received over HTTP."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.unknown_names import HEADER as NOTE
from lp_sandbox.testing.exchanges import Exchange

LENGTH = 100
"""How many requests the journal keeps of each world. The oldest ones are forgotten."""
NO_WORLD = ""
"""The name under which the journal keeps requests whose token belongs to no world."""


class RecordingApp(App):
    """A sandbox with a journal."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take what App takes."""
        self._journal: defaultdict[str, deque[Exchange]] = defaultdict(lambda: deque(maxlen=LENGTH))
        self._received = 0
        super().__init__(*given, **named)

    def answer(self, request: Request) -> Answer:
        """Answer a request that came over HTTP, and record both."""
        opened = self._apis.opened_by(request)
        world, lead_provider = (opened[0].id, opened[1].lead_provider) if opened else (NO_WORLD, "")
        answer = super().answer(request)
        self._received += 1
        self._journal[world].append(
            Exchange(
                number=self._received,
                lead_provider=lead_provider,
                method=request.method,
                target=f"{request.path}?{request.query}" if request.query else request.path,
                sent=request.body or b"",
                status=answer.status,
                received=answer.body,
                reasons=answer.reasons,
                operation=answer.operation,
                note=dict(answer.headers).get(NOTE, b"").decode("latin-1"),
            )
        )
        return answer

    def answer_unrecorded(self, request: Request) -> Answer:
        """Answer a request of the kit itself."""
        return super().answer(request)

    def received(self) -> int:
        """Return how many requests arrived: the number of the last one."""
        return self._received

    def recorded(self, world: str, since: int) -> Sequence[Exchange]:
        """Return the exchanges of a world, and exchanges without a world, after a number; the oldest first."""
        kept = itertools.chain(self._journal[world], self._journal[NO_WORLD])
        return sorted((each for each in kept if each.number > since), key=lambda each: each.number)

    def forget(self, world: str) -> None:
        """Remove the exchanges of a world."""
        self._journal.pop(world, None)
