"""A lead provider looks at the schools that it has recruited, with the numbers of their ECTs and mentors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lp_sandbox.ecf.actors.joined_cohort import open_cohorts, trained_cohort
from lp_sandbox.ecf.history_lookups import removed_from
from lp_sandbox.ecf.partnership_lookups import NOT_A_RELATIONSHIP, NOT_CHALLENGED
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool, LeadProviderCohort
from lp_sandbox.programme.records import ECT, MENTOR, DeliveryPartner, TrainingPeriod
from lp_sandbox.request import csv_documents
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one, page
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.store import Condition, Where

COLUMNS = ("urn", "name", "delivery_partner")
"""The columns of the file."""


class RecruitedSchool(NamedTuple):
    """A partnership, with what a search looks at."""

    name: str
    urn: str
    delivery_partner: str
    partnership: EcfPartnership

    def contains(self, words: str) -> bool:
        """Return whether words in lower case are in the URN or in one of the names."""
        return any(words in each.casefold() for each in self[:3])


def list_schools(call: Call) -> bytes:
    """List the partnerships of the lead provider in a cohort by the name of the school, with those challenged."""
    part, cohort = call.part(()), trained_cohort(call)
    schools = _recruited(call, cohort)
    words = text_of(call.parameters.get("search")).strip().casefold()
    matching = [each for each in schools if each.contains(words)]
    shown = matching[part.offset : part.offset + part.length]
    challenged = sum(each.partnership.challenged_reason is not None for each in schools)
    meta = {
        "cohort": str(cohort),
        "cohorts": _cohorts(call),
        "recruited": len(schools) - challenged,
        "challenged": challenged,
        "matching": len(matching),
    }
    return page(_documents(call, shown), meta)


def show_school(local_authorities: Mapping[str, str], call: Call) -> bytes:
    """Show one partnership of the lead provider. `local_authorities` has the names by the codes of districts."""
    partnership = call.store.get(EcfPartnership, call.world.id, read_id(call.path["partnership_id"]))
    if partnership is None or partnership.lead_provider_id != call.lead_provider_id or partnership.relationship:
        raise call.problem("partnership_is_found")
    (recruited,) = _with_names(call, [partnership])
    school = call.by_id(EcfSchool, [partnership.school_id])[partnership.school_id]
    attributes = {
        **_attributes(recruited, _numbers(call, [partnership.id])),
        "challenged_at": partnership.challenged_at,
        "induction_tutor_name": school.induction_tutor_name,
        "induction_tutor_email": school.induction_tutor_email,
        "district_code": school.district_code,
        "local_authority": local_authorities.get(school.district_code),
        "pupil_premium": school.pupil_premium,
        "sparsity": school.sparsity,
    }
    return one(document("recruited-school", partnership.id, attributes))


def download_schools(call: Call) -> bytes:
    """Return the schools with an active partnership in a cohort, as CSV."""
    schools = _recruited(call, trained_cohort(call), NOT_CHALLENGED)
    return csv_documents.for_spreadsheets(COLUMNS, ((each.urn, each.name, each.delivery_partner) for each in schools))


def _cohorts(call: Call) -> Sequence[str]:
    theirs = Where("lead_provider_id", "=", call.lead_provider_id)
    trained = {year for (year,) in call.store.rows(LeadProviderCohort, ("cohort",), call.world.id, theirs)}
    return [str(each.year) for each in reversed(open_cohorts(call)) if each.year in trained]


def _recruited(call: Call, cohort: int, *conditions: Condition) -> Sequence[RecruitedSchool]:
    theirs = Where("lead_provider_id", "=", call.lead_provider_id), Where("cohort", "=", cohort)
    partnerships = call.store.find(EcfPartnership, call.world.id, *theirs, NOT_A_RELATIONSHIP, *conditions)
    return sorted(_with_names(call, partnerships), key=lambda each: (each.name.casefold(), each.partnership.id))


def _with_names(call: Call, partnerships: Sequence[EcfPartnership]) -> Iterator[RecruitedSchool]:
    """Yield partnerships with the names of their schools and delivery partners: one query for each kind."""
    school_ids = Where("id", "in", tuple({each.school_id for each in partnerships}))
    partner_ids = Where("id", "in", tuple({each.delivery_partner_id for each in partnerships}))
    schools = {id_: rest for id_, *rest in call.store.rows(EcfSchool, ("id", "name", "urn"), call.world.id, school_ids)}
    partners = dict(call.store.rows(DeliveryPartner, ("id", "name"), call.world.id, partner_ids))
    for each in partnerships:
        name, urn = schools[each.school_id]
        yield RecruitedSchool(name, urn, partners[each.delivery_partner_id], each)


def _documents(call: Call, schools: Sequence[RecruitedSchool]) -> Iterator[bytes]:
    numbers = _numbers(call, [each.partnership.id for each in schools])
    for each in schools:
        yield document("recruited-school", each.partnership.id, _attributes(each, numbers))


def _attributes(school: RecruitedSchool, numbers: Mapping[tuple[str | None, str], int]) -> dict[str, Any]:
    partnership = school.partnership
    return {
        "cohort": str(partnership.cohort),
        "school_id": partnership.school_id,
        "name": school.name,
        "urn": school.urn,
        "delivery_partner": school.delivery_partner,
        "ects": numbers[partnership.id, ECT],
        "mentors": numbers[partnership.id, MENTOR],
        "challenged_reason": partnership.challenged_reason,
    }


def _numbers(call: Call, partnership_ids: Collection[str]) -> Mapping[tuple[str | None, str], int]:
    """Count the participants under partnerships by partnership and role, without those who left or were removed."""
    under = Where("partnership_id", "in", tuple(partnership_ids))
    training = [each for each in call.store.find(TrainingPeriod, call.world.id, under) if each.finished_on > call.today]
    removed = removed_from(call.store, call.world.id, {each.participant_id for each in training})
    people = {
        (each.partnership_id, each.role, each.participant_id)
        for each in training
        if each.school_period_id not in removed
    }
    return Counter((partnership_id, role) for partnership_id, role, _ in people)
