"""Every scenario keeps its promise: what its story says is seen and done through the public API alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Any

import controls_client
import pytest
from client import CLOCK, Client, client, errors, register, sandbox

from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.statement_dates import cut_off_date
from lp_sandbox.worlds.clock import day, parse

SEEDS = register().contract.seeds
SCENARIOS = {scenario["name"]: scenario for scenario in SEEDS["scenarios"]}
ECT, MENTOR = "ecf-induction", "ecf-mentor"
NOW, TOMORROW = "", "<today+1>T09:00:00Z"
CUT_OFF, PAY_DAY = "<next-cut-off+1>T09:00:00Z", "<next-cut-off+25>T09:00:00Z"
IN_FIVE_WEEKS, IN_SEVEN_WEEKS = "<today+35>T09:00:00Z", "<today+49>T09:00:00Z"
IN_150_DAYS, IN_SIX_MONTHS = "<today+150>T09:00:00Z", "<today+181>T09:00:00Z"


@dataclass(frozen=True)
class Promise:
    """What a request is answered with.

    Names in braces stand for the ids of the scenario. Words in angle brackets are those of recipes: cohorts and days.
    """

    method: str
    path: str
    query: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    at: str = NOW
    status: int = 200
    expected: Mapping[str, Any] = field(default_factory=dict)
    enrolment: int | None = None
    """Which of a participant's enrolments is looked at, if it is."""
    holds: str = ""
    """Whom a list holds."""
    count: int | None = None
    """Of how many a list consists."""
    refusal: str = ""
    """What the detail of the only error says."""
    first: Sequence[Promise] = ()
    """What is done beforehand, and keeps its promise too."""
    later_than: str = ""
    until: str = "9999"
    """It holds in worlds that begin later than the first of these days, and no later than the second."""

    def __str__(self) -> str:
        words = (self.method, self.path, self.query, *map(str, self.body.values()), self.at[:14])
        return " ".join(filter(None, (*words, *(f"after {one}" for one in self.first))))


def enrolment(who: str, which: int = 0, at: str = NOW, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}", at=at, expected=expected, enrolment=which)


def participant(who: str, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}", expected=expected)


def declaration(name: str, state: str | tuple[str, ...], at: str = NOW, **expected: Any) -> Promise:
    path = f"/participant-declarations/{{{name}}}"
    return Promise("GET", path, at=at, expected={"state": state, **expected})


def listed(path: str, query: str, count: int, **expected: Any) -> Promise:
    return Promise("GET", path, query, count=count, expected=expected)


def absent(path: str) -> Promise:
    return Promise("GET", path, status=404)


def school(cohort: int | str, **expected: Any) -> Promise:
    return Promise("GET", "/schools/{here}", f"filter[cohort]={cohort}", expected=expected)


def transfer(who: str, at: str = NOW, **expected: Any) -> Promise:
    return Promise("GET", f"/participants/{{{who}}}/transfers", at=at, expected=expected)


def unfunded(who: str, at: str = NOW) -> Promise:
    return Promise("GET", f"/unfunded-mentors/{{{who}}}", at=at)


def done(method: str, path: str, at: str = NOW, **body: str) -> Promise:
    return Promise(method, path, at=at, body=body)


def refused(method: str, path: str, refusal: str, at: str = NOW, **body: str) -> Promise:
    return Promise(method, path, at=at, body=body, status=422, refusal=refusal)


def after(does: Promise, *promises: Promise) -> list[Promise]:
    """Something that is done, and what is promised afterwards."""
    return [replace(promise, first=(does,)) for promise in promises]


def acts(path: str, **body: Any) -> Promise:
    """What a school, an appropriate body or DfE does."""
    return Promise("POST", f"/_sandbox/actors/{path}", body=body, status=201 if path in ADDS else 200)


