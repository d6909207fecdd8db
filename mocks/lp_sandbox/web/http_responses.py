"""Answers as HTTP writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

from lp_sandbox.request.request_and_answer import Answer

Headers = Iterable[tuple[bytes, bytes]]
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n".encode() for status in range(100, 600)}
_UNSAFE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""What ends a header or is in none: a value with it could add headers or an answer of its own."""


def head_of(answer: Answer, more: Headers, *, keeps_alive: bool) -> bytes:
    """Return all of an answer before its body, with more headers. Raises ValueError for a header that HTTP lacks."""
    lines = [_STATUS_LINES[answer.status], b"content-length: %d\r\n" % len(answer.body)]
    if answer.content_type:
        lines.append(f"content-type: {answer.content_type}\r\n".encode())
    lines += [_line(name, value) for name, value in more]
    lines += [_line(name, value) for name, value in answer.headers]
    lines.append(b"\r\n" if keeps_alive else b"connection: close\r\n\r\n")
    return b"".join(lines)


def _line(name: bytes, value: bytes) -> bytes:
    if _UNSAFE.search(value):
        raise ValueError(f"The header {name.decode()} has a control character: {value!r}")
    return b"%b: %b\r\n" % (name, value)
