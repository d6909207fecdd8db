"""Cookies that pages set and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lp_sandbox.request.request_and_answer import Request

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[!#-+\x2d-:<-\[\]-~]*")  # see RFC 6265, section 4.1.1


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie for the whole site, which scripts cannot read and other sites cannot send with a form."""

    name: str
    value: str
    """An empty value removes the cookie."""
    seconds: int | None = None
    """How long the browser keeps it; None keeps it until the browser is closed."""

    def __post_init__(self) -> None:
        """Raise ValueError for a name or value that would break the header."""
        if not _NAME.fullmatch(self.name) or not _VALUE.fullmatch(self.value):
            raise ValueError(f"A cookie cannot contain {self.name!r} with the value {self.value!r}.")

    def header(self, *, is_secure: bool) -> str:
        """Return the value of the header Set-Cookie."""
        seconds = 0 if not self.value else self.seconds
        parts = [f"{self.name}={self.value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts += [] if seconds is None else [f"Max-Age={seconds}"]
        return "; ".join([*parts, *(["Secure"] if is_secure else [])])


def set_cookies(cookies: Sequence[Cookie], request: Request) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that set cookies in the browser that sent a request."""
    for cookie in cookies:
        yield b"set-cookie", cookie.header(is_secure=request.scheme == "https").encode()


def cookie_in(request: Request, name: str) -> str:
    """Return the value of a cookie that a request sends; empty when it sends none."""
    pairs = (pair.strip().partition("=") for pair in request.header(b"cookie").split(";"))
    return next((value for found, _, value in pairs if found == name), "")