ADDS = ("school/roll-over-partnership", "dfe/add-delivery-partner")
TUTOR = {"induction_tutor_name": "Samira Hale", "induction_tutor_email": "samira.hale@example.com"}
ROLLS_OVER = acts("school/roll-over-partnership", school_id="{here}", cohort="<current>")
NAMES_TUTOR = acts("school/name-induction-tutor", school_id="{here}", **TUTOR)
ADDS_PARTNER = acts(
    "dfe/add-delivery-partner",
    partnership_id="{here-you-<current>}",
    delivery_partner_id="b385d277-01a0-4983-a921-d99c53817227",  # moorland-hub
)
MADE_INELIGIBLE = {
    name: acts("dfe/change-eligibility", school_id=f"{{{name}}}", cohort="<current>", eligible=False)
    for name in ("here", "partnered")
}


def declare(who: str, type_: str, date: str, course: str = ECT, evidence: str = "other") -> dict[str, str]:
    return {
        "participant_id": f"{{{who}}}",
        "declaration_type": type_,
        "declaration_date": date if date == "<midnight>" else f"{date}T09:00:00Z",
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


def until(last_day: str, body: Mapping[str, str]) -> tuple[Promise, Promise]:
    """A declaration can be made in worlds that begin by a last cut-off date, and is refused after it."""
    accepted, closed = done("POST", DECLARATIONS, **body), refused("POST", DECLARATIONS, CLOSED, **body)
    return replace(accepted, until=last_day), replace(closed, later_than=last_day)


def act(who: str, action: str) -> str:
    return f"/participants/{{{who}}}/{action}"


def form(cohort: int | str) -> dict[str, str]:
    return {"cohort": str(cohort), "school_id": "{here}", "delivery_partner_id": HARBOUR}


PROMISES: dict[str, list[Promise]] = {
    "ect-in-training": [
        enrolment("ect", training_status="active", participant_status="active", cohort="<begun>", mentor_id="{mentor}"),
        declaration("ect-started", ("eligible", "payable"), mentor_id="{mentor}"),
        unfunded("mentor"),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
        done("PUT", "/participant-declarations/{ect-started}/void"),
    ],
    "ect-without-declarations": [
        listed(DECLARATIONS, "filter[participant_id]={ect}", 0),
        done("POST", DECLARATIONS, **declare("ect", "started", "<today-1>")),
    ],
    "mentor-in-training": [
        enrolment("mentor", participant_type="mentor", training_status="active", working_pattern=None),
        enrolment("ect", mentor_id="{mentor}", working_pattern="part_time"),
        done("POST", DECLARATIONS, **declare("mentor", "started", "<current-1/10-01>", MENTOR)),
        refused(
            "POST",
            DECLARATIONS,
            "You cannot send retained or extended declarations",
            **declare("mentor", "retained-1", "<current/02-02>", MENTOR),
        ),
    ],
    "deferred-ect": [
        enrolment("ect", training_status="deferred", participant_status="left"),
        done("PUT", act("ect", "resume"), **RESUME),
        done("PUT", act("ect", "withdraw"), **WITHDRAW),
        done("POST", DECLARATIONS, **declare("ect", "started", "<current-1/10-01>")),
    ],
    "ect-deferred-today": [
        enrolment("ect", training_status="deferred", participant_status="left"),
        refused("PUT", act("ect", "resume"), "You cannot resume a participant on the same day", **RESUME),
        done("PUT", act("ect", "resume"), at=TOMORROW, **RESUME),
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
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "<current-1/02-03>")),
        refused(
            "POST",
            DECLARATIONS,
            "This participant withdrew from this course on <today-95T11:00:00Z>.",
            **declare("ect", "retained-3", "<today-76>"),
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
        Promise("PUT", act("ect", "resume"), body=RESUME, status=422),
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
        done("PUT", act("ect", "defer"), at=TOMORROW, **DEFER),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-january")),
    ],
    "submitted-declaration": [
        declaration("ect-started", "submitted", statement_id=None),
        enrolment("ect", eligible_for_funding=None),
        done("PUT", "/participant-declarations/{ect-started}/void"),
    ],
    "payable-declaration": [
        declaration("ect-retained-2", "eligible"),
        declaration("ect-retained-2", "payable", at=CUT_OFF),
        declaration("ect-retained-2", "paid", at=PAY_DAY),
        declaration("ect-started", "paid"),
    ],
    "paid-declaration": [
        declaration("ect-started", "paid"),
        done("PUT", "/participant-declarations/{ect-started}/void"),
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "<current/02-02>")),
    ],
    "voided-declaration": [
        declaration("ect-started", "voided", statement_id=None),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration has already been voided."),
        done("POST", DECLARATIONS, **declare("ect", "started", "<current-1/10-01>")),
    ],
    "declaration-awaiting-clawback": [
        declaration("ect-started", "awaiting-clawback"),
        declaration("ect-started", "clawed-back", at=IN_150_DAYS),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration will or has been refunded"),
        done("POST", DECLARATIONS, **declare("ect", "started", "<current-1/10-01>")),
    ],
    "clawed-back-declaration": [
        declaration("ect-started", "clawed-back"),
        refused("PUT", "/participant-declarations/{ect-started}/void", "The declaration will or has been refunded"),
        done("POST", DECLARATIONS, **declare("ect", "started", "<current-1/10-01>")),
    ],
    "billable-declarations": [
        declaration("ect-started", "submitted"),
        declaration("ect-retained-1", "paid"),
        declaration("ect-retained-2", "paid"),
        declaration("ect-completed", "eligible"),
        declaration("ect-completed", "payable", at=CUT_OFF),
        declaration("mentor-started", "eligible"),
    ],
    "ect-with-retained-1-and-no-started": [
        declaration("ect-retained-1", "paid"),
        *until("2028-07-31", declare("ect", "started", "2025-10-01")),
        replace(
            refused(
                "POST", DECLARATIONS, "This '#/declaration_date' is invalid.", **declare("ect", "started", "2026-02-03")
            ),
            until="2028-07-31",
        ),
    ],
    "ect-with-started-and-retained-2": [
        declaration("ect-started", "paid"),
        declaration("ect-retained-2", "submitted"),
        done("POST", DECLARATIONS, **declare("ect", "retained-1", "<current/01-05>")),
        refused(
            "POST",
            DECLARATIONS,
            "This '#/declaration_date' is invalid.",
            **declare("ect", "retained-1", "<cut-off-30>"),
        ),
    ],
    "mentor-completed": [
        enrolment(
            "mentor",
            mentor_funding_end_date="<paid-71>",
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
        enrolment("ect", induction_end_date="<oldest+2/07-17>", participant_status="active", eligible_for_funding=True),
        declaration("ect-started", "paid"),
        replace(declaration("ect-started", "paid", uplift_paid=True), until="2027-07-31"),
        declaration("ect-completed", ("payable", "paid")),
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
        *until("2027-07-31", declare("ect", "retained-2", "2026-05-05")),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="2022")),
    ],
    "ect-in-closed-funding": [
        declaration("ect-started", "paid"),
        *until("2026-07-31", declare("ect", "retained-1", "2024-02-01")),
        replace(done("PUT", "/participant-declarations/{ect-started}/void"), until="2026-07-31"),
        replace(refused("PUT", "/participant-declarations/{ect-started}/void", CLOSED), later_than="2026-07-31"),
    ],
    "ect-moved-to-new-school": [transfer("ect", transfer_type="new_school", status="complete")],
    "ect-moved-from-another-provider": [
        transfer("ect", transfer_type="new_provider", status="complete"),
        enrolment("ect", cohort="<current-1>", participant_status="active"),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="<current>")),
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
            **declare("ect", "started", "<current-1/10-01>"),
        ),
    ],
    "ect-registered-without-partnership": [
        absent("/participants/{ect}"),
        school("<current>", expression_of_interest=True, in_partnership=False),
        done("POST", "/partnerships", **form("<current>")),
    ],
    **{
        f"cohort-{year}": [
            enrolment("ect", cohort=str(year), training_status="active", mentor_id="{mentor}"),
            enrolment("mentor", cohort=str(year), training_status="active"),
            listed(DECLARATIONS, "filter[participant_id]={ect},{mentor}", 0),
            *until(f"{year + 3}-07-31", declare("ect", "started", f"{year}-10-01" if year < 2026 else "<midnight>")),
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
        enrolment("ect", cohort="<current-1>"),
        school("<current-2>", in_partnership=True),
        school("<current-1>", in_partnership=True),
        done("PUT", act("ect", "change-schedule"), **change("ecf-standard-september", cohort="<current-2>")),
    ],
    "ect-left-to-another-provider": [
        enrolment("ect", participant_status="left", training_status="active"),
        refused("PUT", act("ect", "resume"), "The '#/participant_id' is already active.", **RESUME),
    ],
    "school-all-moved-to-another-provider": [
        Promise("GET", "/partnerships/{here-you-<current-1>}", expected={"participants_currently_training": 0}),
        school("<current-1>", expression_of_interest=True),
    ],
    "partnership-without-participants": [
        Promise("GET", "/partnerships/{here-you-<current>}", expected={"participants_currently_training": 0}),
        school("<current>", in_partnership=True, induction_programme_choice="not_yet_known"),
    ],
    "school-without-anybody": [
        school("<current>", in_partnership=False, expression_of_interest=False),
        done("POST", "/partnerships", **form("<current>")),
    ],
    "school-led-only": [
        school("<current>", induction_programme_choice="school_led"),
        refused(
            "POST", "/partnerships", "This school has only registered school-led participants.", **form("<current>")
        ),
    ],
    "ect-of-2024-with-partnership": [
        school(2024, expression_of_interest=True, in_partnership=True),
        *until("2027-07-31", declare("ect", "retained-4", "2026-02-02")),
    ],
    "several-delivery-partners": [
        Promise("GET", f"/partnerships/{{here-you-<current>{added}}}") for added in ("", "-1", "-2")
    ],
    "several-delivery-partners-and-another-provider": [
        Promise("GET", "/partnerships/{here-you-<current>-1}"),
        absent("/partnerships/{here-another-<current>}"),
    ],
    "ect-without-induction": [
        participant("ect", teacher_reference_number=None),
        enrolment("ect", overall_induction_start_date=None, eligible_for_funding=None, working_pattern=None),
        Promise(
            "POST", DECLARATIONS, body=declare("ect", "started", "<current-1/10-01>"), expected={"state": "submitted"}
        ),
    ],
    "ect-with-induction": [
        enrolment("ect", overall_induction_start_date="<current-1/09-01>", most_recent_induction_period_end_date=None),
    ],
    "ineligible-ect": [
        enrolment("ect", eligible_for_funding=False),
        Promise(
            "POST", DECLARATIONS, body=declare("ect", "started", "<current-1/10-01>"), expected={"state": "submitted"}
        ),
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
        enrolment("mentor", 0, cohort="<current-3>", participant_type="ect"),
        enrolment("mentor", 1, cohort="<current-1>", participant_type="mentor"),
        done("POST", DECLARATIONS, **declare("mentor", "started", "<current-1/10-01>", MENTOR)),
        done("PUT", act("mentor", "withdraw"), **WITHDRAW),
    ],
    "mentor-at-two-schools-with-three-ects": [
        *(enrolment(f"ect-{n}", mentor_id="{mentor}") for n in (1, 2, 3)),
        enrolment("mentor", cohort="<current-1>"),
    ],
    "mentor-at-two-schools-with-two-ects": [
        *(enrolment(f"ect-{n}", mentor_id="{mentor}") for n in (1, 2)),
        enrolment("mentor", cohort="<current-2>"),
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
        done("POST", DECLARATIONS, **declare("ect", "extended-1", "<today-14>")),
    ],
    "mentor-about-to-be-retrained": [
        enrolment("mentor", participant_status="leaving"),
        refused(
            "PUT",
            act("mentor", "change-schedule"),
            "You cannot change this participant's schedule as they are due to start with another lead provider",
            **change("ecf-standard-january", MENTOR),
        ),
        *after(
            done("PUT", act("mentor", "withdraw"), reason="other", course_identifier=MENTOR),
            Promise("PUT", act("mentor", "resume"), at=TOMORROW, body={"course_identifier": MENTOR}, status=422),
        ),
    ],
    "participant-with-earlier-ids": [
        listed("/participants", "filter[from_participant_id]={mentor-before-1}", 1),
        listed("/participants", "filter[from_participant_id]={mentor-before-2}", 1),
    ],
    "partnership-to-roll-over": [
        school("<current-2>", in_partnership=True),
        school(
            "<current>", in_partnership=False, expression_of_interest=True, induction_programme_choice="provider_led"
        ),
        absent("/participants/{ect}"),
        ROLLS_OVER,
        *after(
            ROLLS_OVER,
            school("<current>", in_partnership=True, expression_of_interest=True),
            enrolment("ect", cohort="<current>", training_status="active"),
            refused("POST", "/partnerships", "You are already in a confirmed partnership", **form("<current>")),
        ),
    ],
    "school-without-induction-tutor": [
        school("<current>", expression_of_interest=True, induction_tutor_name=None, induction_tutor_email=None),
        Promise("GET", "/partnerships/{here-you-<current>}", expected=dict.fromkeys(TUTOR)),
        NAMES_TUTOR,
        *after(
            NAMES_TUTOR,
            school("<current>", **TUTOR),
            Promise("GET", "/partnerships/{here-you-<current>}", expected=TUTOR),
        ),
    ],
    "partnership-to-widen": [
        refused("POST", "/partnerships", "You are already in a confirmed partnership", **form("<current>")),
        ADDS_PARTNER,
        *after(
            ADDS_PARTNER,
            Promise("GET", "/partnerships/{here-you-<current>}", expected={"delivery_partner_id": HARBOUR}),
            replace(ADDS_PARTNER, status=422, refusal="The school already has a partnership with this lead provider"),
        ),
    ],
    "schools-about-to-become-ineligible": [
        school("<current>", in_partnership=False),
        Promise("GET", "/schools/{partnered}", "filter[cohort]=<current>", expected={"in_partnership": True}),
        *MADE_INELIGIBLE.values(),
        *after(
            MADE_INELIGIBLE["here"],
            Promise("GET", "/schools/{here}", "filter[cohort]=<current>", status=404),
            school("<current-1>", in_partnership=False),
            refused(
                "POST", "/partnerships", "The school you have entered is currently ineligible", **form("<current>")
            ),
            acts("dfe/change-eligibility", school_id="{here}", cohort="<current>", eligible=True),
        ),
        *after(
            MADE_INELIGIBLE["partnered"],
            Promise("GET", "/schools/{partnered}", "filter[cohort]=<current>", expected={"in_partnership": True}),
        ),
    ],
    "closed-cohort-in-every-status": [
        *(
            enrolment(status, participant_status=status, training_status="active")
            for status in ("joining", "active", "leaving", "left")
        ),
        *(enrolment(status, participant_status="left", training_status=status) for status in ("deferred", "withdrawn")),
        transfer("moved", transfer_type="new_school", status="complete"),
        transfer("moving", transfer_type="new_provider", status="incomplete"),
        transfer("left", transfer_type="unknown", status="complete"),
        declaration("active-started", "paid"),
        declaration("active-retained-1", "voided"),
        declaration("withdrawn-started", "submitted"),
        declaration("deferred-started", "clawed-back"),
    ],
    "declarations-in-every-state": [
        declaration("ect-started", "paid"),
        declaration("ect-retained-1", ("payable", "paid")),
        declaration("ect-retained-2", "eligible"),
        declaration("ect-retained-2", "payable", at=CUT_OFF),
        declaration("clawed-back-started", "clawed-back"),
        declaration("clawed-back-retained-1", "awaiting-clawback"),
        declaration("submitted-started", "voided"),
        declaration("submitted-retained-1", "submitted"),
    ],
}
CASES = [
    pytest.param(name, promise, id=f"{name}: {promise}")
    for name, promises in PROMISES.items()
    for promise in promises
    if promise.later_than < CLOCK[:10] <= promise.until
]


