"""Whole journeys: a lead provider, schools, an appropriate body and finance, one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, client, errors, sandbox, seed_id
from controls_client import act, done

ECT, MENTOR = "ecf-induction", "ecf-mentor"
FRESH = seed_id("schools", "fresh")
OTHER = seed_id("schools", "section-41")
HARBOUR = seed_id("delivery-partners", "harbour-hub")


@pytest.fixture
def ashdown() -> Client:
    return client(sandbox())


def clock(client: Client, now: str) -> None:
    done(client.app, "PUT", "/clock", {"now": now})


def partnership(client: Client, cohort: int = 2026, school: str = FRESH) -> dict[str, Any]:
    return client.done("POST", "/partnerships", cohort=str(cohort), school_id=school, delivery_partner_id=HARBOUR)


def registered(client: Client, *, role: str = "ect", start: str = "2026-09-07", school: str = FRESH) -> str:
    name = "Ashdown Teaching Partnership"
    act_ = act(
        client.app,
        "school/register-participant",
        participant_type=role,
        school_id=school,
        lead_provider=name,
        start_date=start,
    )
    return str(act_["id"])


def confirmed(client: Client, participant: str, role: str = "ect") -> None:
    act(client.app, "dfe/confirm-eligibility", participant_id=participant, participant_type=role)


def declaration(participant: str, kind: str, date: str, course: str = ECT, **more: str) -> dict[str, str]:
    evidence = {"evidence_held": "other"}
    named = {
        "participant_id": participant,
        "declaration_type": kind,
        "declaration_date": date,
        "course_identifier": course,
    }
    return named | evidence | more


def state(client: Client, id_: str) -> str:
    return client.get(f"/participant-declarations/{id_}")["attributes"]["state"]


def enrolment(client: Client, participant: str, role: str = "ect") -> dict[str, Any]:
    shown = client.get(f"/participants/{participant}")["attributes"]["ecf_enrolments"]
    return next(one for one in shown if one["participant_type"] == role)


def test_a_first_cohort_from_partnership_to_a_paid_started(ashdown: Client):
    partnership(ashdown)
    ect = registered(ashdown)
    confirmed(ashdown, ect)
    made = ashdown.done("POST", "/participant-declarations", **declaration(ect, "started", "2026-09-10T09:00:00Z"))
    assert made["attributes"]["state"] == "eligible"
    statement = ashdown.get(f"/statements/{made['attributes']['statement_id']}")["attributes"]
    clock(ashdown, f"{statement['cut_off_date']}T12:00:00Z")
    assert state(ashdown, made["id"]) == "eligible"
    done(ashdown.app, "POST", "/clock/advance", {"days": 1})
    assert state(ashdown, made["id"]) == "payable"
    clock(ashdown, f"{statement['payment_date']}T12:00:00Z")
    assert state(ashdown, made["id"]) == "paid"


def test_a_declaration_can_be_backdated_after_a_withdrawal(ashdown: Client):
    partnership(ashdown)
    ect = registered(ashdown)
    ashdown.done("PUT", f"/participants/{ect}/withdraw", reason="other", course_identifier=ECT)
    assert enrolment(ashdown, ect)["training_status"] == "withdrawn"
    clock(ashdown, "2026-09-20T09:00:00Z")
    late = declaration(ect, "started", "2026-09-16T09:00:00Z")
    ((field, detail),) = ashdown.errors("POST", "/participant-declarations", **late)
    assert field == "participant_id"
    assert detail.startswith("This participant withdrew from this course on 2026-09-15T09:00:00Z.")
    made = ashdown.done("POST", "/participant-declarations", **declaration(ect, "started", "2026-09-14T09:00:00Z"))
    assert made["attributes"]["declaration_date"] == "2026-09-14T09:00:00Z"


def test_void_change_schedule_and_resubmit(ashdown: Client):
    partnership(ashdown)
    ect = registered(ashdown)
    wanted = declaration(ect, "started", "2026-09-10T09:00:00Z")
    first = ashdown.done("POST", "/participant-declarations", **wanted)
    assert errors(ashdown.write("POST", "/participant-declarations", **wanted))
    ashdown.done("PUT", f"/participant-declarations/{first['id']}/void")
    assert state(ashdown, first["id"]) == "voided"
    ashdown.done(
        "PUT",
        f"/participants/{ect}/change-schedule",
        schedule_identifier="ecf-extended-september",
        course_identifier=ECT,
    )
    assert enrolment(ashdown, ect)["schedule_identifier"] == "ecf-extended-september"
    second = ashdown.done("POST", "/participant-declarations", **wanted)
    assert second["id"] != first["id"]


def test_an_ect_moves_to_another_school_and_stays_with_the_lead_provider(ashdown: Client):
    partnership(ashdown)
    partnership(ashdown, school=OTHER)
    ect = registered(ashdown)
    act(
        ashdown.app,
        "school/report-transfer",
        participant_id=ect,
        participant_type="ect",
        school_id=OTHER,
        date="2026-09-14",
    )
    assert enrolment(ashdown, ect)["school_urn"] == next(
        s["attributes"]["urn"]
        for s in ashdown.get("/schools", "filter[cohort]=2026&page[per_page]=3000")
        if s["id"] == OTHER
    )
    (transfer,) = ashdown.get(f"/participants/{ect}/transfers")["attributes"]["transfers"]
    assert (transfer["transfer_type"], transfer["status"]) == ("new_school", "complete")


def test_a_mentor_completes_and_funding_ends(ashdown: Client):
    partnership(ashdown)
    mentor = registered(ashdown, role="mentor")
    confirmed(ashdown, mentor, "mentor")
    ashdown.done("POST", "/participant-declarations", **declaration(mentor, "started", "2026-09-08T09:00:00Z", MENTOR))
    completed = declaration(
        mentor, "completed", "2026-09-12T09:00:00Z", MENTOR, evidence_held="75-percent-engagement-met"
    )
    ashdown.done("POST", "/participant-declarations", **completed)
    shown = enrolment(ashdown, mentor, "mentor")
    assert shown["mentor_funding_end_date"] == "2026-09-12"
    assert shown["mentor_ineligible_for_funding_reason"] == "completed_declaration_received"
    assert ashdown.errors(
        "PUT",
        f"/participants/{mentor}/change-schedule",
        schedule_identifier="ecf-standard-january",
        course_identifier=MENTOR,
    )


def test_cohort_2022_is_closed(ashdown: Client):
    new = {"cohort": "2022", "school_id": FRESH, "delivery_partner_id": HARBOUR}
    assert ashdown.errors("POST", "/partnerships", **new) == [
        ("cohort", "You cannot create this partnership as the cohort is closed.")
    ]
    frozen = ashdown.get("/participants", "filter[cohort]=2022&page[per_page]=3000")
    assert frozen
    ended = "The funding contract for this cohort has ended."
    refusals = []
    for one in frozen:
        course = {"ect": ECT, "mentor": MENTOR}[one["attributes"]["ecf_enrolments"][0]["participant_type"]]
        attributes = declaration(one["id"], "retained-4", "2024-02-01T09:00:00Z", course)
        refusals += errors(ashdown.write("POST", "/participant-declarations", **attributes))
    assert any(title == "cohort" and "2022" in detail and ended in detail for title, detail in refusals)


def test_a_school_that_was_interested_shows_its_participant_once_there_is_a_partnership(ashdown: Client):
    ect = registered(ashdown)
    shown = ashdown.get(f"/schools/{FRESH}", "filter[cohort]=2026")["attributes"]
    assert (shown["expression_of_interest"], shown["in_partnership"]) == (True, False)
    assert ashdown.send("GET", f"/api/v3/participants/{ect}").status == 404
    partnership(ashdown)
    assert enrolment(ashdown, ect)["cohort"] == "2026"


def test_a_paid_declaration_that_is_voided_is_clawed_back(ashdown: Client):
    partnership(ashdown)
    ect = registered(ashdown)
    confirmed(ashdown, ect)
    made = ashdown.done("POST", "/participant-declarations", **declaration(ect, "started", "2026-09-10T09:00:00Z"))
    act(ashdown.app, "dfe/pay-statement", statement_id=made["attributes"]["statement_id"])
    assert state(ashdown, made["id"]) == "paid"
    clock(ashdown, "2026-12-01T09:00:00Z")
    voided = ashdown.done("PUT", f"/participant-declarations/{made['id']}/void")["attributes"]
    assert voided["state"] == "awaiting-clawback"
    back = ashdown.get(f"/statements/{voided['clawback_statement_id']}")["attributes"]
    clock(ashdown, f"{back['payment_date']}T12:00:00Z")
    assert state(ashdown, made["id"]) == "clawed-back"


def test_a_client_that_looks_two_windows_back_misses_nothing_while_records_change(ashdown: Client):
    partnership(ashdown)
    known: dict[str, str] = {}
    for hour in range(4):
        clock(ashdown, f"2026-09-15T{10 + hour}:00:00Z")
        registered(ashdown)
        since = f"2026-09-15T{10 + hour - 2:02}:00:00Z"
        page = 1
        while listed := ashdown.get(
            "/participants", f"filter[updated_since]={since}&sort=updated_at&page[page]={page}&page[per_page]=2"
        ):
            known |= {one["id"]: one["attributes"]["updated_at"] for one in listed}
            if page == 1:
                registered(ashdown)
            page += 1
    clock(ashdown, "2026-09-15T15:00:00Z")
    final = ashdown.get("/participants", "filter[updated_since]=2026-09-15T10:00:00Z&page[per_page]=3000")
    seen = {one["id"] for one in final if one["attributes"]["updated_at"] < "2026-09-15T13:00:00Z"}
    assert seen
    assert seen <= known.keys()
