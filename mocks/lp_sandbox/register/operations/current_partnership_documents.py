"""What time changes in partnerships: how many participants train today, and when that last changed.

Most stored documents are good now. The others are rendered again, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from lp_sandbox.register.rebuild_list_rows import partnership_states
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.resources import with_state
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Condition, Slice, Where

STORED = ("id", "good_from", "good_until", "document")
"""The columns of a partnership that decide whether its document is good, and the document."""


def documents(call: Call, stored: Sequence[tuple[str, str, str, bytes]]) -> Sequence[bytes]:
    """Return the documents of partnerships as they are now, given the columns STORED of each."""
    now = call.stamp
    outdated = tuple(id_ for id_, good_from, good_until, _ in stored if not good_from <= now < good_until)
    if not outdated:
        return [document for _, _, _, document in stored]
    rendered = {partnership.id: partnership.document for partnership in _in_present_state(call, outdated)}
    return [rendered.get(id_, document) for id_, _, _, document in stored]


def page_over_time(call: Call, part: Slice, filters: Iterable[Condition]) -> tuple[str, ...]:
    """Return the ids of a page whose filter or order depends on when time last changed each partnership."""
    since = call.since() or ""
    found = [row for row in _stamps(call, filters) if row["updated_at"] >= since]
    for column, descending in reversed(part.order):
        found.sort(key=itemgetter(column), reverse=descending)
    return tuple(row["id"] for row in found[part.offset : part.offset + part.length])


def _stamps(call: Call, filters: Iterable[Condition]) -> Sequence[Mapping[str, str]]:
    """Return when partnerships were formed, and when they last changed, by a request or by time."""
    columns = ("id", "created_at", "updated_at", "moved_at", "good_from", "good_until")
    rows = call.store.rows(Partnership, columns, call.world.id, *filters)
    now = call.stamp
    outdated = [id_ for id_, _, _, _, good_from, good_until in rows if not good_from <= now < good_until]
    states = partnership_states(call.store, call.world.id, outdated, now)
    moved = {id_: state.moved_at for id_, state in states.items()}
    return [
        {"id": id_, "created_at": created_at, "updated_at": max(updated_at, moved.get(id_, moved_at))}
        for id_, created_at, updated_at, moved_at, _, _ in rows
    ]


def _in_present_state(call: Call, ids: tuple[str, ...]) -> Iterable[Partnership]:
    states = partnership_states(call.store, call.world.id, ids, call.stamp)
    partnerships = call.store.find(Partnership, call.world.id, Where("id", "in", ids))
    return (with_state(partnership, states[partnership.id]) for partnership in partnerships)
