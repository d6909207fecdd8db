"""Every scenario of the early career framework is true on every day, and does what its steps promise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from client import Client, errors
from ecf_client import CLOCK, SEEDS, ecf, sandbox

from lp_sandbox.__main__ import main
from lp_sandbox.ecf import seed
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, EcfPartnership
from lp_sandbox.ecf.seed import make_scenarios
from lp_sandbox.ecf.seed.calendar import almanac_of
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.programme.seed.statements import milestones
from lp_sandbox.worlds.clock import parse, start_of
from lp_sandbox.worlds.records import Record, World

SCENARIOS = {scenario["name"]: scenario for scenario in SEEDS["scenarios"]}
PENHALLOW = SEEDS["lead-providers"][0]["id"]
PARTNERS = {entry["name"]: entry["id"] for entry in SEEDS["delivery-partners"]}
FIRST, LAST = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
EDGES = ("2025-06-01", "2025-08-31", "2025-09-14", "2025-09-15", CLOCK[:10], "2026-01-01", "2026-03-31")
MILESTONES = {(m.cohort, m.schedule, m.declaration_type): m for m in milestones(SEEDS)}
SAMPLED = sorted({*EDGES, *((FIRST + timedelta(days=n)).date().isoformat() for n in range(0, 303, 17))})


Body = Mapping[str, str]
NOTHING: Body = {}
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Promise:
    """What a request is answered with.

    Names in braces stand for ids of the scenario, for delivery partners, and for cohorts such as {current-1}.
    """

    method: str
    path: str
    query: str = ""
    body: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    """The rules that are broken, in the order in which they answer, with spaces between their names."""
    lists: str | None = None
    """Whom a list holds."""
    lacks: str | None = None
    is_found: bool = True


def school(cohort: str = "current", **expected: Any) -> Promise:
    return Promise("GET", "/schools/ecf/{here}", f"filter[cohort]={{{cohort}}}", expected=expected)


def no_school(cohort: str = "current") -> Promise:
    return Promise("GET", "/schools/ecf/{here}", f"filter[cohort]={{{cohort}}}", is_found=False)


def partnership(name: str, **expected: Any) -> Promise:
    return Promise("GET", f"/partnerships/ecf/{{here-{name}}}", expected=expected)


def no_partnership(name: str) -> Promise:
    return Promise("GET", f"/partnerships/ecf/{{here-{name}}}", is_found=False)


def sees(who: str, which: int = 0, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/ecf/{{{who}}}", expected={"enrolment": which, **expected})


def participant(who: str, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/ecf/{{{who}}}", expected=expected)


def does_not_see(who: str) -> Promise:
    return Promise("GET", f"/participants/ecf/{{{who}}}", is_found=False)


def listed(who: str, query: str) -> Promise:
    return Promise("GET", "/participants/ecf", query, lists=who)


def not_listed(who: str, query: str) -> Promise:
    return Promise("GET", "/participants/ecf", query, lacks=who)


def confirms(refusal: str = "", partner: str = "kestrel-hub", but: Body = NOTHING, **expected: Any) -> Promise:
    body = {"cohort": "{current}", "school_id": "{here}", "delivery_partner_id": f"{{{partner}}}", **but}
    return Promise("POST", "/partnerships/ecf", body=body, refusal=refusal, expected=expected)


def changes(name: str, partner: str, refusal: str = "", **expected: Any) -> Promise:
    body = {"delivery_partner_id": partner and f"{{{partner}}}"}
    return Promise("PUT", f"/partnerships/ecf/{name}", body=body, refusal=refusal, expected=expected)


def moved(transfer_type: str, status: str, **expected: Any) -> Promise:
    expected |= {"transfer": 0, "transfer_type": transfer_type, "status": status}
    return Promise("GET", "/participants/ecf/{ect}/transfers", expected=expected)


def declared(which: str = "ect-started", **expected: Any) -> Promise:
    return Promise("GET", f"/participant-declarations/{{{which}}}", expected=expected)


def voids(refusal: str = "", which: str = "ect-started", **expected: Any) -> Promise:
    path = f"/participant-declarations/{{{which}}}/void"
    return Promise("PUT", path, expected=expected, refusal=refusal)


COURSES = {"mentor": "ecf-mentor"}


def course(who: str) -> str:
    return COURSES.get(who, "ecf-induction")


def declares(
    day: str,
    declaration_type: str = "started",
    refusal: str = "",
    who: str = "ect",
    but: Body = NOTHING,
    **expected: Any,
) -> Promise:
    body = {
        "participant_id": f"{{{who}}}",
        "course_identifier": course(who),
        "declaration_type": declaration_type,
        "declaration_date": f"{day}T09:00:00Z",
        "evidence_held": "other",
        **but,
    }
    return Promise("POST", "/participant-declarations", body=body, refusal=refusal, expected=expected)


def unfunded(who: str) -> list[Promise]:
    """Whom a lead provider sees among its unfunded mentors, and not among its participants."""
    return [
        does_not_see(who),
        not_listed(who, ""),
        Promise("GET", f"/unfunded-mentors/ecf/{{{who}}}", expected={"id": f"{{{who}}}"}),
        Promise("GET", "/unfunded-mentors/ecf", lists=who),
    ]


def reports(action: str, refusal: str = "", who: str = "{ect}", but: Body = NOTHING, **expected: Any) -> Promise:
    """What a lead provider reports of an ECT's training."""
    reason = {"defer": {"reason": "parental-leave"}, "withdraw": {"reason": "other"}}.get(action, {})
    body = {"course_identifier": "ecf-induction", **reason, **but}
    expected = {"enrolment": 0, **expected}
    return Promise("PUT", f"/participants/ecf/{who}/{action}", body=body, refusal=refusal, expected=expected)


