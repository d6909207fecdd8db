"""Requests and answers, free of any framework, and the way from a path to an operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mocks.problems import JSON, Refusal

T = TypeVar("T")
LARGEST_BODY = 1024 * 1024
_ANY = "{}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    """Names in small letters."""
    body: bytes | None
    """None when it was larger than LARGEST_BODY."""
    client: str
    """The address it came from; empty when that is not known."""

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


class Routes(Generic[T]):
    """Finds what stands under a method and a path; a literal segment wins over a parameter."""

    def __init__(self, routes: Iterable[tuple[str, str, T]]) -> None:
        """Take (method, path, target); a path has parameters such as {id}."""
        self._root: dict[str, object] = {}
        for method, path, target in routes:
            node = self._root
            names = []
            for segment in path.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment.strip("{}"))
                node = node.setdefault(_ANY if segment.startswith("{") else segment, {})  # type: ignore[assignment]
            node[f"/{method}"] = (target, tuple(names))

    def find(self, method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
        """Return the target and the parameters of a path."""
        return _find(self._root, path.strip("/").split("/"), f"/{method}", ())


def _find(
    node: Mapping[str, object], segments: Sequence[str], method: str, found: tuple[str, ...]
) -> tuple[T, Mapping[str, str]] | None:
    if not segments:
        end = node.get(method)
        return (end[0], dict(zip(end[1], found, strict=True))) if isinstance(end, tuple) else None
    segment, *rest = segments
    for key, more in ((segment, found), (_ANY, (*found, segment))):
        below = node.get(key) if key != _ANY or segment else None
        if isinstance(below, dict) and (result := _find(below, rest, method, more)) is not None:
            return result
    return None
