"""What time changes in schools: an expression of interest lapses after the last registered participant has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

import msgspec

from lp_sandbox.programme.day_arithmetic import day_after
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.register.records import SchoolCohort
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import parse, stamp
from lp_sandbox.worlds.store import Condition, Slice, Where

Lapses = Mapping[str, str]
"""When an expression of interest last lapsed at a school, in any cohort, by the id of the school."""


def lapses(call: Call, *where: Where) -> Lapses:
    """Return when interest last lapsed at schools: at midnight, unless a partnership keeps it."""
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


def with_lapse(row: SchoolCohort, lapsed: Lapses) -> SchoolCohort:
    """Return a school whose `updated_at` counts a lapse of interest."""
    lapsed_at = lapsed.get(row.school_id, "")
    return msgspec.structs.replace(row, updated_at=lapsed_at) if lapsed_at > row.updated_at else row


def page_over_time(call: Call, where: Sequence[Condition], part: Slice, lapsed: Lapses) -> Sequence[SchoolCohort]:
    """Return a page of schools with their lapses, in the order that the lapses lead to."""
    if not lapsed or "updated_at" not in (column for column, _ in part.order):
        return [with_lapse(row, lapsed) for row in call.store.find(SchoolCohort, call.world.id, *where, part=part)]
    rows = [with_lapse(row, lapsed) for row in call.store.find(SchoolCohort, call.world.id, *where)]
    for column, descending in reversed(part.order):
        rows.sort(key=attrgetter(column), reverse=descending)
    return rows[part.offset : part.offset + part.length]