def reschedules(
    schedule: str, cohort: str = "", refusal: str = "", *, who: str = "ect", is_found: bool = True, **expected: Any
) -> Promise:
    """A change of the schedule of a participant."""
    body = {"course_identifier": course(who), "schedule_identifier": schedule, "cohort": cohort}
    path, expected = f"/participants/ecf/{{{who}}}/change-schedule", {"enrolment": 0, **expected}
    return Promise("PUT", path, body=body, refusal=refusal, is_found=is_found, expected=expected)


def seen_and_listed(who: str, **expected: Any) -> list[Promise]:
    return [sees(who, **expected), listed(who, "")]


def challenged(reason: str, who: str = "ect", partner: str = "kestrel-hub") -> list[Promise]:
    return [
        partnership("mine", status="challenged", challenged_reason=reason),
        does_not_see(who),
        not_listed(who, ""),
        changes("{here-mine}", "lapwing-hub", "partnership_is_not_challenged"),
        confirms(partner=partner, id="{here-mine}", status="active", challenged_reason=None, challenged_at=None),
        *seen_and_listed(who, delivery_partner_id=f"{{{partner}}}", participant_status="active"),
    ]


RULES = {rule.name: rule for operation in ecf().contract.operations.values() for rule in operation.rules}


def refused_by(refusal: str) -> list[tuple[str, str]]:
    """The errors of rules. Messages about one field are joined."""
    messages: dict[str, list[str]] = {}
    for name in refusal.split():
        messages.setdefault(RULES[name].field, []).append(RULES[name].message)
    return [(field, ", ".join(found)) for field, found in messages.items()]


