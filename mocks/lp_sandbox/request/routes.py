"""Finds the operation of a method and a path."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from typing import Generic, TypeVar

from lp_contract.contract import Operation

T = TypeVar("T")
_PARAMETER = re.compile(r"\{(\w+)\}")


def plain(path: str) -> str:
    """Return a path without extra slashes: those at its end, and doubled ones."""
    return "/" + "/".join(filter(None, path.split("/")))


class Routes(Generic[T]):
    """Finds the target of a method and a path; a literal segment wins over one with a parameter."""

    def __init__(self, routes: Iterable[tuple[str, str, T]], *, ignores_slashes: bool = True) -> None:
        """Take (method, path, target); a path has parameters such as {id}.

        `ignores_slashes` makes a path with extra slashes the same as the path without them.
        """
        listed = sorted(routes, key=lambda route: _openness(route[1]))
        self._ignores_slashes = ignores_slashes
        self._methods = {method for method, _, _ in listed}
        self._literal = {f"{method} {path}": target for method, path, target in listed if "{" not in path}
        others = [route for route in listed if "{" in route[1]]
        self._others = [(target, tuple(_PARAMETER.findall(path))) for _, path, target in others]
        patterns = (f"(?P<r{number}>{_pattern(number, *route[:2])})" for number, route in enumerate(others))
        self._pattern = re.compile("|".join(patterns))

    def methods_of(self, path: str) -> Collection[str]:
        """Return the methods that a path takes; none for an unknown path."""
        return {method for method in self._methods if self.find(method, path)}

    def find(self, method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
        """Return the target and the parameters of a path; None for an unknown path or method."""
        line = f"{method} {path}"
        if line in self._literal:
            return self._literal[line], {}
        found = self._pattern.fullmatch(line)
        if found is None or found.lastgroup is None:
            bare = plain(path) if self._ignores_slashes else path
            return None if bare == path else self.find(method, bare)
        target, names = self._others[int(found.lastgroup[1:])]
        return target, {name: found[f"{found.lastgroup}_{name}"] for name in names}


def routes_of(operation: Operation, target: T) -> Iterator[tuple[str, str, T]]:
    """Yield the routes of an operation: each of its methods on each of its paths."""
    for method, path in product(operation.methods, operation.paths):
        yield method, path, target


def _openness(path: str) -> tuple[int, ...]:
    """Return a sort key by which literal segments come first, then those with more than a parameter."""
    return tuple(2 if _PARAMETER.fullmatch(part) else 1 if "{" in part else 0 for part in path.split("/"))


def _pattern(number: int, method: str, path: str) -> str:
    """Write a route as a pattern; its groups have its number, because a pattern has each name once."""
    parts = _PARAMETER.split(path)
    groups = [*(f"(?P<r{number}_{name}>[^/]+)" for name in parts[1::2]), ""]
    joined = "".join(re.escape(literal) + group for literal, group in zip(parts[::2], groups, strict=True))
    return f"{method} {joined}"