class Words:
    """What the words in angle brackets stand for on a day."""

    def __init__(self, today: str) -> None:
        self.almanac = Almanac(SEEDS, today)
        months = [(int(today[:4]) + later, month) for later in (0, 1) for month in SEEDS["statements"]["months"]]
        self.next_cut_off = min(day for day in (cut_off_date(*month) for month in months) if day >= today)

    def said(self, text: str) -> str:
        return re.sub(r"<([^<>]+)>", lambda found: self._word(found[1]), text)

    def _word(self, word: str) -> str:
        name, _, days = word.partition("next-cut-off+")
        if days:
            return (date.fromisoformat(self.next_cut_off) + timedelta(days=int(days))).isoformat()
        return str(self.almanac.resolved(name))

    def holds(self, promise: Promise) -> bool:
        """Whether a promise is one for worlds that begin on this day."""
        return promise.later_than < self.almanac.today <= promise.until


class Instance:
    """A scenario in a world, with the requests of its lead provider."""

    def __init__(self, client: Client, ids: Mapping[str, Mapping[str, str]], words: Words) -> None:
        self.client, self.words = client, words
        self.names = {name: id_ for part in ids.values() for name, id_ in part.items()}

    def said(self, text: Any) -> Any:
        """Replace placeholders by ids, days and the name of a participant."""
        if not isinstance(text, str):
            return text
        text = self.words.said(text)
        for name in self.names:
            if f"{{{name}." in text:
                text = text.replace(*self._called(name, text))
            text = text.replace(f"{{{name}}}", self.names[name])
        return text

    def _called(self, name: str, text: str) -> tuple[str, str]:
        attributes = self.client.get(f"/participants/{self.names[name]}")["attributes"]
        if ".name" in text:
            return f"{{{name}.name}}", attributes["full_name"]
        return f"{{{name}.email}}", attributes["ecf_enrolments"][0]["email"]

    def keeps(self, promise: Promise) -> None:
        for one in promise.first:
            self.keeps(one)
        attributes = {name: self.said(value) for name, value in promise.body.items()}
        body = {"data": {"attributes": attributes}} if attributes else None
        path, query = self.said(promise.path), self.said(promise.query)
        path = path if path.startswith(controls_client.CONTROLS) else f"/api/v3{path}"
        at = {"x_with_server_date": self.said(promise.at)} if promise.at else {}
        answer = self.client.send(promise.method, path, query, body=body, **at)
        assert answer.status == promise.status, answer
        if promise.refusal:
            details = [detail for _, detail in errors(answer)]
            assert len(details) == 1, details
            assert self.said(promise.refusal) in details[0]
        elif promise.status < 300:
            self.shows(promise, json.loads(answer.body)["data"])

    def shows(self, promise: Promise, shown: Any) -> None:
        if isinstance(shown, list):
            assert promise.count in {None, len(shown)}
            assert not promise.holds or self.names[promise.holds] in {item["id"] for item in shown}
            return
        attributes = shown["attributes"]
        if promise.enrolment is not None:
            attributes = attributes["ecf_enrolments"][promise.enrolment]
        if "transfers" in attributes:
            (attributes,) = attributes["transfers"]
        for name, expected in promise.expected.items():
            if isinstance(expected, tuple):
                assert attributes[name] in expected
            else:
                assert attributes[name] == self.said(expected)


