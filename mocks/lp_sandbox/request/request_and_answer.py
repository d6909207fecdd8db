"""Requests and answers as values, without any framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from lp_sandbox.request.refusals import JSON, Refusal

LARGEST_BODY = 1024 * 1024
LARGEST_UPLOAD = 2 * LARGEST_BODY
"""The bytes of a form or of a file. A file to upload can be larger than a request to the API."""
READ_HEADERS = (b"authorization", b"x-with-server-date", b"content-type", b"accept")
"""The headers that operations read."""


class Request(msgspec.Struct, frozen=True):
    """A request as it arrived. To make a frozen dataclass takes a microsecond more, and so for an answer."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    """By name, in lower case."""
    body: bytes | None
    """None when it was larger than LARGEST_BODY, or LARGEST_UPLOAD where files can be sent."""
    client: str
    """The address it came from; empty when that is not known."""
    scheme: str = "http"
    """`http` or `https`."""
    id: str = ""
    """The id that the answer and the log have; empty for a request that is not sent over HTTP."""
    is_repeated: bool = False
    """Whether its connection brought the same bytes just before. An answer to it can be remembered."""

    def header(self, name: bytes) -> str:
        """Return a header; empty when there is none."""
        return self.headers.get(name, b"").decode("latin-1")

    def identity(self) -> tuple[str | bytes | None, ...]:
        """Return all of a request to an operation on which its answer depends."""
        headers = self.headers
        return self.method, self.path, self.query, self.body, *[headers.get(name) for name in READ_HEADERS]


class Answer(msgspec.Struct, frozen=True):
    """An answer to a request."""

    status: int
    body: bytes
    content_type: str = JSON
    """Empty where the answer has no such header."""
    headers: Sequence[tuple[bytes, bytes]] = ()
    reasons: tuple[str, ...] = ()
    """The names of the problem or the broken rules for which the request was refused. Clients do not see them."""
    operation: str = ""
    """The operationId of the operation to which the request is addressed; empty where there is none."""
    world: str = ""
    """The name of the world in which the request was answered; empty where that is not known."""
    edition: str = ""
    """The edition whose operation it is; empty where there is none."""


def answer_of(refusal: Refusal) -> Answer:
    """Return the answer that a refusal is."""
    return Answer(
        refusal.status,
        refusal.body,
        refusal.content_type,
        refusal.headers,
        refusal.reasons,
        refusal.operation,
        refusal.world,
        refusal.edition,
    )


def is_own(request: Request) -> bool:
    """Whether a request does not come from a page of another site: browsers send an Origin, other programs do not."""
    origin, host = request.header(b"origin"), request.header(b"host")
    return origin in ("", f"http://{host}", f"https://{host}")
