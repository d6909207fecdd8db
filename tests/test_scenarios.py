"""Every scenario keeps its promise: what its story says is seen and done through the public API alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import desk
import pytest
from client import CLOCK, Client, client, errors, register, sandbox

SCENARIOS = {scenario["name"]: scenario for scenario in register().contract.seeds["scenarios"]}
ECT, MENTOR = "ecf-induction", "ecf-mentor"
IN_NOVEMBER, PAY_DAY = "2026-11-02T09:00:00Z", "2026-11-25T09:00:00Z"
IN_FIVE_WEEKS, IN_SEVEN_WEEKS, IN_SIX_MONTHS = "2026-10-20T09:00:00Z", "2026-11-03T09:00:00Z", "2027-03-15T09:00:00Z"


@dataclass(frozen=True)
class Promise:
    """What a request is answered with. Names in braces stand for the ids of the scenario."""

    method: str
    path: str
    query: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    at: str = CLOCK
    status: int = 200
    expected: Mapping[str, Any] = field(default_factory=dict)
    enrolment: int | None = None
    """Which of a participant's enrolments is looked at, if it is."""
    holds: str = ""
    """Whom a list holds."""
    count: int | None = None
    """Of how many a list consists."""
    refusal: str = ""
    """How the detail of the only error begins."""
    first: Sequence[Promise] = ()
    """What is done beforehand, and keeps its promise too."""

    def __str__(self) -> str:
        words = (self.method, self.path, self.query, *map(str, self.body.values()), self.at[:10])
        return " ".join(filter(None, (*words, *(f"after {one}" for one in self.first))))


def enrolment(who: str, which: int = 0, at: str = CLOCK, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}", at=at, expected=expected, enrolment=which)


def participant(who: str, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}", expected=expected)


def declaration(name: str, state: str, at: str = CLOCK, **expected: Any) -> Promise:
    path = f"/participant-declarations/{{{name}}}"
    return Promise("GET", path, at=at, expected={"state": state, **expected})


def listed(path: str, query: str, count: int, **expected: Any) -> Promise:
    return Promise("GET", path, query, count=count, expected=expected)


def absent(path: str) -> Promise:
    return Promise("GET", path, status=404)


def school(cohort: int, **expected: Any) -> Promise:
    return Promise("GET", "/schools/{here}", f"filter[cohort]={cohort}", expected=expected)


def transfer(who: str, at: str = CLOCK, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}/transfers", at=at, expected=expected)


def unfunded(who: str, at: str = CLOCK) -> Promise:
    return Promise("GET", f"/unfunded-mentors/{{{who}}}", at=at)


def done(method: str, path: str, at: str = CLOCK, **body: str) -> Promise:
    return Promise(method, path, at=at, body=body)


def refused(method: str, path: str, refusal: str, at: str = CLOCK, **body: str) -> Promise:
    return Promise(method, path, at=at, body=body, status=422, refusal=refusal)


def after(does: Promise, *promises: Promise) -> list[Promise]:
    """Something that is done, and what is promised afterwards."""
    return [replace(promise, first=(does,)) for promise in promises]


def acts(path: str, **body: Any) -> Promise:
    """What somebody on the other side of the desk does."""
    return Promise("POST", f"/_sandbox/actors/{path}", body=body, status=201 if path in ADDS else 200)


ADDS = ("school/roll-over-partnership", "dfe/add-delivery-partner")
TUTOR = {"induction_tutor_name": "Samira Hale", "induction_tutor_email": "samira.hale@example.com"}
ROLLS_OVER = acts("school/roll-over-partnership", school_id="{here}", cohort="2026")
NAMES_TUTOR = acts("school/name-induction-tutor", school_id="{here}", **TUTOR)
ADDS_PARTNER = acts(
    "dfe/add-delivery-partner",
    partnership_id="{here-you-2026}",
    delivery_partner_id="b385d277-01a0-4983-a921-d99c53817227",  # moorland-hub
)
MADE_INELIGIBLE = {
    name: acts("dfe/change-eligibility", school_id=f"{{{name}}}", cohort="2026", eligible=False)
    for name in ("here", "partnered")
}


