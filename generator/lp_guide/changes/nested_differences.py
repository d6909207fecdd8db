"""Finds the differences between nested values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lp_guide.changes.breaking_change import ABSENT, same


class Difference(NamedTuple):
    """Two values at the same place that differ. ABSENT means that there is no value."""

    way: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, way: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield the differences inside two mappings or two lists of one length, or the two values if they differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), (*way, str(key)))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True), 1):
            yield from differences(*pair, (*way, str(index)))
    elif not same(before, after):
        yield Difference(way, before, after)