def everybody_in(clock: str) -> dict[str, Client]:
    """The lead providers of a small world that begins at an instant."""
    app = sandbox()
    client(app, clock=clock)
    tokens = app.worlds.tokens(app.worlds.get("default"))
    return {token.lead_provider_id: Client(app, token.token) for token in tokens}


@pytest.fixture(scope="module")
def everybody() -> dict[str, Client]:
    """The lead providers of one small world, which only fresh instances change."""
    return everybody_in(CLOCK)


WORDS = Words(CLOCK[:10])


def lead_providers_of(name: str, words: Words = WORDS) -> list[str]:
    """Name the lead providers for which a scenario is made."""
    cohorts = set(words.almanac.resolved(SCENARIOS[name]["cohorts"]))
    return [p["id"] for p in SEEDS["lead-providers"] if cohorts <= set(p["cohorts"])]


def scenarios_of(everybody: dict[str, Client], lead_provider: str) -> dict[str, Any]:
    """The ids of each scenario that a lead provider has from the start."""
    found = controls_client.done(
        everybody[lead_provider].app, "GET", "/scenarios", query=f"lead_provider={lead_provider}"
    )
    return {one["name"]: one["ids"] for one in found}


def test_the_id_of_a_lead_provider_can_be_in_capitals(everybody: dict[str, Client]):
    (id_, who), *_ = everybody.items()
    listed = controls_client.done(who.app, "GET", "/scenarios", query=f"lead_provider={id_.upper()}")
    assert {one["name"]: one["ids"] for one in listed} == scenarios_of(everybody, id_)