def create(cohort: int = 2026) -> dict[str, str]:
    return {"cohort": str(cohort), "school_id": "{here}", "delivery_partner_id": HARBOUR}


def declare(who: str, type_: str, date: str, course: str = ECT, evidence: str = "other") -> dict[str, str]:
    return {
        "participant_id": f"{{{who}}}",
        "declaration_type": type_,
        "declaration_date": f"{date}T09:00:00Z",
        "course_identifier": course,
        "evidence_held": evidence,
    }


ALL = "page[per_page]=3000"
DECLARATIONS = "/participant-declarations"
WITHDRAW, DEFER = ({"reason": "other", "course_identifier": ECT} for _ in range(2))
RESUME = {"course_identifier": ECT}
TODAY_CHANGED = "You cannot defer or withdraw this participant today."
NOT_A_DAY = "because they have not been training with you for at least one day."
CLOSED = "The funding contract for this cohort has ended."
SUSPENDED = "You cannot change this participant's schedule."
HARBOUR = "50690657-3295-4fb8-a6ac-8ee5139d9864"


def change(schedule: str, course: str = ECT, cohort: str = "") -> dict[str, str]:
    wanted = {"schedule_identifier": schedule, "course_identifier": course, "cohort": cohort}
    return {name: value for name, value in wanted.items() if value}


def act(who: str, action: str) -> str:
    return f"/participants/{{{who}}}/{action}"


def form(cohort: int) -> dict[str, str]:
    return {"cohort": str(cohort), "school_id": "{here}", "delivery_partner_id": HARBOUR}


