"""A cache that is bounded by the bytes that it holds, however many entries these are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
ENTRY = 200
"""The bytes of an entry besides its key and value: a slot in a dictionary and the objects' headers."""


class Cache(Generic[K, V]):
    """Keeps values by key. When they weigh too much, the oldest go first."""

    def __init__(self, most: int) -> None:
        """Keep up to `most` bytes."""
        self.most, self.held = most, 0
        self.entries: dict[K, V] = {}
        self._weights: dict[K, int] = {}

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep a value that weighs so many bytes with its key. One that would fill much of the cache is not kept."""
        weight += ENTRY
        if weight > self.most // 4:
            return
        self.held += weight - self._weights.pop(key, 0)
        self.entries.pop(key, None)
        self.entries[key], self._weights[key] = value, weight
        while self.held > self.most:
            oldest = next(iter(self.entries))
            del self.entries[oldest]
            self.held -= self._weights.pop(oldest)

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self._weights.clear()
        self.held = 0


def cached(most: int, weight: Callable[[Any, Any], int]) -> Callable[[Callable[[K], V]], Callable[[K], V]]:
    """Cache the results of a function of one argument, in up to `most` bytes. `weight` estimates the bytes of a result.

    What a function raises is not kept.
    """

    def decorate(function: Callable[[K], V]) -> Callable[[K], V]:
        cache: Cache[K, V] = Cache(most)
        CACHES[f"{function.__module__}.{function.__qualname__}"] = cache

        @wraps(function)
        def look_up(key: K) -> V:
            try:
                return cache.entries[key]
            except KeyError:
                value = function(key)
            cache.put(key, value, weight(key, value))
            return value

        return look_up

    return decorate


CACHES: dict[str, Cache[Any, Any]] = {}
"""Every cache of a function, by the function's name."""
