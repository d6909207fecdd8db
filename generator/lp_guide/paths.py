"""Paths of the API as people write them, and the operations that they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from lp_contract.contract import Contract, Operation

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
UUID_FORM = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLACEHOLDER = r"\{[^{}]*\}\}?|<[^<>]*>|:\w+"
GAP = re.compile(f"{_PLACEHOLDER}|{UUID_FORM}")
"""What stands in a path for any thing of a kind."""
_HTTP_LINE = re.compile(rf"(?:({'|'.join(VERBS)})\s+)?((?:https?:/)?/\S*?)(?:\s+HTTP/[\d.]+)?")
_API_VERSION = re.compile(r"/api/v(?:\d+|\{[^{}]*\})(?=/|$)")


class Endpoint(NamedTuple):
    """A path of the API, with its method where that is given."""

    line: int
    verb: str | None
    path: str

    @property
    def route(self) -> str:
        """The path without host, version and query, and with one slash wherever there are more."""
        path = re.sub(r"^https?://[^/]+", "", self.path).partition("?")[0]
        return _API_VERSION.sub("", re.sub(r"/{2,}", "/", path)).rstrip("/") or "/"

    @property
    def resource(self) -> str:
        """The first step of the path behind host and version."""
        return self.route.split("/")[1]

    @property
    def is_of_one(self) -> bool:
        """Whether the path names one thing, and not all of a kind."""
        return bool(GAP.fullmatch(self.route.rsplit("/", 1)[-1]))


def read_endpoint(words: str, line: int) -> Endpoint | None:
    """Read a path, with or without a method before it; None where the words are something else."""
    match = _HTTP_LINE.fullmatch(words.strip())
    return Endpoint(line, match[1], match[2]) if match else None


def operations_at(contract: Contract, route: str) -> list[Operation]:
    """Return the operations that a path without version can mean: those that name its steps rather than take any."""
    steps = route.split("/")
    fitting = [op for op in contract.operations.values() if _fits(op, steps)]
    fewest = min((_gaps(op) for op in fitting), default=0)
    return [op for op in fitting if _gaps(op) == fewest]


def misfit(contract: Contract, route: str) -> str:
    """Return the step because of which a path is none of the contract: one that is no id, where one must stand."""
    steps = route.split("/")
    for op in contract.operations.values():
        own = _steps(op.path)
        if len(own) == len(steps) and all(w.startswith("{") or w == s for w, s in zip(own, steps, strict=True)):
            return next(s for w, s in zip(own, steps, strict=True) if w.startswith("{") and not _can_be(op, w, s))
    return ""


@lru_cache(maxsize=512)
def _steps(op_path: str) -> Sequence[str]:
    return Endpoint(0, None, op_path).route.split("/")


def _gaps(op: Operation) -> int:
    return op.path.count("{")


def _fits(op: Operation, steps: Sequence[str]) -> bool:
    own = _steps(op.path)
    return len(own) == len(steps) and all(
        _can_be(op, wanted, step) if wanted.startswith("{") else wanted == step
        for wanted, step in zip(own, steps, strict=True)
    )


def _can_be(op: Operation, wanted: str, step: str) -> bool:
    """Whether a step of a path is what a parameter takes, or stands for it."""
    if re.fullmatch(_PLACEHOLDER, step):
        return True
    schema = next(p["schema"] for p in op.parameters if p["in"] == "path" and p["name"] == wanted[1:-1])
    return bool(step) and (schema.get("format") != "uuid" or _is_uuid(step))


def _is_uuid(words: str) -> bool:
    try:
        return bool(UUID(words)) and bool(re.fullmatch(UUID_FORM, words.lower()))
    except ValueError:
        return False