ACCEPTED = "provider_led"
PROMISES: Mapping[str, Sequence[Promise]] = {
    "free-school": [
        school(in_partnership=False, induction_programme_choice="not_yet_known"),
        confirms("cohort_is_present delivery_partner_works_with_you", but={"cohort": ""}),
        confirms("school_is_present", but={"school_id": ""}),
        confirms("delivery_partner_is_present", but={"delivery_partner_id": ""}),
        confirms("cohort_is_known delivery_partner_works_with_you", but={"cohort": "1066"}),
        confirms("school_is_known", but={"school_id": NOBODY}),
        confirms("delivery_partner_is_known", but={"delivery_partner_id": NOBODY}),
        confirms("delivery_partner_works_with_you", "unpaired-hub"),
        confirms(status="active"),
        confirms("school_not_already_partnered"),
        school(in_partnership=True, induction_programme_choice=ACCEPTED),
    ],
    "school-without-an-induction-tutor": [confirms(induction_tutor_name=None)],
    "section-41-school": [school(in_partnership=False), confirms()],
    "school-led-school": [
        school(induction_programme_choice="school_led"),
        confirms(),
        school(induction_programme_choice=ACCEPTED),
        does_not_see("ect"),
    ],
    "school-with-its-own-design": [
        school(induction_programme_choice="school_led"),
        confirms(),
        school(induction_programme_choice=ACCEPTED),
    ],
    "school-that-funds-itself": [no_school(), confirms("school_is_not_cip_only")],
    "school-without-ects": [
        school(induction_programme_choice="no_early_career_teachers"),
        confirms(),
        school(induction_programme_choice=ACCEPTED),
    ],
    "participants-awaiting-a-provider": [
        does_not_see("ect"),
        does_not_see("mentor"),
        confirms(),
        *seen_and_listed(
            "ect", participant_status="joining", mentor_id="{mentor}", delivery_partner_id="{kestrel-hub}"
        ),
        *seen_and_listed("mentor", participant_status="joining", mentor_id=None),
    ],
    "core-induction-only-school": [no_school(), confirms("school_is_not_cip_only")],
    "core-induction-only-school-partnered-in-2021": [school("2021", in_partnership=True), no_school("2022")],
    "closed-school": [no_school(), confirms("school_is_eligible")],
    "closed-school-partnered-in-2021": [school("2021", in_partnership=True), no_school()],
    "school-outside-england": [no_school(), confirms("school_is_eligible")],
    "school-of-an-ineligible-type": [no_school(), confirms("school_is_eligible")],
    "confirmed-partnership": [
        partnership("mine", status="active", delivery_partner_id="{kestrel-hub}"),
        confirms("school_not_already_partnered"),
        changes("{here-mine}", "unpaired-hub", "delivery_partner_works_with_you"),
        changes("{here-mine}", "", "delivery_partner_is_present"),
        changes(NOBODY, "lapwing-hub", "partnership_is_known"),
        changes("{here-mine}", "lapwing-hub", delivery_partner_id="{lapwing-hub}"),
    ],
    "school-with-another-provider": [
        school(in_partnership=True),
        confirms("school_has_no_other_provider"),
        no_partnership("theirs"),
    ],
    "your-school-of-last-year": [
        school(in_partnership=False, induction_programme_choice="not_yet_known"),
        school("current-1", in_partnership=True, induction_programme_choice=ACCEPTED),
        confirms("school_has_confirmed_funded_training"),
        *seen_and_listed("ect", cohort="{current-1}"),
    ],
    "anothers-school-of-last-year": [confirms("school_has_confirmed_funded_training")],
    "undecided-school": [school(induction_programme_choice="not_yet_known"), confirms()],
    "school-that-changes-providers": [school(induction_programme_choice=ACCEPTED), confirms(), does_not_see("ect")],
    "partnership-challenged-for-another-provider": challenged("another_provider"),
    "partnership-challenged-as-not-confirmed": challenged("not_confirmed"),
    "partnership-challenged-as-not-recognised": challenged("do_not_recognise"),
    "partnership-challenged-for-want-of-ects": [
        school(in_partnership=False, induction_programme_choice="no_early_career_teachers"),
        *challenged("no_ects", "mentor"),
        school(in_partnership=True, induction_programme_choice=ACCEPTED),
    ],
    "partnership-challenged-as-a-mistake": challenged("mistake", partner="lapwing-hub"),
    "challenged-partnership-with-last-years-providers": [
        partnership("before", status="active"),
        partnership("mine", status="challenged"),
        confirms(id="{here-mine}", status="active"),
    ],
    "anothers-challenged-partnership": [
        school(in_partnership=False),
        does_not_see("ect"),
        confirms(partner="lapwing-hub"),
        *seen_and_listed("ect", participant_status="active", delivery_partner_id="{lapwing-hub}"),
    ],
    "challenged-and-taken-by-another-provider": [
        partnership("mine", status="challenged"),
        does_not_see("ect"),
        confirms("school_has_no_other_provider"),
    ],
    "partnership-that-can-be-challenged": [partnership("mine", status="active"), *seen_and_listed("ect")],
    "partnership-past-its-challenge-deadline": [partnership("mine", status="active")],
    "participant-who-kept-you": [
        moved("new_school", "complete"),
        no_partnership("kept"),
        school("current-1", in_partnership=True),
        *seen_and_listed("ect", participant_status="active", delivery_partner_id="{kestrel-hub}"),
    ],
    "relationship-with-another-delivery-partner": [
        no_partnership("kept"),
        changes("{here-mine}", "lapwing-hub", "delivery_partner_not_already_confirmed"),
    ],
    "relationship-that-becomes-a-partnership": [
        no_partnership("kept"),
        *seen_and_listed("ect"),
        confirms(id="{here-kept}"),
        partnership("kept", status="active"),
        *seen_and_listed("ect"),
    ],
    "ect-in-training": [
        *seen_and_listed(
            "ect",
            participant_type="ect",
            cohort="{begun}",
            training_status="active",
            participant_status="active",
            mentor_id="{mentor}",
            eligible_for_funding=True,
            teacher_reference_number_validated=True,
            pupil_premium_uplift=True,
            sparsity_uplift=True,
            schedule_identifier="ecf-standard-september",
            validation_status="eligible_to_start",
            withdrawal=None,
            deferral=None,
        ),
        listed("ect", "filter[cohort]={begun}"),
        not_listed("ect", "filter[cohort]=2021"),
        *seen_and_listed("mentor", participant_type="mentor", mentor_id=None, pupil_premium_uplift=False),
        reports("withdraw", "participant_has_started"),
        reports("resume", "training_is_not_active_already"),
        reschedules("ecf-standard-september", refusal="schedule_is_another_one"),
        reschedules("", refusal="schedule_is_valid"),
        reschedules("ecf-replacement-january", refusal="schedule_suits_the_course"),
        reschedules("ecf-standard-january", "2021", refusal="school_is_your_partner_in_the_cohort"),
    ],
    "ect-who-became-a-mentor": [
        sees("both", 0, participant_type="ect", cohort="{current-2}", participant_status="active"),
        sees("both", 1, participant_type="mentor", cohort="{current-1}", induction_end_date=None),
        listed("both", "filter[cohort]={current-2}"),
        listed("both", "filter[cohort]={current-1}"),
    ],
    "ect-not-validated": [does_not_see("ect"), not_listed("ect", "")],
    "ineligible-ect": seen_and_listed(
        "ect", eligible_for_funding=False, validation_status="not_eligible_for_funded_training"
    ),
    "ect-without-qts": seen_and_listed("ect", eligible_for_funding=None, validation_status="checking_qts"),
    "ect-without-an-induction": [
        *seen_and_listed("ect", eligible_for_funding=None, validation_status="dfe_checking_eligibility"),
        declared(state="submitted"),
    ],
    "ect-whose-induction-started-a-cohort-earlier": [
        sees("ect", cohort="{current}"),
        partnership("before", status="active"),
    ],
    "ect-with-an-alert": seen_and_listed(
        "ect", eligible_for_funding=None, validation_status="dfe_checking_eligibility"
    ),
    "ect-with-a-different-trn": seen_and_listed(
        "ect", teacher_reference_number_validated=False, validation_status="dfe_checking_eligibility"
    ),
    "matched-ect": seen_and_listed("ect", eligible_for_funding=None, teacher_reference_number_validated=True),
    "duplicate-mentor": seen_and_listed("mentor", eligible_for_funding=False),
    "ect-joining-next-month": seen_and_listed("ect", participant_status="joining"),
    "ect-leaving-next-month": [
        *seen_and_listed("ect", participant_status="leaving", training_status="active"),
        moved("unknown", "incomplete", joining=None),
    ],
    "ect-who-left": [*seen_and_listed("ect", participant_status="left"), moved("unknown", "complete", joining=None)],
    "removed-ect": seen_and_listed("ect", participant_status="withdrawn", training_status="active"),
    "ect-who-transferred-to-another-provider": [
        *seen_and_listed("ect", participant_status="left"),
        moved("new_provider", "complete"),
    ],
    "deferred-ect": [
        sees("ect", training_status="deferred", participant_status="active", withdrawal=None),
        listed("ect", "filter[training_status]=deferred"),
        not_listed("ect", "filter[training_status]=active"),
        reports("defer", "training_is_not_deferred_already"),
        reports("resume", "participant_is_known", who=NOBODY),
        reports("resume", "course_is_theirs", but={"course_identifier": "ecf-mentor"}),
        reports("resume", "participant_is_known course_is_present", who=NOBODY, but={"course_identifier": ""}),
        reports("resume", training_status="active"),
        reports("defer", "reason_is_valid", but={"reason": "tired"}),
        reports("defer", "reason_is_present reason_is_valid", but={"reason": ""}),
    ],
    "deferred-ect-who-started": [
        sees("ect", training_status="deferred"),
        reports("withdraw", training_status="withdrawn"),
    ],
    "withdrawn-ect": [
        sees("ect", training_status="withdrawn", participant_status="active", deferral=None),
        listed("ect", "filter[training_status]=withdrawn"),
        reports("withdraw", "training_is_not_withdrawn_already"),
        reports("defer", "training_is_not_withdrawn_already"),
        reschedules("ecf-standard-january", refusal="training_to_change_is_not_withdrawn"),
        reports("resume", training_status="active"),
    ],
    "mentor-who-completed": seen_and_listed(
        "mentor",
        mentor_funding_end_date="{current-1}-07-10",
        mentor_ineligible_for_funding_reason="completed_declaration_received",
    ),
    "mentor-of-the-early-roll-out": seen_and_listed(
        "mentor",
        eligible_for_funding=False,
        mentor_funding_end_date="2021-04-19",
        mentor_ineligible_for_funding_reason="completed_during_early_roll_out",
    ),
    "ect-who-left-a-frozen-cohort": [
        *seen_and_listed("ect", cohort="2024", cohort_changed_after_payments_frozen=True),
        not_listed("ect", "filter[cohort]=2021"),
    ],
    "participant-with-two-earlier-ids": [
        listed("ect", "filter[from_participant_id]={ect-before-1}"),
        listed("ect", "filter[from_participant_id]={ect-before-2}"),
        does_not_see("ect-before-1"),
    ],
    "replacement-mentor": [
        sees("ect", mentor_id="{mentor}"),
        sees("mentor", schedule_identifier="ecf-standard-september"),
        reschedules("ecf-replacement-september", who="mentor", schedule_identifier="ecf-replacement-september"),
        reschedules("ecf-replacement-september", refusal="schedule_suits_the_course"),
        declares("{yesterday}", who="mentor", state="eligible"),
    ],
    "replacement-mentor-of-a-second-ect": [
        sees("first", mentor_id="{mentor}"),
        sees("second", mentor_id="{mentor}"),
        sees("mentor", schedule_identifier="ecf-standard-september"),
        reschedules("ecf-standard-january", who="mentor", refusal="declarations_fit_the_schedule"),
    ],
    "replacement-mentor-on-another-schedule": [
        sees("ect", mentor_id="{mentor}", schedule_identifier="ecf-standard-september"),
        sees("mentor", schedule_identifier="ecf-replacement-january"),
        declared("ect-retained-1", mentor_id="{earlier-mentor}"),
        declares("{yesterday}", who="mentor", state="eligible"),
        declares("{yesterday}", "retained-1", who="mentor", state="eligible"),
    ],
    "ect-with-a-new-mentor": seen_and_listed("ect", mentor_id="{mentor}"),
    "mentor-you-do-not-train": [sees("ect", mentor_id="{mentor}"), *unfunded("mentor")],
    "mentor-trained-by-another-provider": [sees("ect", mentor_id="{mentor}"), *unfunded("mentor")],
    "mentor-who-never-trained": [
        sees("ect", mentor_id="{mentor}"),
        Promise("GET", "/unfunded-mentors/ecf", lists="mentor"),
        Promise("GET", "/unfunded-mentors/ecf/{mentor}", is_found=False),
    ],
    "ect-declared-who-could-change-cohort": [
        reschedules("ecf-reduced-september", "{current-2}", "cohort_stays_with_declarations"),
        reschedules("ecf-reduced-september", "{current-1}", schedule_identifier="ecf-reduced-september"),
    ],
    "ect-with-a-relationship-beside-a-partnership": [
        sees("ect", delivery_partner_id="{lapwing-hub}"),
        reschedules("ecf-standard-january", delivery_partner_id="{kestrel-hub}"),
    ],
    "ect-declared-on-an-extended-schedule": [reschedules("ecf-reduced-september", is_found=False)],
    "ect-of-a-frozen-cohort": [
        reschedules("ecf-extended-september", "2024", cohort_changed_after_payments_frozen=True),
        reschedules("ecf-standard-september", "2021", cohort_changed_after_payments_frozen=False),
    ],
    "ect-who-transferred-to-you": [
        *seen_and_listed("ect", participant_status="active"),
        moved("new_provider", "complete"),
    ],
    "ect-about-to-transfer": [*seen_and_listed("ect", participant_status="joining"), moved("new_school", "incomplete")],
    "ect-about-to-leave-for-another-provider": [
        *seen_and_listed("ect", participant_status="leaving"),
        moved("new_provider", "incomplete"),
    ],
    "ect-who-moved-to-a-school-led-school": [
        *seen_and_listed("ect", participant_status="left"),
        moved("new_school", "complete", joining={"provider": None}),
    ],
    "ect-who-moved-twice": [
        *seen_and_listed("ect", participant_status="active"),
        moved("new_school", "complete"),
    ],
    "ect-with-an-eligible-declaration": [
        declared(state="eligible"),
        declares("{begun}-09-10", refusal="event_is_not_declared_yet"),
        voids(state="voided"),
        declares("{begun}-09-10", state="eligible"),
    ],
    "ect-with-a-submitted-declaration": [
        declared(state="submitted", statement_id=None),
        voids(state="voided"),
        declares("2024-10-10", state="submitted"),
    ],
    "removed-ect-with-a-submitted-declaration": [
        declared(state="submitted"),
        declares("2025-03-31", "retained-1", "declared_course_is_recognised"),
        does_not_see("ect"),
    ],
    "ect-with-a-payable-declaration": [
        declared("ect-retained-3", state="payable", uplift_paid=False),
        voids(which="ect-retained-3", state="voided"),
    ],
    "ect-with-a-paid-declaration": [
        declared(state="paid", uplift_paid=True),
        reschedules("ecf-standard-january", refusal="declarations_fit_the_schedule"),
        reports("defer", training_status="deferred"),
        reports("resume", training_status="active"),
        reports("withdraw", training_status="withdrawn"),
        reports("resume", training_status="active"),
        voids(state="awaiting-clawback", uplift_paid=True),
        declares("2024-12-31", "retained-1", "declaration_date_is_not_before_the_milestone"),
        declares("2025-04-01", "retained-1", "declaration_date_is_not_after_the_milestone"),
        declares("2025-03-31", "retained-1", "declared_course_is_not_npq", but={"course_identifier": "npq-senco"}),
        declares("2025-03-31", "retained-1", "declared_course_is_recognised", but={"course_identifier": "ecf-mentor"}),
        declares("2025-03-31", "retained-1", "declared_participant_is_recognised", but={"participant_id": NOBODY}),
        declares("2025-03-31", "retained-1", "declaration_date_is_present", but={"declaration_date": ""}),
        declares("2025-03-31", "retained-1", "declaration_date_is_rfc_3339", but={"declaration_date": "2025-03-31"}),
        declares("2025-03-31", "", "declaration_type_is_present schedule_has_the_milestone"),
        declares("2025-03-31", "extended-1", "schedule_has_the_milestone"),
        declares("2025-03-31", "retained-1", "evidence_is_present", but={"evidence_held": ""}),
        declares("2025-03-31", "retained-1", "evidence_is_available", but={"evidence_held": "one-term-induction"}),
        declares("2025-03-31", "retained-1", state="eligible"),
    ],
    "ect-with-a-voided-declaration": [
        declared(state="voided", statement_id=None),
        voids("declaration_is_not_voided"),
        declares("2024-10-10", state="eligible"),
    ],
    "ect-declared-under-two-ids": [
        declared("first-started", state="paid"),
        declared("second-started", state="ineligible", ineligible_for_funding_reason="duplicate_declaration"),
        voids(which="second-started", state="voided", ineligible_for_funding_reason=None),
        declares("2024-10-10", who="second", state="ineligible", statement_id=None),
    ],
    "ect-with-a-clawback-to-come": [
        declared(state="awaiting-clawback"),
        voids("declaration_is_not_clawed_back"),
    ],
    "ect-with-a-clawed-back-declaration": [declared(state="clawed-back"), declares("2024-10-10", state="eligible")],
    "ect-of-a-closed-cohort": [
        declared(state="paid"),
        declares("2022-01-10", "retained-1", "cohort_has_an_open_statement"),
        voids("cohort_has_a_statement_for_the_clawback"),
    ],
    "withdrawn-ect-who-started": [
        declares("2025-05-21", "retained-2", "declaration_date_is_before_the_withdrawal"),
        declares("2025-05-20", "retained-2", state="eligible"),
    ],
    "ect-of-another-provider": [
        does_not_see("ect"),
        declares("{begun}-09-10", refusal="participant_trains_with_you_on_the_schedule"),
        reports("defer", "participant_trains_with_you"),
    ],
    "ect-declared-by-another-provider": [
        declared(state="paid"),
        Promise("PUT", "/participant-declarations/{ect-started}/void", is_found=False),
        declares("2024-10-12", refusal="event_is_not_declared_yet"),
    ],
    "funded-mentor": [
        declares("2099-01-01", refusal="declaration_date_is_not_in_the_future", who="mentor"),
        declares("{yesterday}", "retained-1", "declaration_type_suits_a_funded_mentor", who="mentor"),
        declares("{yesterday}", who="mentor", state="eligible"),
    ],
    "mentor-with-a-completed-declaration": [
        sees("mentor", mentor_funding_end_date="2025-05-12"),
        voids(which="mentor-completed"),
        sees("mentor", mentor_funding_end_date=None, mentor_ineligible_for_funding_reason=None),
    ],
}