def is_look(promise: Any) -> bool:
    """Say whether a promise changes nothing."""
    return promise.method == "GET" and not promise.first


def test_every_scenario_has_a_promise():
    assert PROMISES.keys() == SCENARIOS.keys()


@pytest.fixture(scope="module")
def listed(everybody: dict[str, Client]) -> Callable[[str], dict[str, Any]]:
    """Lists the scenarios of a lead provider at their first use; they stay the same."""
    return cache(lambda lead_provider: scenarios_of(everybody, lead_provider))


@pytest.mark.parametrize(("name", "promise"), [case for case in CASES if is_look(case.values[1])])
def test_a_scenario_is_there_from_the_start(
    everybody: dict[str, Client], listed: Callable[[str], dict[str, Any]], name: str, promise: Promise
):
    first = lead_providers_of(name)[0]
    Instance(everybody[first], listed(first)[name], WORDS).keeps(promise)


@pytest.mark.parametrize("position", [0, -1], ids=["the first lead provider", "the last"])
@pytest.mark.parametrize(("name", "promise"), CASES)
def test_a_scenario_can_be_made_anew(everybody: dict[str, Client], name: str, promise: Promise, position: int):
    id_ = lead_providers_of(name)[position]
    made_anew(everybody[id_], name, id_, WORDS).keeps(promise)


