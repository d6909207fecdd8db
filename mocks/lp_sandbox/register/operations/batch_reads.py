"""Reads the records that a whole page needs with one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from lp_sandbox.request.call import Call
from lp_sandbox.worlds.records import Record
from lp_sandbox.worlds.store import Slice, Where

R = TypeVar("R", bound=Record)


def by_id(call: Call, kind: type[R], ids: Collection[str]) -> Mapping[str, R]:
    """Return the records with some ids, by id."""
    records: list[Any] = call.store.find(kind, call.world.id, Where("id", "in", tuple(ids)))
    return {record.id: record for record in records}


def grouped(call: Call, kind: type[R], column: str, values: Collection[str], *, order: str) -> Mapping[str, list[R]]:
    """Return the records with some values in a column, grouped by the value and sorted by another column."""
    found: dict[str, list[R]] = defaultdict(list)
    where = Where(column, "in", tuple(values))
    for record in call.store.find(kind, call.world.id, where, part=Slice(((order, False),))):
        found[getattr(record, column)].append(record)
    return found
