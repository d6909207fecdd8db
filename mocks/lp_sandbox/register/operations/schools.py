"""Schools that can get funded training in a cohort, and whether they work with the lead provider."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lp_sandbox.programme.records import School, TrainingPeriod
from lp_sandbox.register.operations.expression_of_interest_lapses import lapses, page_over_time, with_lapse
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.register.resources import school_document
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import AnyOf, Condition, Where


def list_(call: Call) -> bytes:
    """List the schools of a cohort that are eligible or have a partnership."""
    part = call.part((("created_at", False),), tie_break="school_id")
    where: list[Condition] = [Where("cohort", "=", _cohort(call)), Where("listed", "=", 1)]
    urn = call.filter("urn")
    if urn:
        where.append(Where("school_id", "in", _with_urn(call, query.leading_number(urn))))
    lapsed, since = lapses(call), call.since()
    if since:
        by_time = tuple(school_id for school_id, lapsed_at in lapsed.items() if lapsed_at >= since)
        where.append(AnyOf((Where("updated_at", ">=", since), Where("school_id", "in", by_time))))
    return many(_documents(call, page_over_time(call, where, part, lapsed)))


def get(call: Call) -> bytes:
    """Show one school in a cohort."""
    school = call.store.get(SchoolCohort, call.world.id, call.path["id"], _cohort(call))
    found = call.found(school if school and school.listed else None)
    lapsed = lapses(call, Where("school_id", "=", found.school_id))
    return one(next(_documents(call, [with_lapse(found, lapsed)])))


def show_in_partnership(call: Call, school: SchoolCohort, *, changes_interest: bool) -> None:
    """Show that a school is in a partnership, which is its first one with the lead provider in a cohort.

    Where that makes the lead provider's `expression_of_interest` true, the school has changed in every cohort.
    """
    if changes_interest:
        this_school = Where("school_id", "=", school.school_id)
        call.store.change(SchoolCohort, call.world.id, {"updated_at": call.stamp}, this_school)
    if not school.in_partnership:
        call.store.update(call.world.id, school, in_partnership=True, listed=True, updated_at=call.stamp)


def interested(call: Call, cohort: int, school_ids: Collection[str]) -> Collection[str]:
    """Return the schools that show `expression_of_interest` to the lead provider in a cohort.

    They are in a partnership with it, or have registered a participant with it who has not left.
    """
    where = (
        Where("lead_provider_id", "=", call.lead_provider_id),
        Where("cohort", "=", cohort),
        Where("school_id", "in", tuple(school_ids)),
    )
    partnered = call.store.rows(Partnership, ("school_id",), call.world.id, *where)
    still_there = Where("finished_on", ">=", call.today)
    registered = call.store.rows(TrainingPeriod, ("school_id",), call.world.id, *where, still_there)
    return {school_id for (school_id,) in (*partnered, *registered)}


def _with_urn(call: Call, urn: int) -> tuple[str, ...]:
    return tuple(id_ for (id_,) in call.store.rows(School, ("id",), call.world.id, Where("urn", "=", str(urn))))


def _cohort(call: Call) -> int:
    """Return the cohort that the request names: the first value, if the filter is repeated."""
    given = call.filters["cohort"]
    values = given if isinstance(given, list) else [query.one(given)]
    return query.leading_number(next(iter(values), ""))


def _documents(call: Call, rows: Collection[SchoolCohort]) -> Iterator[bytes]:
    ids = tuple(row.school_id for row in rows)
    schools = {school.id: school for school in call.store.find(School, call.world.id, Where("id", "in", ids))}
    interest = interested(call, next((row.cohort for row in rows), 0), ids)
    for row in rows:
        yield school_document(row, schools[row.school_id], interest=row.school_id in interest)
