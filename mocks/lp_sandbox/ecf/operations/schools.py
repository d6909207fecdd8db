"""Schools in a cohort: those that can have funded training, and those with a partnership."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.resources.schools import school_document
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.store import AnyOf, Condition, Where

ELIGIBLE = Where("eligible", "=", 1)


def list_(call: Call) -> bytes:
    """List the schools of a cohort; none for a cohort that does not exist."""
    conditions = [*_filters(call)]
    part = call.part((("created_at", False),))
    cohort = _cohort(call)
    return many(_documents(call, cohort, call.store.find(EcfSchool, call.world.id, *conditions, part=part)))


def get(call: Call) -> bytes:
    """Show one school in a cohort, if the filters of the request let it through."""
    of_path = Where("id", "=", call.path["id"])
    found = call.store.find(EcfSchool, call.world.id, of_path, *_filters(call))
    return one(*_documents(call, _cohort(call), [call.found(next(iter(found), None))]))


def _cohort(call: Call) -> int:
    return query.leading_number(call.filter("cohort"))


def _filters(call: Call) -> Iterator[Condition]:
    since = call.since()
    if since:
        yield _changed_since(call, since)
    urn = call.filter("urn")
    if urn:
        yield Where("urn", "=", urn)
    yield _listed_in(call, _cohort(call))


def _listed_in(call: Call, cohort: int) -> Condition:
    """Return the condition for the schools of a cohort: eligible ones, and those with a partnership in it."""
    if call.store.get(EcfCohort, call.world.id, cohort) is None:
        return Where("id", "in", ())
    ineligible = call.store.rows(EcfSchool, ("id",), call.world.id, Where("eligible", "=", 0))  # few in any world
    of_these = Where("school_id", "in", tuple(id_ for (id_,) in ineligible))
    where = Where("cohort", "=", cohort), NOT_CHALLENGED, NOT_A_RELATIONSHIP, of_these
    partnered = call.store.rows(EcfPartnership, ("school_id",), call.world.id, *where)
    if not partnered:
        return ELIGIBLE
    return AnyOf((ELIGIBLE, Where("id", "in", tuple(id_ for (id_,) in partnered))))


def _changed_since(call: Call, since: str) -> Condition:
    """Return the condition that a school changed, or its choice for any cohort."""
    changed = Where("updated_at", ">=", since)
    chose = call.store.rows(ProgrammeChoice, ("school_id",), call.world.id, changed)
    return AnyOf((changed, Where("id", "in", tuple({id_ for (id_,) in chose}))))


def _documents(call: Call, cohort: int, schools: Sequence[EcfSchool]) -> Iterator[bytes]:
    of_schools = Where("cohort", "=", cohort), Where("school_id", "in", tuple(school.id for school in schools))
    chosen: Mapping[str, ProgrammeChoice] = {
        each.school_id: each for each in call.store.find(ProgrammeChoice, call.world.id, *of_schools)
    }
    rows = call.store.rows(EcfPartnership, ("school_id",), call.world.id, *of_schools, NOT_CHALLENGED)
    partnered = {id_ for (id_,) in rows}
    return (
        school_document(school, cohort, chosen.get(school.id), in_partnership=school.id in partnered)
        for school in schools
    )