def test_every_rule_that_a_request_can_break_has_a_scenario():
    breakable = {rule.name for rule in RULES.values() if rule.unreachable is None}
    assert breakable == {name for promises in PROMISES.values() for each in promises for name in each.refusal.split()}


def states() -> Iterator[tuple[str, str | None]]:
    """The states of every table of the contract, with the name of the field that shows them."""
    for table in ecf().contract.transitions:
        schema, _, name = table.partition(".")
        properties = ecf().contract.document["components"]["schemas"][schema]["properties"]
        yield from ((name, state) for state in properties[name].get("enum", ()) if state is not None)


def test_every_state_has_a_scenario():
    promised = (pair for promises in PROMISES.values() for each in promises for pair in each.expected.items())
    assert set(states()) <= {(name, value) for name, value in promised if isinstance(value, str)}


def test_every_scenario_makes_a_promise():
    assert set(PROMISES) == set(SCENARIOS)


@cache
def begun_on(day: str) -> Client:
    """The first lead provider's client in a world that begins on a day."""
    app = sandbox()
    world = app.worlds.create(f"on-{day}", size="small", clock=f"{day}T09:00:00Z", edition="ecf")
    token = next(each.token for each in app.worlds.tokens(world) if each.lead_provider_id == PENHALLOW)
    return Client(app, token)


