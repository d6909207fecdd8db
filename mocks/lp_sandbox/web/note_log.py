"""Logs what the sandbox ignores in requests."""

from __future__ import annotations

import logging

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.unknown_names import HEADER

log = logging.getLogger("lp-sandbox")
MOST_NOTES = 1000
"""How many different notes are logged."""


class NoteLog:
    """Logs the names in requests that the sandbox ignores: the same names of an operation once."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, bytes]] = set()

    def write(self, request: Request, answer: Answer) -> None:
        """Log the notes of an answer, if there are any."""
        notes = dict(answer.headers).get(HEADER)
        about = (answer.operation, notes or b"")
        if notes and about not in self._logged and len(self._logged) < MOST_NOTES:
            self._logged.add(about)
            log.warning("%s, request %s: %s", answer.operation, request.id, notes.decode())