DAYS = {
    "the first moment of a cohort": "2026-05-31T23:10:00Z",
    "the second day of a cohort": "2026-06-02T09:00:00Z",
    "in June": "2026-06-17T12:00:00Z",
    "a day in London that has not begun in UTC": "2026-06-30T23:30:00Z",
    "a cut-off date that is the last of a cohort": "2026-07-31T12:00:00Z",
    "the day after a cut-off date": "2026-08-01T00:10:00Z",
    "the day before a payment date": "2026-08-24T12:00:00Z",
    "a payment date": "2026-08-25T12:00:00Z",
    "the last day of August": "2026-08-31T12:00:00Z",
    "the first day of September": "2026-09-01T12:00:00Z",
    "the last day on which few have started": "2026-09-14T22:30:00Z",
    "the first day on which many have started, not yet in UTC": "2026-09-14T23:30:00Z",
    "the clocks go back": "2026-10-25T00:30:00Z",
    "the cut-off date in October": "2026-10-31T23:50:00Z",
    "in payment, in November": "2026-11-01T09:00:00Z",
    "the day before it is paid, in November": "2026-11-24T09:00:00Z",
    "the payment date in November": "2026-11-25T00:00:00Z",
    "the day on which this was written": "2026-11-28T15:00:00Z",
    "the cut-off date in December": "2026-12-31T23:59:59Z",
    "the first moment of a year": "2027-01-01T00:00:00Z",
    "the payment date in January": "2027-01-25T09:00:00Z",
    "the last day of February": "2027-02-28T09:00:00Z",
    "the clocks go forward": "2027-03-28T01:30:00Z",
    "the cut-off date in March": "2027-03-31T22:30:00Z",
    "in payment, in April": "2027-04-11T09:00:00Z",
    "the last day of a cohort": "2027-05-31T22:30:00Z",
    "the first day of the next": "2027-06-01T09:00:00Z",
    "the last cut-off date of cohort 2024": "2027-07-31T09:00:00Z",
    "the day after it": "2027-08-01T09:00:00Z",
    "a payment date in a year": "2027-08-25T09:00:00Z",
    "the day before many have started, in a year": "2027-09-14T09:00:00Z",
    "the day on which many have started, in a year": "2027-09-15T09:00:00Z",
    "the clocks go back in a year": "2027-10-31T01:30:00Z",
    "the day after a cut-off date and a change of clocks": "2027-11-01T00:00:00Z",
    "in payment, in January": "2028-01-13T09:00:00Z",
    "a leap day": "2028-02-29T12:00:00Z",
    "the day after a leap day": "2028-03-01T00:00:00Z",
    "the clocks go forward in a leap year": "2028-03-26T01:00:00Z",
    "the last day of a cohort in a leap year": "2028-05-31T09:00:00Z",
    "the first day of cohort 2028": "2028-06-01T09:00:00Z",
    "the last cut-off date of cohort 2025": "2028-07-31T22:59:59Z",
    "the day after that": "2028-08-01T09:00:00Z",
    "the last payment date": "2028-08-25T09:00:00Z",
    "the last day": "2028-08-31T22:30:00Z",
}
"""Days on which worlds begin: month ends, cut-off and payment dates, changes of the clocks, and between cohorts."""


