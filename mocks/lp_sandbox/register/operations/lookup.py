"""Reading many records at once: one question to the store for a whole page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import Record
from lp_sandbox.worlds.store import Slice, Where

R = TypeVar("R", bound=Record)


def by_id(call: Call, kind: type[R], ids: Collection[str]) -> Mapping[str, R]:
    """Return the records of some ids, by id."""
    records: list[Any] = call.store.find(kind, call.world.id, Where("id", "in", tuple(ids)))
    return {record.id: record for record in records}


def grouped(call: Call, kind: type[R], column: str, values: Collection[str], *, by: str) -> Mapping[str, list[R]]:
    """Return the records that have one of some values in a column, by that value, in the order of another column."""
    found: dict[str, list[R]] = defaultdict(list)
    for record in call.store.find(kind, call.world.id, Where(column, "in", tuple(values)), part=Slice(((by, False),))):
        found[getattr(record, column)].append(record)
    return found
