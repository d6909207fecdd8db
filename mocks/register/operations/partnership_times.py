"""What time changes in partnerships: how many participants train today, and when that last changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from operator import itemgetter

from mocks.call import Call
from mocks.register.people import day_after, day_before
from mocks.register.records import Partnership, TrainingPeriod
from mocks.register.resources import partnership_document
from mocks.store import AnyOf, Condition, Slice, Where


def documents(call: Call, rows: Sequence[tuple[str, str, bytes]]) -> Iterator[bytes]:
    """Yield the documents of partnerships, with what time has changed in them."""
    ids = tuple(id_ for id_, _, _ in rows)
    training, moved = _training(call, ids), _moved(call, Where("partnership_id", "in", ids))
    for id_, updated_at, text in rows:
        yield partnership_document(text, training.get(id_, 0), updated_at, moved.get(id_, ""))


def page_in_time(call: Call, part: Slice, filters: Iterable[Condition]) -> tuple[str, ...]:
    """Return the ids of a page for which it matters when time last moved each of the lead provider's partnerships."""
    since = call.since or ""
    moved = _moved(call, Where("lead_provider_id", "=", call.lead_provider_id), since[:10])
    columns = ("id", "created_at", "updated_at")
    where: list[Condition] = [*filters]
    if since:
        where.append(AnyOf((Where("updated_at", ">=", since), Where("id", "in", tuple(moved)))))
    found = [
        {"id": id_, "created_at": created_at, "updated_at": max(updated_at, moved.get(id_, ""))}
        for id_, created_at, updated_at in call.store.rows(Partnership, columns, call.world.id, *where)
    ]
    found = [row for row in found if row["updated_at"] >= since]
    for column, descending in reversed(part.order):
        found.sort(key=itemgetter(column), reverse=descending)
    return tuple(row["id"] for row in found[part.offset : part.offset + part.length])


def _moved(call: Call, whose: Where, since: str = "") -> Mapping[str, str]:
    """Return when time last moved partnerships, if it was on a day or later.

    It does so at 00:01 UTC when training starts that day or ended the day before.
    """
    last = (call.now - timedelta(minutes=1)).date().isoformat()
    started = _last_days(call, "started_on", whose, since, last)
    ended = _last_days(call, "finished_on", whose, since and day_before(since), day_before(last))
    moved: dict[str, str] = {}
    for id_, day in (*started.items(), *((id_, day_after(day)) for id_, day in ended.items())):
        if id_:
            moved[id_] = max(moved.get(id_, ""), f"{day}T00:01:00Z")
    return moved


def _last_days(call: Call, column: str, whose: Where, first: str, last: str) -> Mapping[str | None, str]:
    """Return the last day, within a span, on which training under each partnership started or ended."""
    within = Where(column, ">=", first), Where(column, "<=", last)
    return call.store.highest_by(TrainingPeriod, column, "partnership_id", call.world.id, whose, *within)


def _training(call: Call, ids: Sequence[str]) -> dict[str, int]:
    """Count the participants of partnerships who train today."""
    return call.store.count_by(
        TrainingPeriod,
        "partnership_id",
        call.world.id,
        Where("partnership_id", "in", tuple(ids)),
        Where("started_on", "<=", call.today),
        Where("finished_on", ">=", call.today),
    )
