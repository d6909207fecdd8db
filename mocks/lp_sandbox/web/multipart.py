"""Parses multipart/form-data, the format in which browsers upload files. See RFC 7578.

The time is linear in the size of the body, which the server limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PARTS = 100
"""More than any form of the sandbox has."""
LARGEST_HEAD = 4096
"""The bytes of the headers of a part. Browsers send two, of which one holds the name of the file."""
_BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([0-9A-Za-z'()+_,./:=?-]{1,70}))""", re.IGNORECASE)
# A quoted value may lack its end; otherwise each of many quotes would be tried up to the end of the header.
_PARAMETER = re.compile(r';\s*([\w*-]+)=(?:"([^"]*)"?|([^;"\s]*))')
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""What browsers write instead of a quote and of line breaks in names."""


class MalformedError(ValueError):
    """A body is not multipart/form-data. The message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field or a file of a form."""

    name: str
    content: bytes
    file_name: str | None
    """None for a field."""
    content_type: str


def parse(content_type: str, body: bytes) -> Iterator[Part]:
    """Yield the parts of a body, whose header Content-Type names the boundary between them. Raises MalformedError."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MalformedError("The header Content-Type names no boundary.")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1", errors="replace")
    _, *sections = (b"\r\n" + body).split(delimiter, MOST_PARTS + 1)
    if len(sections) > MOST_PARTS and not sections[-1].startswith(b"--"):
        raise MalformedError(f"The body has more than {MOST_PARTS} parts.")
    if not sections or not sections[-1].startswith(b"--"):
        raise MalformedError("The body ends before its last boundary.")
    for section in sections[:-1]:
        yield _part(section)


def _part(section: bytes) -> Part:
    head, blank_line, content = section.partition(b"\r\n\r\n")
    if not blank_line or len(head) > LARGEST_HEAD:
        raise MalformedError("A part of the body has no headers, or headers that are too large.")
    headers = dict(_headers(head))
    disposition = headers.get("content-disposition", "")
    parameters = {found[1].lower(): found[2] or found[3] or "" for found in _PARAMETER.finditer(disposition)}
    if not disposition.lower().startswith("form-data") or "name" not in parameters:
        raise MalformedError("A part of the body has no Content-Disposition with the name of a field.")
    file_name = parameters.get("filename")
    return Part(
        name=_unescaped(parameters["name"]),
        content=content,
        file_name=None if file_name is None else _unescaped(file_name),
        content_type=headers.get("content-type", "text/plain"),
    )


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    first, *lines = head.decode(errors="replace").split("\r\n")
    if first.strip():  # the boundary is the beginning of another word
        raise MalformedError("A boundary of the body is followed by other text.")
    for line in lines:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()


def _unescaped(name: str) -> str:
    for escape, character in _ESCAPES.items():
        name = name.replace(escape, character)
    return name
