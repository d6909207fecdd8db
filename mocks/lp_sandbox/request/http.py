"""Requests and answers, free of any framework, and the way from a path to an operation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lp_sandbox.request.problems import JSON, Refusal

T = TypeVar("T")
LARGEST_BODY = 1024 * 1024
LARGEST_UPLOAD = 2 * LARGEST_BODY
"""The bytes of a form that is sent to a page. A file to upload can be larger than a request to the API."""
_SCHEME = re.compile(r"(?:Bearer|Token)\s+")
_AFTER_TOKEN = re.compile("[,;\t]")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    """Names in small letters."""
    body: bytes | None
    """None when it was larger than LARGEST_BODY, or LARGEST_UPLOAD when it is sent to a page."""
    client: str
    """The address it came from; empty when that is not known."""
    scheme: str = "http"
    """`http` or `https`."""

    def header(self, name: bytes) -> str:
        """Return a header; empty when there is none."""
        return self.headers.get(name, b"").decode("latin-1")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on its way out."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Sequence[tuple[bytes, bytes]] = ()


def answer_of(refusal: Refusal) -> Answer:
    """Answer with a refusal."""
    return Answer(refusal.status, refusal.body, refusal.content_type)


def plain(path: str) -> str:
    """Return a path without the slashes that routing does not count: those at its end, and doubled ones."""
    return "/" + "/".join(filter(None, path.split("/")))


def token_in(authorization: str) -> str:
    """Return the token of an `Authorization` header as Rails reads it; empty where it has none.

    The scheme is `Bearer` or `Token`, in just these letters. The token ends at a comma, a semicolon or a tab, and can
    be written as `token="..."`.
    """
    if authorization.startswith("Bearer ") and authorization[7:].isalnum():
        return authorization[7:]  # what nearly every request has
    scheme = _SCHEME.match(authorization)
    if scheme is None:
        return ""
    rest = authorization[scheme.end() :]
    first = next((part for part in map(str.strip, _AFTER_TOKEN.split(rest)) if part), "")
    return first.removeprefix("token=").removeprefix('"').removesuffix('"')


def is_own(request: Request) -> bool:
    """Whether it comes from no page of another site. Programs do not say where they come from; browsers do."""
    origin, host = request.header(b"origin"), request.header(b"host")
    return origin in ("", f"http://{host}", f"https://{host}")


class Routes(Generic[T]):
    """Finds what stands under a method and a path; a literal path wins over one with a parameter."""

    def __init__(self, routes: Iterable[tuple[str, str, T]]) -> None:
        """Take (method, path, target); a path has parameters such as {id}."""
        listed = list(routes)
        self._literal = {f"{method} {path}": target for method, path, target in listed if "{" not in path}
        self._others = [(target, _names(path)) for _, path, target in listed]
        patterns = (f"(?P<r{number}>{_pattern(number, *route[:2])})" for number, route in enumerate(listed))
        self._pattern = re.compile("|".join(patterns))

    def find(self, method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
        """Return the target and the parameters of a path. A slash at its end, or a doubled one, makes no difference."""
        line = f"{method} {path}"
        if line in self._literal:
            return self._literal[line], {}
        found = self._pattern.fullmatch(line)
        if found is None or found.lastgroup is None:
            bare = plain(path)
            return None if bare == path else self.find(method, bare)
        target, names = self._others[int(found.lastgroup[1:])]
        return target, {name: found[f"{found.lastgroup}_{name}"] for name in names}


def _names(path: str) -> tuple[str, ...]:
    return tuple(segment.strip("{}") for segment in path.split("/") if segment.startswith("{"))


def _pattern(number: int, method: str, path: str) -> str:
    """Write a route as a pattern; its parameters are named after it, for a pattern names each group once."""
    segments = [
        f"(?P<r{number}_{segment.strip('{}')}>[^/]+)" if segment.startswith("{") else re.escape(segment)
        for segment in path.split("/")
    ]
    return f"{method} {'/'.join(segments)}"