PROMISES: dict[str, list[Promise]] = {
    "ect-in-training": [
        enrolment("ect", training_status="active", participant_status="active", cohort="2026", mentor_id="{mentor}"),
        declaration("ect-started", "eligible", mentor_id="{mentor}"),
        unfunded("mentor"),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
        done("PUT", "/participant-declarations/{ect-started}/void"),
    ],
    "ect-without-declarations": [
        listed(DECLARATIONS, "filter[participant_id]={ect}", 0),
        done("POST", DECLARATIONS, **declare("ect", "started", "2026-09-14")),
    ],
    "mentor-in-training": [
        enrolment("mentor", participant_type="mentor", training_status="active", working_pattern=None),
        enrolment("ect", mentor_id="{mentor}", working_pattern="part_time"),
        done("POST", DECLARATIONS, **declare("mentor", "started", "2025-10-01", MENTOR)),
        refused(
            "POST",
            DECLARATIONS,
            "You cannot send retained or extended declarations",
            **declare("mentor", "retained-1", "2026-02-02", MENTOR),
        ),
    ],
    "deferred-ect": [
        enrolment("ect", training_status="deferred", participant_status="left"),
        done("PUT", act("ect", "resume"), **RESUME),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
        done("POST", DECLARATIONS, **declare("ect", "started", "2025-10-01")),
    ],
    "ect-deferred-today": [
        enrolment("ect", training_status="deferred", participant_status="left"),
        refused("PUT", act("ect", "resume"), "You cannot resume a participant on the same day", **RESUME),
        done("PUT", act("ect", "resume"), at="2026-09-16T09:00:00Z", **RESUME),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
    ],
    "deferred-mentor": [
        enrolment("mentor", training_status="deferred"),
        refused(
            "PUT",
            act("mentor", "defer"),
            "The '#/participant_id' is already deferred.",
            reason="other",
            course_identifier=MENTOR,
        ),
        done("PUT", act("mentor", "resume"), course_identifier=MENTOR),
    ],
    "withdrawn-ect": [
        enrolment("ect", training_status="withdrawn", participant_status="left"),
        done("PUT", act("ect", "resume"), **RESUME),
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "2025-02-03")),
        refused(
            "POST",
            DECLARATIONS,
            "This participant withdrew from this course on 2026-06-12T11:00:00Z.",
            **declare("ect", "completed", "2026-07-01"),
        ),
    ],
    "withdrawn-mentor": [
        enrolment("mentor", training_status="withdrawn"),
        done("PUT", act("mentor", "resume"), course_identifier=MENTOR),
        refused(
            "PUT",
            act("mentor", "withdraw"),
            "The '#/participant_id' is already withdrawn.",
            reason="other",
            course_identifier=MENTOR,
        ),
    ],
    "ect-withdrawn-and-with-another-provider": [
        enrolment("ect", training_status="withdrawn"),
        refused(
            "PUT",
            act("ect", "resume"),
            "This participant cannot be resumed because they are already active with",
            **RESUME,
        ),
    ],
    "ect-withdrawn-and-left-school": [
        refused("PUT", act("ect", "resume"), "The participant is no longer at the school.", **RESUME),
    ],
    "ect-withdrawn-but-not-left": [
        enrolment("ect", training_status="withdrawn", participant_status="leaving"),
        refused(
            "PUT",
            act("ect", "change-schedule"),
            "Cannot perform actions on a withdrawn participant",
            **change("ecf-standard-january"),
        ),
    ],
    "ect-joining-next-month": [
        enrolment("ect", participant_status="joining"),
        enrolment("ect", at=IN_FIVE_WEEKS, participant_status="active"),
        refused(
            "PUT", act("ect", "withdraw"), f"You cannot withdraw #/participant_id. This is {NOT_A_DAY}", **WITHDRAW
        ),
        refused("PUT", act("ect", "defer"), f"You cannot defer #/participant_id. This is {NOT_A_DAY}", **DEFER),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
    ],
    "mentor-joining-next-month": [
        enrolment("mentor", participant_status="joining"),
        enrolment("mentor", at=IN_FIVE_WEEKS, participant_status="active"),
    ],
    "ect-started-today": [
        enrolment("ect", participant_status="active"),
        refused("PUT", act("ect", "withdraw"), TODAY_CHANGED, **WITHDRAW),
        refused("PUT", act("ect", "defer"), TODAY_CHANGED, **DEFER),
        done("PUT", act("ect", "defer"), at="2026-09-16T09:00:00Z", **DEFER),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
    ],
    "submitted-declaration": [
        declaration("ect-started", "submitted", statement_id=None),
        enrolment("ect", eligible_for_funding=None),
        done("PUT", "/participant-declarations/{ect-started}/void"),
    ],
    "payable-declaration": [
        declaration("ect-retained-2", "eligible"),
        declaration("ect-retained-2", "payable", at=IN_NOVEMBER),
        declaration("ect-retained-2", "paid", at=PAY_DAY),
        declaration("ect-started", "paid"),
    ],
    "paid-declaration": [
        declaration("ect-started", "paid"),
        done("PUT", "/participant-declarations/{ect-started}/void"),
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "2026-02-02")),
    ],
    "voided-declaration": [
        declaration("ect-started", "voided", statement_id=None),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration has already been voided."),
        done("POST", DECLARATIONS, **declare("ect", "started", "2025-10-01")),
    ],
    "declaration-awaiting-clawback": [
        declaration("ect-started", "awaiting-clawback"),
        declaration("ect-started", "clawed-back", at=PAY_DAY),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration will or has been refunded"),
        done("POST", DECLARATIONS, **declare("ect", "started", "2025-10-01")),
    ],
    "clawed-back-declaration": [
        declaration("ect-started", "clawed-back"),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration will or has been refunded"),
        done("POST", DECLARATIONS, **declare("ect", "started", "2025-10-01")),
    ],
    "billable-declarations": [
        declaration("ect-started", "submitted"),
        declaration("ect-retained-1", "paid"),
        declaration("ect-retained-2", "paid"),
        declaration("ect-completed", "eligible"),
        declaration("ect-completed", "payable", at=IN_NOVEMBER),
        declaration("mentor-started", "eligible"),
    ],
    "ect-with-retained-1-and-no-started": [
        declaration("ect-retained-1", "paid"),
        done("POST", DECLARATIONS, **declare("ect", "started", "2025-10-01")),
        refused(
            "POST", DECLARATIONS, "This '#/declaration_date' is invalid.", **declare("ect", "started", "2026-02-03")
        ),
    ],
    "ect-with-started-and-retained-2": [
        declaration("ect-started", "paid"),
        declaration("ect-retained-2", "submitted"),
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "2026-02-02")),
        refused(
            "POST", DECLARATIONS, "This '#/declaration_date' is invalid.", **declare("ect", "retained-1", "2026-07-01")
        ),
    ],
    "mentor-completed": [
        enrolment(
            "mentor",
            mentor_funding_end_date="2026-06-15",
            eligible_for_funding=True,
            mentor_ineligible_for_funding_reason="completed_declaration_received",
        ),
        declaration("mentor-completed", "paid"),
        refused(
            "PUT",
            act("mentor", "change-schedule"),
            "You cannot change this participant's schedule as they have completed",
            **change("ecf-standard-january", MENTOR),
        ),
        done("PUT", "/participant-declarations/{mentor-completed}/void"),
    ],
    "ect-completed-induction": [
        enrolment("ect", induction_end_date="2026-07-17", participant_status="active", eligible_for_funding=True),
        declaration("ect-started", "paid", uplift_paid=True),
        declaration("ect-completed", "paid"),
        refused(
            "PUT",
            act("ect", "change-schedule"),
            "You cannot change this participant's schedule as they have completed",
            **change("ecf-standard-january"),
        ),
        done("PUT", act("ect", "change-schedule"), **change("ecf-reduced-september")),
    ],
    "ect-in-frozen-cohort": [
        enrolment("ect", cohort="2022", cohort_changed_after_payments_frozen=False, sparsity_uplift=True),
        declaration("ect-started", "paid", uplift_paid=True),
        refused(
            "POST",
            DECLARATIONS,
            "You cannot submit declarations for the 2022 cohort.",
            **declare("ect", "retained-2", "2023-05-02"),
        ),
        refused(
            "PUT", "/participant-declarations/{ect-started}/void", "You cannot submit or void declarations for the 2022"
        ),
        done("PUT", act("ect", "change-schedule"), **change("ecf-extended-september", cohort="2024")),
    ],
    "ect-moved-from-frozen-cohort": [
        enrolment(
            "ect",
            cohort="2024",
            cohort_changed_after_payments_frozen=True,
            schedule_identifier="ecf-extended-september",
        ),
        declaration("ect-started", "paid"),
        done("POST", DECLARATIONS, **declare("ect", "retained-2", "2026-05-05")),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="2022")),
    ],
    "ect-in-closed-funding": [
        declaration("ect-started", "paid"),
        refused(
            "POST",
            DECLARATIONS,
            "You cannot submit or void declarations for the 2023 cohort.",
            **declare("ect", "retained-1", "2024-02-01"),
        ),
        refused(
            "PUT", "/participant-declarations/{ect-started}/void", "You cannot submit or void declarations for the 2023"
        ),
    ],
    "ect-moved-to-new-school": [transfer("ect", transfer_type="new_school", status="complete")],
    "ect-moved-from-another-provider": [
        transfer("ect", transfer_type="new_provider", status="complete"),
        enrolment("ect", cohort="2025", participant_status="active"),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="2026")),
    ],
    "ect-moved-to-another-provider": [
        transfer("ect", transfer_type="new_provider", status="complete"),
        enrolment("ect", participant_status="left"),
    ],
    "ect-left-school": [transfer("ect", transfer_type="unknown", status="complete", joining=None)],
    "ect-moved-to-school-led": [transfer("ect", transfer_type="new_provider", status="complete")],
    "ect-moved-from-school-led": [transfer("ect", transfer_type="new_provider", status="complete")],
    "mentor-moved-to-new-school": [transfer("mentor", transfer_type="new_school", status="complete")],
    "ect-about-to-move": [
        transfer("ect", transfer_type="new_provider", status="incomplete"),
        transfer("ect", at=IN_FIVE_WEEKS, transfer_type="new_provider", status="complete"),
        enrolment("ect", participant_status="leaving"),
        refused(
            "PUT",
            act("ect", "change-schedule"),
            "You cannot change this participant's schedule as they are due to start with another lead provider",
            **change("ecf-standard-january"),
        ),
    ],
    "unfunded-mentor": [unfunded("mentor"), absent("/participants/{mentor}"), enrolment("ect", mentor_id="{mentor}")],
    "ect-of-another-provider": [
        absent("/participants/{ect}"),
        refused(
            "POST",
            DECLARATIONS,
            "Your update cannot be made as the '#/participant_id' is not recognised.",
            **declare("ect", "started", "2025-10-01"),
        ),
    ],
    "ect-registered-without-partnership": [
        absent("/participants/{ect}"),
        school(2026, expression_of_interest=True, in_partnership=False),
        done("POST", "/partnerships", **form(2026)),
    ],
    **{
        f"cohort-{year}": [
            enrolment("ect", cohort=str(year), training_status="active", mentor_id="{mentor}"),
            enrolment("mentor", cohort=str(year), training_status="active"),
            listed(DECLARATIONS, "filter[participant_id]={ect},{mentor}", 0),
            refused("POST", DECLARATIONS, "You cannot submit", **declare("ect", "started", f"{year}-10-01"))
            if year < 2024
            else done("POST", DECLARATIONS, **declare("ect", "started", min(f"{year}-10-01", "2026-09-14"))),
        ]
        for year in range(2021, 2027)
    },
    **{
        f"ect-of-{year}-registered-without-partnership": [
            absent("/participants/{ect}"),
            school(year, expression_of_interest=True, in_partnership=False),
            done("POST", "/partnerships", **form(year)),
        ]
        for year in (2023, 2024)
    },
    "ect-rolled-over": [
        enrolment("ect", cohort="2025"),
        school(2024, in_partnership=True),
        school(2025, in_partnership=True),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="2024")),
    ],
    "ect-left-to-another-provider": [
        enrolment("ect", participant_status="left", training_status="active"),
        refused("PUT", act("ect", "resume"), "The '#/participant_id' is already active.", **RESUME),
    ],
    "school-all-moved-to-another-provider": [
        Promise("GET", "/partnerships/{here-you-2025}", expected={"participants_currently_training": 0}),
        school(2025, expression_of_interest=True),
    ],
    "partnership-without-participants": [
        Promise("GET", "/partnerships/{here-you-2026}", expected={"participants_currently_training": 0}),
        school(2026, in_partnership=True, induction_programme_choice="not_yet_known"),
    ],
    "school-without-anybody": [
        school(2026, in_partnership=False, expression_of_interest=False),
        done("POST", "/partnerships", **form(2026)),
    ],
    "school-led-only": [
        school(2026, induction_programme_choice="school_led"),
        refused("POST", "/partnerships", "This school has only registered school-led participants.", **form(2026)),
    ],
    "ect-of-2024-with-partnership": [
        school(2024, expression_of_interest=True, in_partnership=True),
        done("POST", DECLARATIONS, **declare("ect", "retained-4", "2026-02-02")),
    ],
    "several-delivery-partners": [
        Promise("GET", f"/partnerships/{{here-you-2026{added}}}") for added in ("", "-1", "-2")
    ],
    "several-delivery-partners-and-another-provider": [
        Promise("GET", "/partnerships/{here-you-2026-1}"),
        absent("/partnerships/{here-another-2026}"),
    ],
    "ect-without-induction": [
        participant("ect", teacher_reference_number=None),
        enrolment("ect", overall_induction_start_date=None, eligible_for_funding=None, working_pattern=None),
        Promise("POST", DECLARATIONS, body=declare("ect", "started", "2025-10-01"), expected={"state": "submitted"}),
    ],
    "ect-with-induction": [
        enrolment("ect", overall_induction_start_date="2025-09-01", most_recent_induction_period_end_date=None),
    ],
    "ineligible-ect": [
        enrolment("ect", eligible_for_funding=False),
        Promise("POST", DECLARATIONS, body=declare("ect", "started", "2025-10-01"), expected={"state": "submitted"}),
    ],
    "mentor-of-early-roll-out": [
        enrolment(
            "mentor", eligible_for_funding=False, mentor_ineligible_for_funding_reason="completed_during_early_roll_out"
        ),
    ],
    "ects-and-mentors-leaving": [
        *(enrolment(who, participant_status="leaving") for who in ("ect", "mentor", "later-ect", "later-mentor")),
        *(enrolment(who, at=IN_SEVEN_WEEKS, participant_status="left") for who in ("ect", "mentor")),
        *(enrolment(who, at=IN_SEVEN_WEEKS, participant_status="leaving") for who in ("later-ect", "later-mentor")),
        *(enrolment(who, at=IN_SIX_MONTHS, participant_status="left") for who in ("later-ect", "later-mentor")),
    ],
    "ect-and-mentor-left": [
        *(enrolment(who, participant_status="left", training_status="active") for who in ("ect", "mentor")),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
        refused("PUT", act("ect", "change-schedule"), SUSPENDED, **change("ecf-standard-january")),
    ],
    "deferred-then-withdrawn-ect": [
        enrolment("ect", training_status="withdrawn", deferral=None),
        Promise("GET", "/participants", f"filter[training_status]=deferred&{ALL}", holds="ect"),
        Promise("GET", "/participants", f"filter[training_status]=withdrawn&{ALL}", holds="ect"),
    ],
    "resumed-ect": [
        enrolment("ect", training_status="active"),
        refused("PUT", act("ect", "resume"), "The '#/participant_id' is already active.", **RESUME),
    ],
    "ect-with-mentor-of-2024": [
        enrolment("ect", cohort="2025", mentor_id="{mentor}"),
        enrolment("mentor", cohort="2024"),
    ],
    "ect-with-mentor-of-2023": [
        enrolment("ect", cohort="2025", mentor_id="{mentor}"),
        enrolment("mentor", cohort="2023"),
    ],
    "ect-of-2022-now-mentor": [
        enrolment("teacher", 0, cohort="2022", participant_type="ect", induction_end_date="2024-07-19"),
        enrolment("teacher", 1, cohort="2025", participant_type="mentor"),
        declaration("teacher-completed", "paid"),
        declaration("teacher-started", "paid"),
    ],
    "ect-whose-mentor-changes": [
        enrolment("ect", mentor_id="{first}"),
        enrolment("ect", at=IN_FIVE_WEEKS, mentor_id="{second}"),
        unfunded("first"),
        absent("/unfunded-mentors/{second}"),
        unfunded("second", at=IN_FIVE_WEEKS),
    ],
    "ect-became-mentor": [
        enrolment("mentor", 0, cohort="2023", participant_type="ect"),
        enrolment("mentor", 1, cohort="2025", participant_type="mentor"),
        done("POST", DECLARATIONS, **declare("mentor", "started", "2025-10-01", MENTOR)),
        done("PUT", act("mentor", "withdraw"), **WITHDRAW),
    ],
    "mentor-at-two-schools-with-three-ects": [
        *(enrolment(f"ect-{n}", mentor_id="{mentor}") for n in (1, 2, 3)),
        enrolment("mentor", cohort="2025"),
    ],
    "mentor-at-two-schools-with-two-ects": [
        *(enrolment(f"ect-{n}", mentor_id="{mentor}") for n in (1, 2)),
        enrolment("mentor", cohort="2024"),
    ],
    **{
        f"tutor-of-{before}-now-mentor-of-{after}": [
            enrolment("mentor", cohort=str(after)),
            school(before, induction_tutor_email="{mentor.email}", induction_tutor_name="{mentor.name}"),
        ]
        for before, after in ((2022, 2024), (2023, 2025), (2025, 2025))
    },
    **{
        f"mentor-of-{before}-now-tutor-in-{after}": [
            enrolment("mentor", cohort=str(before)),
            Promise(
                "GET",
                "/schools/{tutoring}",
                f"filter[cohort]={after}",
                expected={"induction_tutor_email": "{mentor.email}", "induction_tutor_name": "{mentor.name}"},
            ),
        ]
        for before, after in ((2022, 2024), (2023, 2025), (2025, 2025))
    },
    "ect-that-can-change-cohort": [
        declaration("ect-started", "paid"),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="2025")),
        refused(
            "PUT",
            act("ect", "change-schedule"),
            "You cannot move a participant to a payments frozen cohort",
            **change("ecf-standard-september", cohort="2022"),
        ),
    ],
    "mentor-that-can-change-cohort": [
        enrolment("mentor", schedule_identifier="ecf-replacement-september"),
        done("PUT", act("mentor", "change-schedule"), **change("ecf-standard-september", MENTOR, "2025")),
        refused(
            "PUT",
            act("mentor", "change-schedule"),
            "Mentors cannot be placed on a reduced schedule.",
            **change("ecf-reduced-september", MENTOR),
        ),
    ],
    "ect-rescheduled-and-declared-today": [
        declaration("ect-started", "submitted"),
        refused(
            "PUT",
            act("ect", "change-schedule"),
            "The change of schedule cannot be applied because a previous change of schedule and a declaration",
            **change("ecf-standard-january"),
        ),
    ],
    "ect-on-extended-schedule": [
        enrolment("ect", schedule_identifier="ecf-extended-september"),
        done("POST", DECLARATIONS, **declare("ect", "extended-1", "2026-09-01")),
    ],
    "mentor-about-to-be-retrained": [
        enrolment("mentor", participant_status="leaving"),
        refused(
            "PUT",
            act("mentor", "change-schedule"),
            "You cannot change this participant's schedule as they are due to start with another lead provider",
            **change("ecf-standard-january", MENTOR),
        ),
    ],
    "participant-with-earlier-ids": [
        listed("/participants", "filter[from_participant_id]={mentor-before-1}", 1),
        listed("/participants", "filter[from_participant_id]={mentor-before-2}", 1),
    ],
    "partnership-to-roll-over": [
        school(2024, in_partnership=True),
        school(2026, in_partnership=False, expression_of_interest=True, induction_programme_choice="provider_led"),
        absent("/participants/{ect}"),
        ROLLS_OVER,
        *after(
            ROLLS_OVER,
            school(2026, in_partnership=True, expression_of_interest=True),
            enrolment("ect", cohort="2026", training_status="active"),
            refused("POST", "/partnerships", "You are already in a confirmed partnership", **create()),
        ),
    ],
    "school-without-induction-tutor": [
        school(2026, expression_of_interest=True, induction_tutor_name=None, induction_tutor_email=None),
        Promise("GET", "/partnerships/{here-you-2026}", expected=dict.fromkeys(TUTOR)),
        NAMES_TUTOR,
        *after(NAMES_TUTOR, school(2026, **TUTOR), Promise("GET", "/partnerships/{here-you-2026}", expected=TUTOR)),
    ],
    "partnership-to-widen": [
        refused("POST", "/partnerships", "You are already in a confirmed partnership", **create()),
        ADDS_PARTNER,
        *after(
            ADDS_PARTNER,
            Promise("GET", "/partnerships/{here-you-2026}", expected={"delivery_partner_id": HARBOUR}),
            replace(ADDS_PARTNER, status=422, refusal="The school already has a partnership with this lead provider"),
        ),
    ],
    "schools-about-to-become-ineligible": [
        school(2026, in_partnership=False),
        Promise("GET", "/schools/{partnered}", "filter[cohort]=2026", expected={"in_partnership": True}),
        *MADE_INELIGIBLE.values(),
        *after(
            MADE_INELIGIBLE["here"],
            Promise("GET", "/schools/{here}", "filter[cohort]=2026", status=404),
            school(2025, in_partnership=False),
            refused("POST", "/partnerships", "The school you have entered is currently ineligible", **create()),
            acts("dfe/change-eligibility", school_id="{here}", cohort="2026", eligible=True),
        ),
        *after(
            MADE_INELIGIBLE["partnered"],
            Promise("GET", "/schools/{partnered}", "filter[cohort]=2026", expected={"in_partnership": True}),
        ),
    ],
}
CASES = [
    pytest.param(name, promise, id=f"{name}: {promise}") for name, promises in PROMISES.items() for promise in promises
]


