"""What time changes in schools: an expression of interest lapses when the last of who was registered has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

import msgspec

from lp_sandbox.programme.records import SchoolCohort, TrainingPeriod
from lp_sandbox.register.people import day_after
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import parse, stamp
from lp_sandbox.worlds.store import Condition, Slice, Where

Lapses = Mapping[str, str]
"""When time last took an expression of interest from a school, in whichever cohort, by the id of the school."""


def lapses(call: Call, *where: Where) -> Lapses:
    """Return when schools last changed by themselves: at midnight, without a partnership that keeps the interest."""
    columns = ("school_id", "cohort", "lead_provider_id", "finished_on")
    last: dict[tuple[str, int, str | None], str] = {}
    without_partnership = Where("partnership_id", "is", None)
    for school_id, cohort, provider, day in call.store.rows(
        TrainingPeriod, columns, call.world.id, without_partnership, *where
    ):
        last[school_id, cohort, provider] = max(day, last.get((school_id, cohort, provider), ""))
    lapsed: dict[str, str] = {}
    for (school_id, _, provider), day in last.items():
        if provider and day < call.today:
            lapsed[school_id] = max(stamp(parse(day_after(day))), lapsed.get(school_id, ""))
    return lapsed


def moved(row: SchoolCohort, lapsed: Lapses) -> SchoolCohort:
    """Return a school as it is after time has changed it."""
    lapsed_at = lapsed.get(row.school_id, "")
    return msgspec.structs.replace(row, updated_at=lapsed_at) if lapsed_at > row.updated_at else row


def page_in_time(call: Call, where: Sequence[Condition], part: Slice, lapsed: Lapses) -> Sequence[SchoolCohort]:
    """Return a page of schools as time has changed them, in the order in which they then are."""
    if not lapsed or "updated_at" not in (column for column, _ in part.order):
        return [moved(row, lapsed) for row in call.store.find(SchoolCohort, call.world.id, *where, part=part)]
    rows = [moved(row, lapsed) for row in call.store.find(SchoolCohort, call.world.id, *where)]
    for column, descending in reversed(part.order):
        rows.sort(key=attrgetter(column), reverse=descending)
    return rows[part.offset : part.offset + part.length]
