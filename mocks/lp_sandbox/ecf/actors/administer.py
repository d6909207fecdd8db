"""What administrators do: find schools and suppliers, add delivery partners and change the eligibility of schools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lp_sandbox.ecf.actors.joined_cohort import current_cohort
from lp_sandbox.ecf.actors.rules.administration import DeliveryPartnerAddition
from lp_sandbox.ecf.actors.school_cohort_document import school_cohort_documents
from lp_sandbox.ecf.records import EcfCohort, EcfSchool, LeadProviderCohort
from lp_sandbox.ecf.schools import with_eligibility
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, Pairing
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, many, one, page
from lp_sandbox.request.query import leading_number
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.ids import make_id, read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Slice, Where

BY_NAME = (("name", False),)
FACTS = ("status_code", "district_code", "type_code", "section_41")


class SchoolLookup(NamedTuple):
    """A school that an administrator changes."""

    school: EcfSchool | None


def find_schools(call: Call) -> bytes:
    """List the schools with their programme and providers in a cohort, by name."""
    part = call.part(BY_NAME)
    named = text_of(call.parameters.get("cohort"))
    year = leading_number(named) if named else current_cohort(call).year
    if call.store.get(EcfCohort, call.world.id, year) is None:
        return page((), {"matching": 0})
    matching = _matching(call)
    ids = Where("id", "in", matching[part.offset : part.offset + part.length])
    schools = call.store.find(EcfSchool, call.world.id, ids, part=Slice(part.order))
    return page(school_cohort_documents(call, [year], schools), {"matching": len(matching)})


def _matching(call: Call) -> tuple[str, ...]:
    """Return the ids of the schools whose name or URN contains the words of the search, by name."""
    words = text_of(call.parameters.get("search")).strip().casefold()
    rows = call.store.rows(EcfSchool, ("id", "urn", "name"), call.world.id, part=call.whole(BY_NAME))
    return tuple(id_ for id_, urn, name in rows if words in urn or words in name.casefold())


def show_school_cohorts(call: Call) -> bytes:
    """List the programme and the providers of one school in every cohort, the latest first."""
    school = call.store.get(EcfSchool, call.world.id, read_id(call.path["school_id"]))
    if school is None:
        raise call.problem("school_is_found")
    years = sorted((year for (year,) in call.store.rows(EcfCohort, ("year",), call.world.id)), reverse=True)
    return many(school_cohort_documents(call, years, [school]))


def change_eligibility(call: Call) -> bytes:
    """Change what decides whether a school can have DfE-funded training."""
    facts = SchoolLookup(call.store.get(EcfSchool, call.world.id, call.id_in("school_id")))
    call.judge(facts)
    given = {name: value for name, value in call.attributes().items() if name in FACTS}
    school = msgspec.structs.replace(required(facts.school), **given, updated_at=call.stamp)
    school = with_eligibility(school)
    call.store.put(call.world.id, school)
    shown = ("urn", *FACTS, "eligible", "core_induction_only")
    return one(document("school-eligibility", school.id, {name: getattr(school, name) for name in shown}))


def add_delivery_partner(call: Call) -> bytes:
    """Add a delivery partner, or add lead providers and cohorts to one."""
    attributes = msgspec.json.decode(call.content)["data"]["attributes"]
    years = sorted({int(year) for year in attributes["cohorts"]})
    facts = _facts(call, attributes, years)
    call.judge(facts)
    changes = {"name": facts.name} if facts.name else {}
    partner = msgspec.structs.replace(facts.found or _new_partner(call, facts.name), updated_at=call.stamp, **changes)
    call.store.put(call.world.id, partner)
    for provider in facts.lead_providers:
        call.store.put(call.world.id, *(Pairing(required(provider).id, partner.id, year) for year in years))
    return one(*_documents(call, [partner]))


def _facts(call: Call, attributes: Mapping[str, Any], years: Sequence[int]) -> DeliveryPartnerAddition:
    name = " ".join(call.text("name").split())
    providers = {each.name: each for each in call.store.find(LeadProvider, call.world.id)}
    by_id = {each.id: each for each in providers.values()}
    chosen = [providers.get(each) or by_id.get(read_id(each)) for each in attributes["lead_providers"]]
    trained = set(call.store.rows(LeadProviderCohort, ("lead_provider_id", "cohort"), call.world.id))
    partners = call.store.find(DeliveryPartner, call.world.id)
    id_ = call.id_in("delivery_partner_id")
    return DeliveryPartnerAddition(
        delivery_partner_id=id_,
        name=name,
        found=next((each for each in partners if each.id == id_), None),
        same_name=next((each for each in partners if each.name == name), None),
        lead_providers=chosen,
        untrained=[str(y) for y in years if any(each and (each.id, y) not in trained for each in chosen)],
    )


def _new_partner(call: Call, name: str) -> DeliveryPartner:
    id_ = make_id(call.world.seed, "added-delivery-partner", name)
    return DeliveryPartner(id=id_, name=name, created_at=call.stamp, updated_at=call.stamp)


def find_delivery_partners(call: Call) -> bytes:
    """List the delivery partners by name, with the lead providers and the cohorts in which each works with them."""
    return many(_documents(call, call.store.find(DeliveryPartner, call.world.id, part=call.whole(BY_NAME))))


def find_lead_providers(call: Call) -> bytes:
    """List the lead providers by name, with the cohorts in which each trains."""
    trained: dict[str, list[str]] = defaultdict(list)
    for id_, year in sorted(call.store.rows(LeadProviderCohort, ("lead_provider_id", "cohort"), call.world.id)):
        trained[id_].append(str(year))
    providers = call.store.find(LeadProvider, call.world.id, part=call.whole(BY_NAME))
    return many(
        document("lead-provider", each.id, {"name": each.name, "cohorts": trained[each.id]}) for each in providers
    )


def _documents(call: Call, partners: Sequence[DeliveryPartner]) -> Iterator[bytes]:
    names = dict(call.store.rows(LeadProvider, ("id", "name"), call.world.id))
    theirs = Where("delivery_partner_id", "in", tuple(each.id for each in partners))
    columns = "delivery_partner_id", "lead_provider_id", "cohort"
    cohorts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for partner_id, provider_id, year in sorted(call.store.rows(Pairing, columns, call.world.id, theirs)):
        cohorts[partner_id][names[provider_id]].append(str(year))
    for each in partners:
        works_with = [{"lead_provider": name, "cohorts": years} for name, years in sorted(cohorts[each.id].items())]
        yield document("delivery-partner", each.id, {"name": each.name, "works_with": works_with})
