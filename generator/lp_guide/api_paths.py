"""Parses paths as people write them, with or without host and version, and finds their operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from lp_contract.contract import Contract, Operation

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
UUID_FORM = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLACEHOLDER = r"\{[^{}]*\}\}?|<[^<>]*>|:\w+"
GAP = re.compile(f"{_PLACEHOLDER}|{UUID_FORM}")
"""A placeholder or an id in a path."""
_HTTP_LINE = re.compile(rf"(?:({'|'.join(VERBS)})\s+)?((?:https?:/)?/\S*?)(?:\s+HTTP/[\d.]+)?")
_VERSION = r"v(?:\d+|\{[^{}]*\})"
"""A version in a path; `v{n}` and the like mean any version."""
_PREFIX = re.compile(rf"(?:/[\w.~-]+)*?/{_VERSION}(?=/|$)")


class Endpoint(NamedTuple):
    """A path of the API, and its method if it has one."""

    line: int
    verb: str | None
    path: str

    @property
    def full_route(self) -> str:
        """The path without host and query, and with single slashes."""
        path = re.sub(r"^https?://[^/]+", "", self.path).partition("?")[0]
        return re.sub(r"/{2,}", "/", path).rstrip("/") or "/"

    @property
    def prefix(self) -> str:
        """The steps of the path up to the version, as in `/api/v3`; empty without a version."""
        match = _PREFIX.match(self.full_route)
        return match[0] if match else ""

    @property
    def route(self) -> str:
        """The path after host and version, without query."""
        return self.full_route.removeprefix(self.prefix) or "/"

    @property
    def resource(self) -> str:
        """The first step of the path after host and version."""
        return self.route.split("/")[1]

    @property
    def is_of_one(self) -> bool:
        """Whether the path names one resource, and not a list."""
        return bool(GAP.fullmatch(self.route.rsplit("/", 1)[-1]))


def read_endpoint(words: str, line: int) -> Endpoint | None:
    """Parse a path, with or without a method before it. Return None if the words are not a path."""
    match = _HTTP_LINE.fullmatch(words.strip())
    return Endpoint(line, match[1], match[2]) if match else None


def operations_at(contract: Contract, path: str) -> list[Operation]:
    """Return the operations that a path can mean, of every version where it has none.

    Where literal steps and parameters both fit, the literal steps win, separately for each version and method.
    """
    written = _split(path)
    alike = _by_length(contract).get(len(written.steps), ())
    fitting = [op for op in alike if any(_fits(op, each) for each in _read_as(op, written))]
    fewest: dict[tuple[str, str], int] = {}
    for op in fitting:
        fewest[_group(op)] = min(_gaps(op), fewest.get(_group(op), _gaps(op)))
    return [op for op in fitting if _gaps(op) == fewest[_group(op)]]


@lru_cache(maxsize=4)  # the contracts of two editions and of their controls
def _by_length(contract: Contract) -> Mapping[int, Sequence[Operation]]:
    """Return the operations of a contract by the number of steps in their paths."""
    found: dict[int, list[Operation]] = {}
    for op in contract.operations.values():
        found.setdefault(len(_split(op.path).steps), []).append(op)
    return found


def operations_for(contract: Contract, method: str, path: str) -> list[Operation]:
    """Return the operations that a request can mean."""
    return [op for op in operations_at(contract, path) if method in op.methods]


def taken(operations: Sequence[Operation], written: Endpoint) -> str:
    """List the methods that a path accepts, or the operations that a path without a version can mean."""
    if not written.prefix and len({_split(op.path).prefix for op in operations}) > 1:
        return f"That path can mean {' or '.join(f'`{op.method} {op.path}`' for op in operations)}."
    return f"That path accepts {' and '.join(sorted({op.method for op in operations}))}."


def prefixes(contract: Contract) -> list[str]:
    """Return the steps up to the version with which the paths of a contract begin, as in `/api/v3`."""
    return list(dict.fromkeys(filter(None, (_split(op.path).prefix for op in contract.operations.values()))))


def can_mean(written: str, prefix: str) -> bool:
    """Whether a prefix on a page can mean that of a contract. No prefix, or a placeholder as version, means any."""
    api, _, version = written.rpartition("/")
    return written in ("", prefix) or ("{" in version and prefix.rpartition("/")[0] == api)


def misfit(contract: Contract, path: str) -> str:
    """Return the step that makes a path unknown: the step that should be an id and is not."""
    written = _split(path)
    for op in contract.operations.values():
        pairs = _pairs(op, written)
        if pairs and all(wanted.startswith("{") or wanted == step for wanted, step in pairs):
            return next(
                (step for wanted, step in pairs if wanted.startswith("{") and not _can_be(op, wanted, step)), ""
            )
    return ""


class _Split(NamedTuple):
    prefix: str
    steps: Sequence[str]


@lru_cache(maxsize=4096)
def _split(path: str) -> _Split:
    endpoint = Endpoint(0, None, path)
    return _Split(endpoint.prefix, endpoint.route.split("/"))


def _group(op: Operation) -> tuple[str, str]:
    return _split(op.path).prefix, op.method


def _gaps(op: Operation) -> int:
    return op.path.count("{")


def _read_as(op: Operation, written: _Split) -> Iterator[_Split]:
    """Yield a path, and the path without each ending that chooses a media type."""
    yield written
    *above, last = written.steps
    for ending in op.endings:
        if last.endswith(ending):
            yield _Split(written.prefix, [*above, last.removesuffix(ending)])


def _fits(op: Operation, written: _Split) -> bool:
    pairs = _pairs(op, written)
    return bool(pairs) and all(
        _can_be(op, wanted, step) if wanted.startswith("{") else wanted == step for wanted, step in pairs
    )


def _pairs(op: Operation, written: _Split) -> Sequence[tuple[str, str]]:
    """Pair the steps of an operation's path with those of another path. Return nothing if the two differ otherwise."""
    own = _split(op.path)
    is_alike = can_mean(written.prefix, own.prefix) and len(own.steps) == len(written.steps)
    return list(zip(own.steps, written.steps, strict=True)) if is_alike else ()


def _can_be(op: Operation, wanted: str, step: str) -> bool:
    """Whether a step of a path is a value for a parameter, or a placeholder."""
    if re.fullmatch(_PLACEHOLDER, step):
        return True
    schema = next(p["schema"] for p in op.parameters if p["in"] == "path" and p["name"] == wanted[1:-1])
    return bool(step) and (schema.get("format") != "uuid" or _is_uuid(step))


def _is_uuid(words: str) -> bool:
    try:
        return bool(UUID(words)) and bool(re.fullmatch(UUID_FORM, words.lower()))
    except ValueError:
        return False
