"""The address at which a client reaches the sandbox. Pages and the published contracts show it."""

from __future__ import annotations

import re

from lp_sandbox.request.http import Request

# Anybody can send any header. What goes into pages, commands to copy and YAML has none of their special letters.
_HOST = re.compile(rb"(?:[0-9A-Za-z][0-9A-Za-z.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def base_url(request: Request, usual: str) -> str:
    """Return the address that a request was sent to, or the usual one when the header Host is no plain name."""
    host = request.headers.get(b"host", b"")
    return f"{request.scheme}://{host.decode()}" if _HOST.fullmatch(host) else usual