@pytest.fixture(scope="module", params=DAYS.values(), ids=DAYS)
def begun(request: pytest.FixtureRequest) -> tuple[Words, dict[str, Client]]:
    """The words of a day, and the lead providers of a world that begins on it: one world for all tests of the day."""
    return Words(day(parse(request.param))), everybody_in(request.param)


@pytest.fixture
def begun_and_put_back(begun: tuple[Words, dict[str, Client]]) -> Iterator[tuple[Words, dict[str, Client]]]:
    """The same, for a test that changes the world."""
    with next(iter(begun[1].values())).app.undone():
        yield begun


def test_every_scenario_keeps_its_promises_in_a_world_that_begins_on_any_day(
    begun_and_put_back: tuple[Words, dict[str, Client]],
):
    """Each promise is kept to another lead provider, so that no write changes what the next one meets."""
    words, everybody = begun_and_put_back
    listed = {id_: scenarios_of(everybody, id_) for id_ in everybody}
    broken = []
    for name, promises in PROMISES.items():
        able, held = lead_providers_of(name, words), [promise for promise in promises if words.holds(promise)]
        there = (Instance(everybody[id_], listed[id_][name], words) for id_ in able)
        anew = (made_anew(everybody[able[0]], name, able[0], words) for _ in held)
        first, *others = there
        for promise, instance in [
            *((promise, first) for promise in held if is_look(promise)),
            *zip((promise for promise in held if not is_look(promise)), chain(others, [first], anew), strict=False),
        ]:
            try:
                instance.keeps(promise)
            except AssertionError as error:
                broken.append((name, str(promise), str(error).partition("\n")[0]))
    assert broken == []