@cache
def ids_on(day: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {each["name"]: each["ids"] for each in seed.scenarios_of(SEEDS, 0, PENHALLOW, day)}


class Instance:
    """A scenario in a world, as its lead provider sees it."""

    def __init__(self, client: Client, day: str, ids: Mapping[str, Mapping[str, str]]) -> None:
        self.client, almanac = client, almanac_of(SEEDS, day)
        cohorts = ("current", "current-1", "current-2", "begun")
        self.words = {word: str(almanac.resolved(word)) for word in cohorts}
        self.words["yesterday"] = (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()
        self.words |= {str(year): str(year) for year in range(2021, 2026)} | PARTNERS
        self.words |= {name: id_ for part in ids.values() for name, id_ in part.items()}

    def said(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for word, meaning in self.words.items():
            value = value.replace(f"{{{word}}}", meaning)
        return value

    def keeps(self, promise: Promise) -> None:
        attributes = {name: self.said(value) for name, value in promise.body.items()}
        body = {"data": {"attributes": attributes}} if attributes else None
        query = "&".join(filter(None, (self.said(promise.query), "page[per_page]=3000")))
        answer = self.client.send(promise.method, f"/api/v3{self.said(promise.path)}", query, body=body)
        if promise.refusal:
            assert errors(answer) == refused_by(promise.refusal)
            return
        assert answer.status == (200 if promise.is_found else 404), answer
        if promise.is_found:
            self.shows(promise, json.loads(answer.body)["data"])

    def shows(self, promise: Promise, data: Any) -> None:
        if isinstance(data, list):
            ids = {item["id"] for item in data}
            assert promise.lists is None or self.words[promise.lists] in ids
            assert promise.lacks is None or self.words[promise.lacks] not in ids
            return
        expected = dict(promise.expected)
        attributes = {"id": data["id"], **data["attributes"]}
        if "enrolment" in expected:
            attributes = attributes["ecf_enrolments"][expected.pop("enrolment")]
        if "transfer" in expected:
            attributes = attributes["transfers"][expected.pop("transfer")]
        if expected.get("joining"):
            attributes["joining"] = {name: attributes["joining"][name] for name in expected["joining"]}
        assert {name: attributes[name] for name in expected} == {name: self.said(v) for name, v in expected.items()}


@pytest.mark.parametrize("day", EDGES)
@pytest.mark.parametrize("name", PROMISES)
def test_a_scenario_keeps_its_promises_in_a_world_that_begins_on_any_day(name: str, day: str):
    if not is_on(name, day):
        assert name not in ids_on(day)
        return
    instance = Instance(begun_on(day), day, ids_on(day)[name])
    for promise in PROMISES[name]:
        instance.keeps(promise)


def is_on(name: str, day: str) -> bool:
    """Whether a world that begins on a day has a scenario."""
    days = SCENARIOS[name].get("days")
    return days is None or any(each["from"] <= day <= each["until"] for each in days)


@pytest.mark.parametrize("name", PROMISES)
def test_a_new_scenario_keeps_its_promises_too(name: str):
    day = "2025-11-03" if is_on(name, "2025-11-03") else CLOCK[:10]
    client = begun_on(day)
    opened = client.app.worlds.opened_by(client.token)
    assert opened
    world = msgspec.structs.replace(opened[0], made=list(PROMISES).index(name))
    made = seed.new_scenario(SEEDS, name, PENHALLOW, world, parse(f"{day}T09:00:00Z"))
    client.app.worlds._store.add(opened[0].id, made.records)  # noqa: SLF001 - as the control does
    instance = Instance(client, day, made.ids)
    for promise in PROMISES[name]:
        instance.keeps(promise)


def test_new_scenarios_were_last_changed_now():
    now = f"{CLOCK[:10]}T12:00:00Z"
    world = World("w", "ecf", "small", 0, None, 0, None, 0, CLOCK[:10], "")
    for name in SCENARIOS:
        if is_on(name, CLOCK[:10]):
            made = seed.new_scenario(SEEDS, name, PENHALLOW, world, parse(now)).records
            assert {each.updated_at for each in made if isinstance(each, EcfParticipant)} <= {now}


@cache
def seeded_on(day: str) -> tuple[Record, ...]:
    """The records of every scenario in a world that begins on a day."""
    return tuple(make_scenarios.seeded_scenarios(SEEDS, "ecf-0", almanac_of(SEEDS, day)))


@pytest.mark.parametrize("day", SAMPLED)
def test_days_of_scenarios_are_in_order_on_every_sampled_day(day: str):
    for each in seeded_on(day):
        if isinstance(each, EcfPartnership):
            assert each.created_at <= (each.challenged_at or start_of(day)) <= start_of(day)
        if isinstance(each, EcfParticipant):
            assert each.created_at <= each.updated_at <= start_of(day)


@pytest.mark.parametrize("day", SAMPLED)
def test_declarations_of_scenarios_were_made_within_their_milestones_on_every_sampled_day(day: str):
    made = seeded_on(day)
    schedules = {(t.participant_id, t.role, t.cohort): t.schedule for t in made if isinstance(t, TrainingPeriod)}
    declarations = [each for each in made if isinstance(each, EcfDeclaration)]
    assert declarations
    for each in declarations:
        schedule = schedules[each.participant_id, each.role, each.cohort]
        milestone = MILESTONES[each.cohort, schedule, each.declaration_type]
        assert milestone.starts_on <= each.declaration_date[:10] <= milestone.ends_on, each
        assert each.declaration_date <= each.created_at <= start_of(day), each


@pytest.mark.parametrize("day", SAMPLED)
def test_the_deadlines_of_challenges_are_those_of_the_stories(day: str):
    deadlines = {}
    world = World("w", "ecf", "small", 0, None, 0, None, 0, day, "")
    for name in ("partnership-that-can-be-challenged", "partnership-past-its-challenge-deadline"):
        made = seed.new_scenario(SEEDS, name, PENHALLOW, world, parse(f"{day}T12:00:00Z"))
        (deadlines[name],) = [each.challenge_deadline for each in made.records if isinstance(each, EcfPartnership)]
    assert deadlines["partnership-past-its-challenge-deadline"] < f"{day}T00:00:00Z"
    assert deadlines["partnership-that-can-be-challenged"] > f"{day}T23:59:59Z"


def test_the_ids_of_a_scenario_are_the_same_whatever_the_day_a_world_begins():
    first, last = ids_on("2025-06-01"), ids_on("2026-03-31")
    both = first.keys() & last.keys()
    assert {name: first[name] for name in both} == {name: last[name] for name in both}


def test_every_lead_provider_has_the_scenarios_of_its_cohorts():
    counted = {p["name"]: len(seed.scenarios_of(SEEDS, 0, p["id"], CLOCK[:10])) for p in SEEDS["lead-providers"]}
    assert counted == {**dict.fromkeys(("penhallow", "quarrington", "rosebank"), len(SCENARIOS)), "saltmarsh": 5}


def test_an_unknown_scenario_is_a_lookup_error():
    world = World("w", "ecf", "small", 0, None, 0, None, 0, CLOCK[:10], "")
    with pytest.raises(LookupError):
        seed.new_scenario(SEEDS, "nothing", PENHALLOW, world, parse(CLOCK))


def test_the_command_lists_the_scenarios_of_the_day_on_which_a_new_world_begins():
    answer = CliRunner().invoke(main, ["scenarios", "--edition", "ecf", "--json"])
    assert [each["name"] for each in json.loads(answer.output)] == list(ids_on(CLOCK[:10]))
