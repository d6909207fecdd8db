"""Schools that can get funded training in a cohort, and whether they work with the lead provider."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from mocks import query
from mocks.call import Call
from mocks.documents import many, one
from mocks.register.records import Partnership, Registration, School, SchoolCohort
from mocks.register.resources import school_document
from mocks.store import Where


def list_(call: Call) -> bytes:
    """Answer with the schools of a cohort that are eligible or have a partnership."""
    where = [Where("cohort", "=", _cohort(call)), Where("listed", "=", 1)]
    urn = str(call.filters.get("urn", "")).strip()
    if urn:
        where.append(Where("urn", "=", query.leading_number(urn)))
    if call.since:
        where.append(Where("updated_at", ">=", call.since))
    part = call.part((("created_at", False),), tie_break="school_id")
    return many(_shown(call, call.store.find(SchoolCohort, call.world.id, *where, part=part)))


def get(call: Call) -> bytes:
    """Answer with one school in a cohort."""
    school = call.store.get(SchoolCohort, call.world.id, call.path["id"].lower(), _cohort(call))
    listed: SchoolCohort = call.found(school if school and school.listed else None)
    return one(next(_shown(call, [listed])))


def partnership_formed(call: Call, school_id: str, cohort: int) -> None:
    """Show that a school has its first partnership of the lead provider in a cohort.

    When that makes the lead provider's `expression_of_interest` true, the school has changed in every cohort.
    """
    interest_is_new = not interested(call, cohort, [school_id])
    where = [Where("school_id", "=", school_id)]
    if not interest_is_new:
        where.append(Where("cohort", "=", cohort))
    for row in call.store.find(SchoolCohort, call.world.id, *where):
        formed = row.cohort == cohort
        if interest_is_new or not row.in_partnership:
            changed = msgspec.structs.replace(
                row,
                in_partnership=row.in_partnership or formed,
                listed=row.listed or formed,
                updated_at=call.stamp,
            )
            call.store.put(call.world.id, changed)


def interested(call: Call, cohort: int, school_ids: Collection[str]) -> Collection[str]:
    """Return the schools that show `expression_of_interest` to the lead provider in a cohort.

    They are in a partnership with it, or have somebody registered with it who has not left.
    """
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("cohort", "=", cohort),
        Where("school_id", "in", tuple(school_ids)),
    )
    partnered = call.store.rows(Partnership, ("school_id",), call.world.id, *where)
    still_there = Where("finished_on", ">=", call.today)
    registered = call.store.rows(Registration, ("school_id",), call.world.id, *where, still_there)
    return {school_id for (school_id,) in (*partnered, *registered)}


def _cohort(call: Call) -> int:
    return query.leading_number(str(call.filters["cohort"]))


def _shown(call: Call, rows: Collection[SchoolCohort]) -> Iterator[bytes]:
    ids = tuple(row.school_id for row in rows)
    schools = {school.id: school for school in call.store.find(School, call.world.id, Where("id", "in", ids))}
    interest = interested(call, next((row.cohort for row in rows), 0), ids)
    for row in rows:
        yield school_document(row, schools[row.school_id], interest=row.school_id in interest)
