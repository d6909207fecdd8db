"""Changes the details of schools: the induction tutor and the eligibility."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lp_sandbox.programme.records import Cohort, DeliveryPartner, School
from lp_sandbox.register.actors.rules.induction_tutor_and_eligibility import EligibilityChange, InductionTutorNaming
from lp_sandbox.register.records import Partnership, SchoolCohort
from lp_sandbox.register.resources import with_partnership_document
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Slice, Where

_BY_COHORT = Slice((("cohort", False),))


def name_induction_tutor(call: Call) -> bytes:
    """Name a school's induction tutor, and show it in the school's partnerships."""
    facts = InductionTutorNaming(
        school=call.store.get(School, call.world.id, call.id_in("school_id")),
        name=call.text("induction_tutor_name"),
        email=call.text("induction_tutor_email"),
    )
    call.judge(facts)
    school = msgspec.structs.replace(
        required(facts.school), induction_tutor_name=facts.name, induction_tutor_email=facts.email
    )
    everywhere = Where("school_id", "=", school.id)
    call.store.change(SchoolCohort, call.world.id, {"updated_at": call.stamp}, everywhere)
    call.store.put(call.world.id, school, *_rendered_partnerships(call, school, everywhere))
    attributes = {
        "urn": school.urn,
        "induction_tutor_name": school.induction_tutor_name,
        "induction_tutor_email": school.induction_tutor_email,
    }
    return one(document("induction-tutor", school.id, attributes))


def _rendered_partnerships(call: Call, school: School, theirs: Where) -> Iterator[Partnership]:
    """Yield the partnerships of a school as changed now, with documents that show the changed school."""
    partnerships = call.store.find(Partnership, call.world.id, theirs)
    ids = tuple({partnership.delivery_partner_id for partnership in partnerships})
    partners = {one.id: one for one in call.store.find(DeliveryPartner, call.world.id, Where("id", "in", ids))}
    for partnership in partnerships:
        changed = msgspec.structs.replace(partnership, updated_at=call.stamp)
        yield with_partnership_document(changed, school, partners[partnership.delivery_partner_id])


def change_eligibility(call: Call) -> bytes:
    """Make a school eligible or ineligible, in a cohort and every later one."""
    school = call.store.get(School, call.world.id, call.id_in("school_id"))
    year, eligible = int(call.text("cohort")), bool(call.attributes()["eligible"])
    of_school = Where("school_id", "=", call.id_in("school_id"))
    rows = call.store.find(SchoolCohort, call.world.id, of_school, part=_BY_COHORT)
    facts = EligibilityChange(
        school=school,
        cohort=call.store.get(Cohort, call.world.id, year),
        eligible=eligible,
        changes=any(row.eligible != eligible for row in rows if row.cohort >= year),
    )
    call.judge(facts)
    found = required(school)
    now = [_eligible(row, eligible) if row.cohort >= year else row for row in rows]
    call.store.put(call.world.id, msgspec.structs.replace(found, eligible=eligible), *now)
    attributes = {
        "urn": found.urn,
        "eligible_in": [str(row.cohort) for row in now if row.eligible],
        "shown_in": [str(row.cohort) for row in now if row.listed],
    }
    return one(document("school-eligibility", found.id, attributes))


def _eligible(row: SchoolCohort, eligible: bool) -> SchoolCohort:  # noqa: FBT001
    return msgspec.structs.replace(row, eligible=eligible, listed=eligible or row.in_partnership)
