"""Sets the programme of a school in a cohort."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.rules.school_cohorts import SetUp
from lp_sandbox.ecf.actors.school_cohort_document import school_cohort_documents
from lp_sandbox.ecf.change_programme import PROVIDER_LED, SCHOOL_LED, change_programme, present_partnership
from lp_sandbox.ecf.continue_partnership import can_continue, continued
from lp_sandbox.ecf.emails import PROGRAMME_CHANGED, send_to_lead_provider
from lp_sandbox.ecf.list_rows import record_change_at_school
from lp_sandbox.ecf.move_to_partnership import move_to_partnership
from lp_sandbox.ecf.programme_choices import choose_programme
from lp_sandbox.ecf.records import EcfCohort, EcfSchool, LeadProviderCohort, ProgrammeChoice
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import one
from lp_sandbox.worlds.records import required


def set_up(call: Call) -> bytes:
    """Choose the programme of a school in a cohort, and email a lead provider that the school no longer works with."""
    facts = _facts(call)
    call.judge(facts)
    school, cohort = required(facts.school), required(facts.cohort)
    change_programme(call, school, cohort.year, facts.programme, call.text("appropriate_body"))
    _email_former_lead_provider(call, facts)
    return _answer(call, school, cohort.year)


def keep_providers(call: Call) -> bytes:
    """Continue the partnership of the year before. A school with a partnership saves its appropriate body only."""
    facts = _facts(call)
    call.judge(facts)
    school, cohort, former = required(facts.school), required(facts.cohort), required(facts.former_partnership)
    if not facts.present_partnership:
        partnership = continued(call, former, cohort)
        call.store.put(call.world.id, partnership)
        move_to_partnership(call, partnership)
    if call.text("appropriate_body"):
        chosen = required(call.store.get(ProgrammeChoice, call.world.id, school.id, cohort.year))
        body = call.text("appropriate_body")
        choose_programme(
            call, school.id, cohort.year, chosen.choice, chosen.default_partnership_id, appropriate_body=body
        )
        record_change_at_school(call, school.id)
    return _answer(call, school, cohort.year)


def _facts(call: Call) -> SetUp:
    school_id, year = call.id_in("school_id"), int(call.text("cohort"))
    former = present_partnership(call, school_id, year - 1)
    return SetUp(
        school=call.store.get(EcfSchool, call.world.id, school_id),
        cohort=call.store.get(EcfCohort, call.world.id, year),
        today=call.today,
        programme=call.text("programme"),
        present_partnership=present_partnership(call, school_id, year),
        former_partnership=former,
        still_paired=former is not None and can_continue(call, former, year),
    )


def _email_former_lead_provider(call: Call, facts: SetUp) -> None:
    """Email the lead provider of the year before, if it trains in the cohort and the school chose without it."""
    former, year = facts.former_partnership, required(facts.cohort).year
    if former is None or facts.present_partnership or facts.programme not in (PROVIDER_LED, SCHOOL_LED):
        return
    if call.store.get(LeadProviderCohort, call.world.id, former.lead_provider_id, year):
        send_to_lead_provider(call, msgspec.structs.replace(former, cohort=year), PROGRAMME_CHANGED)


def _answer(call: Call, school: EcfSchool, cohort: int) -> bytes:
    return one(*school_cohort_documents(call, [cohort], [school]))
