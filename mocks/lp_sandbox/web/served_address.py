"""The address at which a client reaches the sandbox, for pages and published contracts."""

from __future__ import annotations

from lp_sandbox.request.request_and_answer import Request
from lp_sandbox.web.hosts import read_host


def served_address(request: Request, usual: str) -> str:
    """Return the address to which a request was sent, or the usual one when its Host cannot be written into a page."""
    text = request.header(b"host")
    try:
        return f"{request.scheme}://{text}" if read_host(text).is_plain else usual
    except ValueError:
        return usual
