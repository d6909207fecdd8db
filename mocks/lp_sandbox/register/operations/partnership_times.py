"""What time changes in partnerships: how many participants train today, and when that last changed.

Most of them stand as they were kept. Of the others nothing is written: they are shown as they stand now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from lp_sandbox.programme.records import Partnership
from lp_sandbox.register.listings import standings
from lp_sandbox.register.resources import as_it_stands
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Condition, Slice, Where

KEPT = ("id", "good_from", "good_until", "document")
"""What is read of a partnership for it to be shown."""


def documents(call: Call, kept: Sequence[tuple[str, str, str, bytes]]) -> Sequence[bytes]:
    """Return the documents of partnerships, of which the columns of KEPT are given."""
    now = call.stamp
    moved = tuple(id_ for id_, good_from, good_until, _ in kept if not good_from <= now < good_until)
    if not moved:
        return [document for _, _, _, document in kept]
    others = {one.id: one.document for one in _as_they_stand(call, moved)}
    return [others.get(id_, document) for id_, _, _, document in kept]


def page_in_time(call: Call, part: Slice, filters: Iterable[Condition]) -> tuple[str, ...]:
    """Return the ids of a page for which it matters when time last moved each of the lead provider's partnerships."""
    since = call.since() or ""
    found = [row for row in _moments(call, filters) if row["updated_at"] >= since]
    for column, descending in reversed(part.order):
        found.sort(key=itemgetter(column), reverse=descending)
    return tuple(row["id"] for row in found[part.offset : part.offset + part.length])


def _moments(call: Call, filters: Iterable[Condition]) -> Sequence[Mapping[str, str]]:
    """Return when partnerships were formed and when they last changed, be it by themselves."""
    columns = ("id", "created_at", "updated_at", "moved_at", "good_from", "good_until")
    rows = call.store.rows(Partnership, columns, call.world.id, *filters)
    now = call.stamp
    others = [id_ for id_, _, _, _, good_from, good_until in rows if not good_from <= now < good_until]
    stand = standings(call.store, call.world.id, others, now)
    moved = {id_: one.moved_at for id_, one in stand.items()}
    return [
        {"id": id_, "created_at": created_at, "updated_at": max(updated_at, moved.get(id_, moved_at))}
        for id_, created_at, updated_at, moved_at, _, _ in rows
    ]


def _as_they_stand(call: Call, ids: tuple[str, ...]) -> Iterable[Partnership]:
    stand = standings(call.store, call.world.id, ids, call.stamp)
    partnerships = call.store.find(Partnership, call.world.id, Where("id", "in", ids))
    return (as_it_stands(partnership, stand[partnership.id]) for partnership in partnerships)