class Instance:
    """A scenario in a world, as its lead provider asks for it."""

    def __init__(self, client: Client, ids: Mapping[str, Mapping[str, str]]) -> None:
        self.client, self.words = client, {name: id_ for part in ids.values() for name, id_ in part.items()}

    def said(self, text: Any) -> Any:
        """Put ids, and what a participant is called, in the place of the names in braces."""
        if not isinstance(text, str):
            return text
        for name in self.words:
            if f"{{{name}." in text:
                text = text.replace(*self._called(name, text))
            text = text.replace(f"{{{name}}}", self.words[name])
        return text

    def _called(self, name: str, text: str) -> tuple[str, str]:
        attributes = self.client.get(f"/participants/{self.words[name]}")["attributes"]
        if ".name" in text:
            return f"{{{name}.name}}", attributes["full_name"]
        return f"{{{name}.email}}", attributes["ecf_enrolments"][0]["email"]

    def keeps(self, promise: Promise) -> None:
        for one in promise.first:
            self.keeps(one)
        attributes = {name: self.said(value) for name, value in promise.body.items()}
        body = {"data": {"attributes": attributes}} if attributes else None
        path, query = self.said(promise.path), self.said(promise.query)
        path = path if path.startswith(desk.CONTROLS) else f"/api/v3{path}"
        answer = self.client.send(promise.method, path, query, body=body, x_with_server_date=promise.at)
        assert answer.status == promise.status, answer
        if promise.refusal:
            ((_, detail),) = errors(answer)
            assert promise.refusal in detail
        elif promise.status < 300:
            self.shows(promise, json.loads(answer.body)["data"])

    def shows(self, promise: Promise, shown: Any) -> None:
        if isinstance(shown, list):
            assert promise.count in {None, len(shown)}
            assert not promise.holds or self.words[promise.holds] in {item["id"] for item in shown}
            return
        attributes = shown["attributes"]
        if promise.enrolment is not None:
            attributes = attributes["ecf_enrolments"][promise.enrolment]
        if "transfers" in attributes:
            (attributes,) = attributes["transfers"]
        expected = {name: self.said(value) for name, value in promise.expected.items()}
        assert {name: attributes[name] for name in expected} == expected


