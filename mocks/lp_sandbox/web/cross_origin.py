"""Lets pages of other sites use the sandbox (CORS), if the user of the sandbox names their origins."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from http import HTTPStatus

from lp_sandbox.request.request_and_answer import Answer, Request

ANY = "*"
SECONDS = 600
"""How long a browser can cache the answer."""
EXPOSED = b"x-request-id, sandbox-note, x-sandbox-answer"
"""The headers of answers that pages can read, besides those that every page can read."""


class CrossOrigin:
    """Names the origins whose pages can send requests and read the answers."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)

    def allows(self, request: Request) -> bool:
        """Whether a request comes from a page that can read the answer."""
        origin = request.header(b"origin")
        return bool(origin) and (origin in self._origins or ANY in self._origins)

    def preflight(self, request: Request) -> Answer | None:
        """Answer the question of a browser whether a page can send a request; None for every other request."""
        method = request.headers.get(b"access-control-request-method")
        if request.method != "OPTIONS" or method is None or not self.allows(request):
            return None
        headers = [
            (b"access-control-allow-methods", method),
            (b"access-control-max-age", str(SECONDS).encode()),
        ]
        if names := request.headers.get(b"access-control-request-headers"):
            headers.append((b"access-control-allow-headers", names))
        return Answer(HTTPStatus.NO_CONTENT, b"", "", headers)

    def headers(self, request: Request) -> Iterator[tuple[bytes, bytes]]:
        """Yield the headers that let the page that sent a request read the answer."""
        yield b"vary", b"origin"
        if self.allows(request):
            yield b"access-control-allow-origin", request.headers[b"origin"]
            yield b"access-control-expose-headers", EXPOSED