def made_anew(client: Client, name: str, lead_provider: str, words: Words) -> Instance:
    made = controls_client.done(client.app, "POST", f"/scenarios/{name}", {"lead_provider": lead_provider})
    return Instance(client, made["ids"], words)


STATUSES = {
    "participant_status": {"joining", "active", "leaving", "left"},
    "training_status": {"active", "deferred", "withdrawn"},
    "status": {"complete", "incomplete"},
    "transfer_type": {"new_school", "new_provider", "unknown"},
}
STATES = {"submitted", "paid", "voided", "clawed-back"}
STATES_OF_OPEN_COHORTS = {"eligible", "awaiting-clawback"}


def test_the_lists_of_every_lead_provider_have_every_status_and_state_that_a_day_can_have(
    begun: tuple[Words, dict[str, Client]],
):
    words, everybody = begun
    missing = {}
    for provider in SEEDS["lead-providers"]:
        client = everybody[provider["id"]]
        people = [enrolment for one in client.get("/participants", ALL) for enrolment in _parts(one, "ecf_enrolments")]
        moves = [
            transfer for one in client.get("/participants/transfers", ALL) for transfer in _parts(one, "transfers")
        ]
        states = {one["attributes"]["state"] for one in client.get(DECLARATIONS, ALL)}
        for name, values in STATUSES.items():
            found = {item[name] for item in (*people, *moves) if name in item}
            missing[provider["name"], name] = values - found
        missing[provider["name"], "state"] = _states_on(words, provider) - states
    assert {where: values for where, values in missing.items() if values} == {}


def _parts(item: Any, name: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = item["attributes"][name]
    return parts


def _states_on(words: Words, provider: Mapping[str, Any]) -> set[str]:
    """The states that declarations of a lead provider can have: some need a statement to come, or one in payment."""
    oldest = words.almanac.resolved("oldest")
    if oldest not in provider["cohorts"]:
        return STATES
    last_cut_off, last_payment = (words.almanac.resolved(word) for word in ("cut-off", "paid"))
    in_payment = last_payment <= last_cut_off
    return STATES | STATES_OF_OPEN_COHORTS | ({"payable"} if in_payment else set())
