"""Responds to requests that come over HTTP: each has an id, is counted and can be logged, whatever answers it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from time import perf_counter

import msgspec

from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.access_log import log_request
from lp_sandbox.web.cross_origin import CrossOrigin
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.web.note_log import NoteLog
from lp_sandbox.web.request_ids import HEADER, RequestIds

Deliver = Callable[[Answer], None]
"""Takes the answer to a request, at once or later."""
Respond = Callable[[Request, Deliver], None]
"""Answers a request, at once or later."""
NONE = "-"
"""The method and the path, in the log, of a request that did not arrive whole."""


class Responder:
    """Completes, counts and logs answers."""

    def __init__(
        self,
        respond: Respond,
        metrics: Metrics,
        largest_body: Callable[[str], int],
        *,
        origins: Collection[str] = (),
        logs_requests: bool = False,
    ) -> None:
        """Take what answers requests.

        `largest_body` returns the limit for the body of a request to a path, and `origins` are those of other sites
        whose pages can use the sandbox.
        """
        self.largest_body = largest_body
        self._respond, self._metrics, self._logs_requests = respond, metrics, logs_requests
        self._cross_origin = CrossOrigin(origins) if origins else None
        self._request_ids, self._note_log = RequestIds(), NoteLog()

    def id_of(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the id of a request with some headers."""
        return self._request_ids.of(headers)

    def respond(self, request: Request, deliver: Deliver) -> None:
        """Answer a request, at once or later: HEAD as GET. The answer has all headers but those of HTTP itself."""
        began = perf_counter()
        read = msgspec.structs.replace(request, method="GET") if request.method == "HEAD" else request

        def complete(answer: Answer) -> None:
            seconds = perf_counter() - began
            self._metrics.measure(answer, seconds)
            if answer.headers:
                self._note_log.write(request, answer)
            if self._logs_requests:
                log_request(request, answer, seconds)
            deliver(self._with_headers(request, answer))

        preflight = self._cross_origin and self._cross_origin.preflight(request)
        if preflight:
            complete(preflight)
        else:
            self._respond(read, complete)

    def _with_headers(self, request: Request, answer: Answer) -> Answer:
        cross_origin = self._cross_origin.headers(request) if self._cross_origin else ()
        headers = ((HEADER, request.id.encode()), *answer.headers, *cross_origin)
        return msgspec.structs.replace(answer, headers=headers)

    def record_refusal(self, answer: Answer, seconds: float) -> Answer:
        """Count and log an answer to a request that did not arrive whole, and return it with its headers."""
        request = Request(NONE, NONE, "", {}, None, "", id=self.id_of({}))
        self._metrics.count(answer)
        if self._logs_requests:
            log_request(request, answer, seconds)
        return self._with_headers(request, answer)