@pytest.fixture(scope="module")
def everybody() -> dict[str, Client]:
    """The lead providers of one small world, which only fresh instances change."""
    app = sandbox()
    client(app)
    tokens = app.worlds.tokens(app.worlds.get("default"))
    return {token.lead_provider_id: Client(app, token.token) for token in tokens}


def lead_provider_of(name: str, position: int) -> str:
    """Name one of the lead providers for which a scenario is made, the first or the last."""
    cohorts = set(SCENARIOS[name]["cohorts"])
    able = [p["id"] for p in register().contract.seeds["lead-providers"] if cohorts <= set(p["cohorts"])]
    return able[position]


def is_look(promise: Any) -> bool:
    """Say whether a promise changes nothing."""
    return promise.method == "GET" and not promise.first


def test_every_scenario_has_a_promise():
    assert PROMISES.keys() == SCENARIOS.keys()


@pytest.mark.parametrize(("name", "promise"), [case for case in CASES if is_look(case.values[1])])
def test_a_scenario_is_there_from_the_start(everybody: dict[str, Client], name: str, promise: Promise):
    provider = everybody[lead_provider_of(name, 0)]
    found = desk.done(provider.app, "GET", "/scenarios", query=f"lead_provider={lead_provider_of(name, 0)}")
    Instance(provider, next(one["ids"] for one in found if one["name"] == name)).keeps(promise)


@pytest.mark.parametrize("position", [0, -1], ids=["the first lead provider", "the last"])
@pytest.mark.parametrize(("name", "promise"), CASES)
def test_a_scenario_can_be_made_anew(everybody: dict[str, Client], name: str, promise: Promise, position: int):
    id_ = lead_provider_of(name, position)
    made = desk.done(everybody[id_].app, "POST", f"/scenarios/{name}", {"lead_provider": id_})
    Instance(everybody[id_], made["ids"]).keeps(promise)
